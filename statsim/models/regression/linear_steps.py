"""Least squares: A. Bjoerck, Numerical Methods for Least Squares Problems (1996), chapter 2; the residual is fitted once more, which refines the coefficients."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.models.regression.coordinates import Coordinates
from statsim.models.regression.fitted import Fitted
from statsim.models.regression.observed import Observed

_EXACT = 1e-13  # of the response's size: residuals below it are rounding
_REFINEMENTS = 3


@dataclass(frozen=True, eq=False)
class LinearSteps:
    """Maximum likelihood of a normal response, in orthonormal coordinates."""

    data: Observed
    family: Any
    coordinates: Coordinates

    loop = "closed form"
    criterion = "log-likelihood"
    prior = None

    def solve(self):
        """Coefficients and scale, and the log-likelihood (NaN where the rows are fitted exactly)."""
        theta, residual = self._least_squares()
        scale = math.sqrt(self.data.weights @ np.square(residual) / self.data.total_weight)
        if scale <= _EXACT * np.abs(self.data.y - self.data.offsets).max():
            scale = 0.0
        left = self.data.total_weight - self.data.n_parameters
        variance = scale**2 * self.data.total_weight / left if left > 0 else math.nan
        turn = self.coordinates.turn
        values = np.append(self.coordinates.coefficients(theta), scale)
        objective = -0.5 * self.data.total_weight * (math.log(2 * math.pi * scale**2) + 1) if scale > 0 else math.nan
        return Fitted(values, variance / self.data.total_weight * turn @ turn.T if left > 0 else None), objective

    def _least_squares(self):
        """Coefficients in orthonormal coordinates and the residuals; what rounding has left of the orthogonality is refined away."""
        rows, shares = self.coordinates.rows, self.data.weights / self.data.total_weight
        residual, theta = self.data.y - self.data.offsets, np.zeros(rows.shape[1])
        y = residual
        for _ in range(1 + _REFINEMENTS):
            theta = theta + (shares * residual) @ rows
            residual = y - rows @ theta
        return theta, residual


@dataclass(frozen=True, eq=False)
class ConjugateSteps:
    """The mode of the conjugate posterior."""

    data: Observed
    prior: Any
    posterior: Any

    loop = "closed form"
    criterion = "log posterior"

    def solve(self):
        """The mode of (coefficients, scale), and the log of likelihood times prior there."""
        values = self.posterior.mode()
        b, scale = values[:-1], values[-1]
        residual = self.data.y - self.data.offsets - self.data.design @ b
        fitted = -0.5 * (self.data.weights @ np.square(residual)) / scale**2 - self.data.total_weight * (math.log(scale) + 0.5 * math.log(2 * math.pi))
        covariance = scale**2 * np.linalg.inv(self.posterior.law.precision)
        return Fitted(values, covariance), float(fitted + self.prior.log_density(b, scale))
