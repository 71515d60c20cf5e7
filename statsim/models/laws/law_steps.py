"""What the principles ask of a law of one number."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim.distributions.priors import Independent
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.laws.law_slope import Slope
from statsim.models.laws.law_target import ConjugatePosterior, JointTarget, LawTarget
from statsim.models.laws.observations import Observations


@dataclass(frozen=True)
class LawSteps:
    """Fitting the law `kind` (a `LawModel` class) to `data`, under `prior` where there is one."""

    kind: Any
    data: Observations
    prior: Any = None

    resolution = 1e-12

    @property
    def criterion(self):
        """What the objective is."""
        return "log-likelihood" if self.prior is None else "log posterior"

    @property
    def loop(self):
        """A formula where the law has one, else a climb."""
        return "ascent" if self._solved is None else "closed form"

    @cached_property
    def _solved(self):
        if self.prior is None:
            return self.kind._solve(self.data)
        conjugate = self.kind._conjugate(self.prior, self.data)
        return None if conjugate is None else conjugate.mode()

    def solve(self):
        """The parameters by formula, and the objective there."""
        return self._solved, self._objective(self._solved)

    def _objective(self, parameters):
        out = np.empty(len(self.data.values))
        self.kind._kernels().log_density(self.data.values, np.asarray(parameters, float), out)
        value = float(self.data.weights @ out)
        return value if self.prior is None else value + self._log_prior(parameters)

    def _log_prior(self, parameters):
        names = self.kind.parameter_names
        return self.prior.log_density(names, parameters) if isinstance(self.prior, Independent) else float(self.prior.log_density(*parameters))

    # ------------------------------------------------------------ a climb

    offset = 0.0

    @property
    def n_coordinates(self):
        """Number of parameters."""
        return len(self.kind.parameter_names)

    @cached_property
    def _slope(self):
        return Slope(self.kind, self.data, self.prior)

    def value_and_gradient(self, vector):
        """Objective and gradient in standardised reals."""
        return self._slope.value_and_gradient(vector)

    def from_vector(self, vector):
        """The parameters."""
        return self._slope.parameters(vector)

    # ------------------------------------------------------------ the other principles

    def regularised(self, prior, penalty):
        """The steps of the log posterior."""
        if penalty is not None:
            raise ArgumentError(f"penalty={penalty!r}: a law of one number takes a prior, such as statsim.priors.Gamma(shape=2, rate=1); leave penalty out")
        return LawSteps(self.kind, self.data, self._checked(prior))

    def posterior(self, prior):
        """The posterior: in closed form where the prior is conjugate, else a target with its gradient."""
        prior = self._checked(prior)
        conjugate = self.kind._conjugate(prior, self.data)
        return LawTarget(self.kind, self.data, prior) if conjugate is None else ConjugatePosterior(self.kind, prior, conjugate)

    def density(self, prior):
        """The posterior as a `Target` whose integral is the marginal likelihood, whatever the prior."""
        prior = self._checked(prior)
        if isinstance(prior, Independent):
            return LawTarget(self.kind, self.data, prior)
        return JointTarget(self.kind, LawSteps(self.kind, self.data, prior)._objective, prior)

    def _checked(self, prior):
        """`prior` as an object that the law takes; the default where it is None."""
        if prior is None:
            return self.kind._default_prior(self.data)
        prior = Independent(prior) if isinstance(prior, dict) else prior
        if isinstance(prior, Independent):
            prior.table(self.kind.parameter_names)
        elif self.kind._conjugate(prior, self.data) is None:
            default = self.kind._default_prior(self.data)
            raise ArgumentTypeError(f"prior={prior!r:.200}: {self.kind.__name__} takes a dict of one prior for each of {self.kind.parameter_names}, or {default!r}")
        return prior
