"""What the principles ask of a law."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim.distributions.priors import Flat, Independent
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.laws.incomplete import Incomplete
from statsim.models.laws.law_slope import Slope
from statsim.models.laws.law_target import ConjugatePosterior, JointTarget, LawTarget
from statsim.models.laws.observations import Observations


@dataclass(frozen=True)
class LawSteps:
    """Fitting the law `kind` (a `LawModel`) to `data`, under `prior` where there is one."""

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
        """The free parameters by formula, or None."""
        if self.prior is None or _is_flat(self.prior):
            full = self.kind._solve(self.data)
            return None if full is None else full[self.kind._is_free()]
        conjugate = self.kind._conjugate(self.prior, self.data)
        return self.kind._mode(self.prior, self.data) if conjugate is None else conjugate.mode()

    def solve(self):
        """The parameters by formula, and the objective there."""
        return self._solved, self._objective(self._solved)

    def _objective(self, parameters):
        full = self.kind._full(parameters)
        out = np.empty(len(self.data.values))
        self.kind._fill_log_density(self.data.values, full, out)
        value = float(self.data.weights @ out)
        if not self.data.is_whole:
            value += Incomplete(self.kind, self.data).value(full)
        return value if self.prior is None else value + self.kind._log_prior(self.prior, parameters)

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
        return self.kind._target(self.data, prior) if conjugate is None else ConjugatePosterior(self.kind, prior, conjugate)

    def variational(self, prior):
        """The nearest law of the family that the law has one for."""
        prior = self._checked(prior)
        found = self.kind._variational(prior, self.data, self)
        if found is None:
            raise ArgumentError(
                f"method='vb': {type(self.kind).__name__} has no variational family here under the prior {prior!r:.200}; use method='bayes', which draws from "
                f"the posterior itself"
            )
        return found

    def log_evidence(self, prior, posterior):
        """Log marginal likelihood, by Bayes' formula at the mean of a few draws of a posterior in closed form."""
        point = posterior.draws(64, np.array([1, 2], np.uint64)).mean(axis=0)
        return LawSteps(self.kind, self.data, prior)._objective(point) - posterior.log_density(point)

    def density(self, prior):
        """The posterior as a `Target` whose integral is the marginal likelihood, whatever the prior."""
        prior = self._checked(prior)
        if isinstance(prior, Independent):
            return LawTarget(self.kind, self.data, prior)
        return JointTarget(self.kind, LawSteps(self.kind, self.data, prior)._objective, prior)

    def _checked(self, prior):
        """`prior` as an object that the law takes; the default where it is None."""
        kind = self.kind
        if prior is None:
            return kind._default_prior(self.data)
        prior = Independent(prior) if isinstance(prior, dict) else prior
        if isinstance(prior, Independent) and kind._takes_independent:
            prior.table(kind.parameter_names)
        elif kind._conjugate(prior, self.data) is None:
            raise ArgumentTypeError(f"prior={prior!r:.200}: {kind._prior_wanted()}; the default here is {kind._default_prior(self.data)!r:.300}")
        return prior


def _is_flat(prior):
    return isinstance(prior, Independent) and all(isinstance(one, Flat) for one in prior.priors.values())
