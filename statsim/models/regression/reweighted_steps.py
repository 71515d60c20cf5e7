"""Generalised linear models by least squares again and again: P. McCullagh, J. Nelder (1989), section 2.5; the canonical links make it Newton's method."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim.models.regression.coordinates import Coordinates
from statsim.models.regression.fitted import Fitted
from statsim.models.regression.observed import Observed
from statsim.models.regression.separation import FAR, refuse_one_value, refuse_separation


@dataclass(frozen=True, eq=False)
class ReweightedSteps:
    """Maximum likelihood of `family` in orthonormal coordinates."""

    data: Observed
    family: Any
    coordinates: Coordinates

    loop = "reweighting"
    criterion = "log-likelihood"
    prior = None

    def first(self):
        """No effect of any column, and the intercept of their mean."""
        refuse_one_value(self.data, self.family)
        vector, data = np.zeros(self.coordinates.rows.shape[1]), self.data
        if data.fit_intercept:
            exposure = data.weights @ self.family.mean(data.offsets) if self.family.code else data.total_weight
            ratio = float(data.weights @ data.y) / exposure
            vector[-1] = self.family.link(np.clip(ratio, 1e-3, 1 - 1e-3 if self.family.code == 1 else None))
        return vector

    def predictor(self, vector):
        """Linear predictor (n,)."""
        return self.coordinates.rows @ vector + self.data.offsets

    def objective(self, vector):
        """Log-likelihood."""
        value = self.family.log_likelihood(self.data.y, self.predictor(vector), self.data.weights)
        return value if np.isfinite(value) else -np.inf

    def _working(self, vector):
        """Weights of the least-squares problem, and the slopes (p,)."""
        mean = self.family.mean(self.predictor(vector))
        return self.data.weights * self.family.variance(mean), (self.data.weights * (self.data.y - mean)) @ self.coordinates.rows

    def step(self, vector):
        """Newton's step and half the squared gradient in its metric."""
        weights, slopes = self._working(vector)
        information = (weights[:, None] * self.coordinates.rows).T @ self.coordinates.rows
        direction = _solved(information, slopes)
        return direction, 0.5 * float(slopes @ direction)

    def is_running_away(self, vector):
        """False, once it is settled that a large linear predictor is no sign of separation."""
        if np.abs(self.coordinates.rows @ vector).max() > FAR:
            self._checked  # raises
        return False

    @cached_property
    def _checked(self):
        refuse_separation(self.data, self.family, self.coordinates)
        return True

    def finish(self, vector, converged):
        """Coefficients, and the inverse information."""
        if not converged:
            self._checked  # raises where there is no maximum
        root = np.sqrt(self._working(vector)[0])
        triangle = np.linalg.qr(root[:, None] * self.coordinates.rows, mode="r")
        half = self.coordinates.turn @ np.linalg.inv(triangle)
        return Fitted(self.coordinates.coefficients(vector), half @ half.T)


def _solved(information, slopes):
    """information^-1 slopes; directions without information are left alone."""
    values, vectors = np.linalg.eigh(information)
    told = values > np.finfo(float).eps * len(values) * values[-1]
    return vectors[:, told] @ ((slopes @ vectors[:, told]) / values[told])
