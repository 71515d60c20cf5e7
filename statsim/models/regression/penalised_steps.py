r"""Elastic nets: at each state a penalised least-squares problem by coordinate descent, in `statsim.estimators.reweighting`.

J. Friedman, T. Hastie, R. Tibshirani, Journal of Statistical Software 33 (2010), sections 2 and 3. Raised is the log-likelihood (normal responses: minus half the squared
errors) less :math:`W \lambda (a |b|_1 + (1 - a) |b|_2^2 / 2)`, W the sum of weights; b are coefficients of columns of variance 1, unless the penalty says otherwise, and
the intercept is free. The start is the end of a path from the least strength that leaves all coefficients 0, each the warm start of the next.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from statsim.models.regression.coordinates import Coordinates, standardised
from statsim.models.regression.fitted import Fitted
from statsim.models.regression.observed import Observed
from statsim.models.regression.separation import FAR, refuse_separation

_SHARE = 0.1  # of the strength at which all is 0: one step of the path down from there
_LOOSE, _TIGHT = 1e-4, 1e-12  # conditions kept on the path and at its end, of the largest slope at 0
_SWEEPS = 100_000


@dataclass(frozen=True, eq=False)
class PenalisedSteps:
    """The elastic net of `family`, in centred coordinates."""

    data: Observed
    family: Any
    penalty: Any
    coordinates: Coordinates
    tolerance: float = _TIGHT

    loop = "reweighting"
    criterion = "penalised log-likelihood"
    prior = None

    @classmethod
    def of(cls, data, family, penalty):
        """In coordinates that the penalty speaks of."""
        coordinates = standardised(data)
        if not penalty.standardise:
            d, turn = data.X.shape[1], np.eye(data.n_parameters)
            rows = np.ones((len(data.X), data.n_parameters))
            rows[:, :d] = data.X - coordinates.mean
            turn[d:, :d] = -coordinates.mean
            coordinates = Coordinates(rows, turn, coordinates.mean, np.ones(d))
        return cls(data, family, penalty, coordinates)

    # ------------------------------------------------------------ the problem

    @property
    def _d(self):
        return self.data.X.shape[1]

    @property
    def _weights(self):
        """Those of absolute values and of half squares, for all rows."""
        l1, l2 = self.penalty.weights
        return l1 * self.data.total_weight, l2 * self.data.total_weight

    def _penalised(self, vector):
        l1, l2 = self._weights
        b = vector[: self._d]
        return l1 * np.abs(b).sum() + 0.5 * l2 * b @ b

    def predictor(self, vector):
        """Linear predictor (n,)."""
        return self.coordinates.rows @ vector + self.data.offsets

    def objective(self, vector):
        """Log-likelihood less the penalty."""
        value = self.family.log_likelihood(self.data.y, self.predictor(vector), self.data.weights) - self._penalised(vector)
        return value if np.isfinite(value) else -np.inf

    def _quadratic(self, vector):
        """Sums of products G and slopes of the least-squares problem with the intercept profiled out, and what gives it back."""
        U = self.coordinates.rows[:, : self._d]
        mean = self.family.mean(self.predictor(vector))
        weights, residual = self.data.weights * self.family.variance(mean), self.data.weights * (self.data.y - mean)
        if not self.data.fit_intercept:
            return (weights[:, None] * U).T @ U, U.T @ residual, None
        total = weights.sum()
        middle = weights @ U / total
        U = U - middle
        return (weights[:, None] * U).T @ U, U.T @ residual, (residual.sum() / total, middle)

    def step(self, vector):
        """To the minimum of the penalised quadratic, and the gain that it promises."""
        from statsim.kernels.regression.descent import descend

        G, slopes, free = self._quadratic(vector)
        G = np.ascontiguousarray(G)
        l1, l2 = self._weights
        b = vector[: self._d].copy()
        c = slopes + G @ b
        descend(G, c, l1, l2, b, slopes.copy(), self.tolerance * max(np.abs(c).max(), self._largest_slope), _SWEEPS)
        change = b - vector[: self._d]
        direction = np.append(change, free[0] - free[1] @ change) if free else change
        moved = vector + direction
        gain = slopes @ change - 0.5 * change @ G @ change - self._penalised(moved) + self._penalised(vector)
        return direction, float(gain) + (0.5 * self._curvature(vector) * free[0] ** 2 if free else 0.0)

    def _curvature(self, vector):
        return float(self.data.weights @ self.family.variance(self.family.mean(self.predictor(vector))))

    # ------------------------------------------------------------ the path

    @cached_property
    def _empty(self):
        """No coefficient at all, and the best intercept."""
        from statsim.estimators.mle import MLE
        from statsim.estimators.reweighting import reweight

        vector = np.zeros(self.coordinates.rows.shape[1])
        if not self.data.fit_intercept:
            return vector
        vector[-1] = reweight(MLE(), _Intercept(self.data, self.family))[0]
        return vector

    @cached_property
    def _largest_slope(self):
        """The largest slope where all coefficients are 0."""
        return float(np.abs(self._quadratic(self._empty)[1]).max())

    @property
    def least_empty_strength(self):
        """The least strength at which the absolute values leave all coefficients 0."""
        return self._largest_slope / (max(self.penalty.l1_ratio, 1e-3) * self.data.total_weight)

    def first(self):
        """The end of a path of falling strengths."""
        vector, strength = self._empty, _SHARE * self.least_empty_strength
        while strength > self.penalty.strength > 0:
            loose = replace(self, penalty=replace(self.penalty, strength=strength), tolerance=_LOOSE)
            direction, _ = loose.step(vector)
            vector = vector + direction if loose.objective(vector + direction) > loose.objective(vector) else vector
            strength *= _SHARE
        return vector

    def is_running_away(self, vector):
        """A penalty holds the coefficients; one of strength 0 does not, and separation is looked for."""
        if self.penalty.strength == 0 and self.family.code and np.abs(self.coordinates.rows @ vector).max() > FAR:
            refuse_separation(self.data, self.family, self.coordinates)
        return False

    def finish(self, vector, converged):
        """Coefficients; a ridge has the inverse of the penalised information, an absolute value has no curvature to take it from."""
        values = self.coordinates.coefficients(vector)
        residual = self.data.y - self.predictor(vector)
        variance = float(self.data.weights @ np.square(residual) / self.data.total_weight) if self.family.has_scale else 1.0
        covariance = self._covariance(vector, variance) if self.penalty.l1_ratio == 0 and variance > 0 else None
        return Fitted(np.append(values, np.sqrt(variance)) if self.family.has_scale else values, covariance)

    def _covariance(self, vector, variance):
        rows = self.coordinates.rows
        weights = self.data.weights * self.family.variance(self.family.mean(self.predictor(vector)))
        information = (weights[:, None] * rows).T @ rows
        information[range(self._d), range(self._d)] += self._weights[1]
        try:
            return variance * self.coordinates.turn @ np.linalg.inv(information) @ self.coordinates.turn.T
        except np.linalg.LinAlgError:
            return None


@dataclass(frozen=True, eq=False)
class _Intercept:
    """The model of an intercept alone."""

    data: Observed
    family: Any

    def first(self):
        ratio = float(self.data.weights @ self.data.y) / self.data.total_weight
        return float(self.family.link(np.clip(ratio, 1e-3, 1 - 1e-3) if self.family.code == 1 else max(ratio, 1e-3) if self.family.code else ratio))

    def objective(self, a):
        return self.family.log_likelihood(self.data.y, a + self.data.offsets, self.data.weights)

    def step(self, a):
        mean = self.family.mean(a + self.data.offsets)
        slope, curvature = self.data.weights @ (self.data.y - mean), self.data.weights @ self.family.variance(mean)
        return slope / curvature, 0.5 * slope**2 / curvature

    def is_running_away(self, a):
        return False

    def finish(self, a, converged):
        return a
