"""The M step of the highest posterior density: C. Fraley, A. Raftery, Journal of Classification 24 (2007); J.-L. Gauvain, C.-H. Lee, IEEE TSAP 2 (1994)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.distributions.covariance import CovarianceKind
from statsim.distributions.priors import Flat, MixturePrior
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.climb import DegenerateError
from statsim.estimators.thinning import VanishedError
from statsim.models.mixture.absorption import absorbed
from statsim.models.mixture.standard_prior import StandardPrior, standard_prior

_LEAST_SHARE = 1e-12
_GONE = 1e-3  # rows: a weight this small goes on to vanish


@dataclass(frozen=True)
class HighestDensity:
    """The rule of maximum a posteriori and penalised likelihood; see `MaximumLikelihood` for what a rule is."""

    standard: StandardPrior
    kind: CovarianceKind
    total: float
    penalty: Any = None

    @property
    def criterion(self):
        """What the objective is."""
        return "log posterior" if self.penalty is None else "penalised log-likelihood"

    @property
    def prior(self):
        """The prior in the units of the data."""
        return self.standard.shown

    @property
    def settles(self):
        """Components with a prior cannot shrink to points, and no optimum is spurious."""
        return self.standard.law is not None

    @property
    def offset(self):
        """From the density in standard units to that in the units of the data."""
        return self.standard.log_jacobian

    @property
    def thins(self):
        """True when weights can vanish: a Dirichlet concentration is below 1, or the penalty is on weights."""
        return bool((self.standard.shapes < 1.0).any()) or hasattr(self.penalty, "update_weights") or hasattr(self.penalty, "deduction")

    def log_weights(self, state):
        """The log weights."""
        return np.log(state.weights)

    def added(self, state):
        """Log prior less the penalty."""
        value = 0.0 if self.standard.law is None else float(self.standard.law.log_density(state.means, state.covariances))
        return value + self.of_weights(state)

    def of_weights(self, state):
        """The part of `added` that is not the law of the components.

        A Dirichlet density with a concentration below 1 rises without bound as a weight goes to 0; weights are counted in rows there, as in
        Figueiredo and Jain, so that a component that vanishes costs and gains nothing.
        """
        if (self.standard.shapes < 1.0).any():
            value = float((self.standard.shapes - 1.0) @ np.log(self.total * state.weights))
        else:
            value = float((self.standard.shapes - 1.0) @ np.log(state.weights)) + self._log_normaliser()
        if hasattr(self.penalty, "length"):
            value -= self.penalty.length(self.total, state.weights, self._n_parameters(state))
        elif self.penalty is not None:
            value -= self.penalty.value(state.weights, state.covariances)
        return value

    def _n_parameters(self, state):
        """Free parameters of one component; a shared covariance belongs to none."""
        d = state.means.shape[1]
        return d + (0 if self.kind.shared else self.kind.n_parameters(1, d))

    def _log_normaliser(self):
        from scipy.special import gammaln

        shapes = self.standard.shapes
        return float(gammaln(shapes.sum()) - gammaln(shapes).sum())

    def update(self, kind, state, zeroth, means, central):
        """Weights, means and covariances of highest density given the moments."""
        d = means.shape[1]
        if self.standard.law is None:
            if not zeroth.min() > _LEAST_SHARE * zeroth.sum():
                raise DegenerateError("a component lost all its rows")
            weight, sums = zeroth, central
        else:
            means, sums = absorbed(self.standard, kind, zeroth, means, central)
            weight = zeroth + self._rows_of_prior(kind, len(zeroth), d)
        covariances = self._shrunk(kind, kind.estimate(weight, sums, d), weight)
        return self._weights(state, zeroth, means, covariances), means, covariances

    def _rows_of_prior(self, kind, k, d):
        """Rows that the prior counts as at its mode."""
        dof = self.standard.normal.degrees_of_freedom
        return {"full": dof + d + 2, "tied": (dof + d + 1) / k + 1, "diag": dof + 3, "spherical": dof + 1 + 2 / d}[kind.name]

    def _shrunk(self, kind, covariances, weight):
        if not hasattr(self.penalty, "shrink"):
            return covariances
        if kind.shared:
            return self.penalty.shrink(covariances, float(weight.sum()))
        return np.array([self.penalty.shrink(one, float(w)) for one, w in zip(covariances, weight, strict=True)])

    def _weights(self, state, zeroth, means, covariances):
        counts = zeroth + self.standard.shapes - 1.0
        if hasattr(self.penalty, "deduction"):
            counts = counts - self.penalty.deduction(self._n_parameters(state))
        if self.thins and not counts.min() > _GONE:
            if len(counts) == 1:
                raise DegenerateError("no component has the rows that the prior or penalty asks of one")
            raise VanishedError(remains_of(self.kind, zeroth, means, covariances, int(counts.argmin())))
        counts = np.maximum(counts, _LEAST_SHARE * zeroth.sum())
        if hasattr(self.penalty, "update_weights"):
            return self.penalty.update_weights(counts, state.weights)
        return counts / counts.sum()


def remains_of(kind, weights, means, covariances, gone):
    """Weights, means and covariances without component `gone`, and which are left; one at a time, for the others may gain by it."""
    alive = np.arange(len(weights)) != gone
    return weights[alive] / weights[alive].sum(), means[alive], covariances if kind.shared else covariances[alive], alive


def highest_density(prior, penalty, steps):
    """The rule under `prior` and `penalty` for the problem `steps`; a penalty stands alone where there is no prior.

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For a prior or a penalty that a Gaussian mixture does not take.
    """
    forms = ("value", "update_weights"), ("value", "shrink"), ("length", "deduction")
    if penalty is not None and not any(hasattr(penalty, one) and hasattr(penalty, two) for one, two in forms):
        raise ArgumentTypeError(f"penalty={penalty!r:.200}: a Gaussian mixture takes a penalty object such as statsim.penalties.Entropy(strength=10.0)")
    if penalty is not None and prior is None:
        prior = MixturePrior(Flat(), Flat())
    if hasattr(penalty, "in_units"):
        if steps.kind.diagonal:
            raise ArgumentError(f"penalty={penalty!r:.100} is of entries beside the diagonal, and covariance_type={steps.kind.name!r} has none; use 'full' or 'tied'")
        penalty = penalty.in_units(np.sqrt(steps.starts.variances))
    standard = standard_prior(prior, steps, proper=False)
    if standard.concentration is not None:
        raise ArgumentError(f"prior={prior!r:.200}: a DirichletProcess has no highest density over a fixed number of weights; use method='vb' or 'bayes', or Dirichlet(0.5)")
    return HighestDensity(standard, steps.kind, steps.total_weight, penalty)
