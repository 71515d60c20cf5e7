"""Parameters of an autoregression of standardised values while a fit moves them."""

from dataclasses import dataclass

import numpy as np

from statsim.models.series.autoregressive_law import AutoregressiveLaw


@dataclass(frozen=True)
class Point:
    """Coefficients A (p, k, k), location (k,), slope (k,) and noise factor L (k, k).

    With the stationary start the mean is location + slope tau; after known values the intercept is. tau is the time of `Prepared`.
    """

    coefficients: np.ndarray
    location: np.ndarray
    slope: np.ndarray
    factor: np.ndarray

    def law(self, rows):
        """The law of the standardised values; `rows` is the `Prepared`."""
        initial = rows.history if len(rows.history) or not len(self.coefficients) else None
        intercept, slope = self.location - self.slope * rows.origin / rows.unit, self.slope / rows.unit
        if initial is None:
            intercept, slope = _intercept_of_mean(self.coefficients, intercept, slope)
        noise = self.factor @ self.factor.T
        return AutoregressiveLaw(self.coefficients, intercept, slope, (noise + noise.T) / 2, initial)


def _intercept_of_mean(coefficients, level, slope):
    """c and delta of a series with mean level + slope t."""
    k = len(level)
    total = np.eye(k) - coefficients.sum(axis=0)
    weighted = np.einsum("p,pij->ij", np.arange(1.0, len(coefficients) + 1), coefficients)
    return total @ level + weighted @ slope, total @ slope


def point_of(rows, coefficients, intercept, slope, noise):
    """The point of a regression with `intercept` + `slope` tau; the mean is solved for where the start is stationary."""
    location = intercept
    if not len(rows.history) and len(coefficients):
        total = np.eye(len(intercept)) - coefficients.sum(axis=0)
        weighted = np.einsum("p,pij->ij", np.arange(1.0, len(coefficients) + 1), coefficients)
        slope = np.linalg.solve(total, slope) if slope.any() else slope
        location = np.linalg.solve(total, intercept - weighted @ slope / rows.unit)
    return Point(coefficients, location, slope, np.linalg.cholesky(noise))
