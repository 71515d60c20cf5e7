"""What the principles ask of a multivariate normal law."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.distributions.covariance import covariance_kind
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.mle import MLE
from statsim.models.mixture.fit import fit_mixture
from statsim.models.multivariate_normal.conjugate import Conjugate


@dataclass(frozen=True)
class NormalSteps:
    """Fitting rows X (n, d) with `weights` (n,) or None; a state is (mean, covariance, precision or None)."""

    X: np.ndarray
    weights: Any

    loop = "closed form"

    def solve(self):
        """Maximum likelihood and the log-likelihood there: a formula where nothing is missing, else EM inside (`fit_mixture`)."""
        parameters, result = self.likeliest()
        return (parameters.means[0], parameters.covariances[0], None), result.objective

    def likeliest(self):
        """The mixture of one component that fits best, and its account."""
        return fit_mixture(self.X, self.weights, kind=covariance_kind("full"), k=1, method=MLE(), key=np.zeros(2, np.uint64))[:2]

    def regularised(self, prior, penalty):
        """The steps of a penalised covariance, or of the mode under a prior."""
        if prior is not None and penalty is not None:
            raise ArgumentError(f"prior={prior!r:.100} and penalty={penalty!r}: give one of them")
        if penalty is None:
            conjugate = Conjugate(self.X, self.weights)
            return ModeSteps(conjugate, conjugate.checked(prior))
        if not hasattr(penalty, "shrink"):
            raise ArgumentTypeError(f"penalty must be LedoitWolf(), OAS() or GraphicalLasso(alpha) of statsim.penalties, got {penalty!r:.100}")
        return PenalisedSteps(self.X, self.weights, penalty)

    def posterior(self, prior):
        """The posterior in closed form."""
        conjugate = Conjugate(self.X, self.weights)
        return conjugate.posterior(conjugate.checked(prior))


@dataclass(frozen=True)
class ModeSteps:
    """The highest posterior density under the conjugate prior, by formula."""

    conjugate: Conjugate
    prior: Any

    loop = "closed form"
    criterion = "log posterior"

    def solve(self):
        """The state, and log-likelihood plus log prior there."""
        mean, covariance = self.conjugate.updated(self.prior).mode()
        n = float(self.conjugate.weights.sum())
        evidence = self.prior.log_evidence(n, *self.conjugate.moments)
        return (mean, covariance, None), evidence + self.conjugate.updated(self.prior).log_density(mean, covariance)


@dataclass(frozen=True)
class PenalisedSteps:
    """The mean of the rows, and a covariance that `penalty` makes of theirs."""

    X: np.ndarray
    weights: Any
    penalty: Any

    loop = "closed form"
    prior = None
    criterion = "penalised log-likelihood"

    def solve(self):
        """The state, and the log-likelihood less the penalty's value where it has one."""
        if np.isnan(self.X).any():
            raise ArgumentError(f"penalty={self.penalty!r} needs complete rows, and X has missing values; fit with method='mle' (missing='mar'), or drop those rows")
        weights = np.ones(len(self.X)) if self.weights is None else self.weights
        X, weights = self.X[weights > 0], weights[weights > 0]
        if len(X) < 2:
            raise ArgumentError(f"n_samples={len(X)}: a covariance needs at least 2 rows with a positive weight")
        mean = X[0] + weights @ (X - X[0]) / weights.sum()  # about a row: sums keep their digits however far the rows are from zero
        rows = X - mean
        moving = np.flatnonzero((X != X[0]).any(axis=0))
        mean[np.setdiff1d(np.arange(X.shape[1]), moving)] = X[0, np.setdiff1d(np.arange(X.shape[1]), moving)]
        shrunk, precision = self._shrunk(rows[:, moving], weights)
        covariance = np.zeros((X.shape[1], X.shape[1]))
        covariance[np.ix_(moving, moving)] = shrunk
        return (mean, covariance, precision if len(moving) == X.shape[1] else None), self._objective(rows[:, moving], weights, shrunk)

    def _shrunk(self, rows, weights):
        """The covariance of centred rows as the penalty makes it, and its inverse where the penalty knows it."""
        if not rows.shape[1]:
            return np.zeros((0, 0)), None
        covariance = (weights[:, None] * rows).T @ rows / weights.sum()
        covariance = (covariance + covariance.T) / 2
        if hasattr(self.penalty, "pair"):
            return self.penalty.pair(covariance)
        return self.penalty.shrink(covariance, n=float(weights.sum()), rows=rows, weights=weights), None

    def _objective(self, rows, weights, covariance):
        if not rows.shape[1]:
            return 0.0
        _, logdet = np.linalg.slogdet(covariance)
        squares = np.einsum("ij,ij->i", rows @ np.linalg.inv(covariance), rows)
        value = -0.5 * (weights @ squares + weights.sum() * (logdet + rows.shape[1] * np.log(2 * np.pi)))
        return float(value - weights.sum() * self.penalty.value(covariance)) if hasattr(self.penalty, "value") else float(value)
