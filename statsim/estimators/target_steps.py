"""What the principles ask of a log density: any target can be fitted."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.distributions.priors import Flat, Independent
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.automatic_variational import AutomaticVariational, family_for
from statsim.estimators.climbs import STARTS
from statsim.estimators.target_climb import climb_target
from statsim.estimators.target_slope import TargetSlope
from statsim.samplers.targets.with_prior import TargetWithPrior

_BEFORE_VB = 1e-10


@dataclass(frozen=True, eq=False)
class TargetSteps:
    """Fitting `target`, begun at `initial` (k, dim) where it is given; `key` draws the starts otherwise."""

    target: Any
    initial: np.ndarray | None
    key: np.ndarray
    prior: Any = None

    loop = "climbs"

    @property
    def criterion(self):
        """What the objective is."""
        return "log-likelihood" if self.prior is None else "log posterior"

    # ------------------------------------------------------------ climbs

    def starts(self, count, key):
        """Reals to begin at."""
        if self.initial is not None:
            return [self.target.unconstrain(point, "initial") for point in self.initial]
        from statsim.kernels.streams import seed_block

        random = np.empty(4, np.uint64)
        seed_block(key[0], key[1], np.uint64(0), random)
        return [np.array(self.target.draw_start(random), float) for _ in range(count)]

    def climb(self, start, *, max_iter, tol):
        """The maximum of the density of the parameters (no Jacobian) that is reached from reals `start`."""
        return climb_target(TargetSlope(self.target, jacobian=False), start, max_iter=max_iter, tol=tol)

    # ------------------------------------------------------------ the principles

    def regularised(self, prior, penalty):
        """The steps of the density times a prior; of the density alone where there is none."""
        if penalty is not None:
            raise ArgumentError(f"penalty={penalty!r}: a target takes a prior, such as {{name: statsim.priors.Normal(0.0, 1.0)}} (ridge) or Laplace (lasso); leave penalty out")
        return self._with(prior)

    def posterior(self, prior):
        """The density times a prior, as what the samplers take."""
        return _Posterior.of(self._with(prior))

    def variational(self, prior, family=None):
        """The nearest normal law in unconstrained reals."""
        family = family_for(family, self.target.unconstrained_dim)
        steps = self._with(prior)
        slope = TargetSlope(steps.target, jacobian=True)
        reached = [climb_target(slope, start, max_iter=200, tol=_BEFORE_VB) for start in steps.starts(STARTS, self.key)]
        reached = [one for one in reached if one is not None]
        if not reached:
            raise ArgumentError("the log density is minus infinity at all starts; give initial=, a point of the support where it is finite")
        best = max(reached, key=lambda one: (one.result.converged, one.value))
        return AutomaticVariational(steps.target, best.y, family, steps.prior)

    def _with(self, prior):
        if prior is None:
            return TargetSteps(self.target, self.initial, self.key)
        prior = _checked(prior, self.target.names)
        return TargetSteps(TargetWithPrior(self.target, prior), self.initial, self.key, prior)


def _checked(prior, names):
    """`prior` as `Independent` over all `names`: a coordinate that has none is flat."""
    if isinstance(prior, dict):
        prior = Independent(prior)
    if not isinstance(prior, Independent):
        raise ArgumentTypeError(f"prior={prior!r:.200}: a target takes a dict of coordinate names to priors of statsim.priors, such as {{{names[0]!r}: Normal(0.0, 1.0)}}")
    whole = Independent({**{name: Flat() for name in names if prior.of(name) is None}, **prior.priors})
    whole.table(names)
    return whole


class _Posterior:
    """A target as `Bayes` takes it: with `prior` and a default method."""

    @staticmethod
    def of(steps):
        """The target of `steps`, told its prior and how it is sampled where it does not know."""
        target = steps.target
        view = object.__new__(type(target))
        view.__dict__.update(target.__dict__)
        view.prior = steps.prior
        if not hasattr(target, "default_method"):
            view.default_method = lambda: _default_method(target)
        return view


def _default_method(target):
    from statsim.samplers.hamiltonian.nuts import NUTS
    from statsim.samplers.metropolis.random_walk import RandomWalk

    return NUTS() if target.has_gradient else RandomWalk()
