"""Parameters of an autoregression as rows of numbers with names: what a posterior is made of."""

from dataclasses import dataclass

import numpy as np

from statsim.models.series.autoregressive_law import AutoregressiveLaw
from statsim.models.series.regression_units import TERMS


@dataclass(frozen=True)
class ParameterTable:
    """The parameters of an autoregression of `width` columns; `is_matrix` where they are named as those of several columns."""

    order: int
    width: int
    trend: str
    is_matrix: bool

    @property
    def names(self):
        """Of each number: coefficients[lag,i,j], intercept[i], slope[i], noise_covariance[i,j]; of one column coefficients[lag], intercept, slope, noise_variance."""
        k, lags = range(self.width), range(self.order)
        trends = ("intercept", "slope")[: TERMS[self.trend]]
        if not self.is_matrix:
            return (*(f"coefficients[{lag}]" for lag in lags), *trends, "noise_variance")
        return (
            *(f"coefficients[{lag},{i},{j}]" for lag in lags for i in k for j in k), *(f"{name}[{i}]" for name in trends for i in k),
            *(f"noise_covariance[{i},{j}]" for i in k for j in k),
        )  # fmt: skip

    def rows(self, coefficients, covariances):
        """Numbers (m, p) of B (m, r, k), as `RegressionUnits` has it, and noise covariances (m, k, k)."""
        m, terms = len(covariances), TERMS[self.trend]
        lags = coefficients[:, terms:].reshape(m, self.order, self.width, self.width).transpose(0, 1, 3, 2)
        parts = lags, coefficients[:, :terms], covariances
        return np.concatenate([part.reshape(m, -1) for part in parts], axis=1)

    def parts(self, rows):
        """Coefficients (m, p, k, k), intercepts (m, k), slopes (m, k) and noise covariances (m, k, k) of rows (m, p)."""
        k, m, terms = self.width, len(rows), TERMS[self.trend]
        lags, trend = self.order * k * k, np.zeros((m, 2, k))
        trend[:, :terms] = rows[:, lags : lags + terms * k].reshape(m, terms, k)
        return (
            rows[:, :lags].reshape(m, self.order, k, k), trend[:, 0], trend[:, 1], rows[:, lags + terms * k :].reshape(m, k, k),
        )  # fmt: skip

    def laws(self, rows, *, initial, before):
        """The `AutoregressiveLaw` of each row, made one at a time."""
        for coefficients, intercept, slope, noise in zip(*self.parts(rows), strict=True):
            yield AutoregressiveLaw(np.ascontiguousarray(coefficients), intercept, slope, noise, initial, before)


def spectral_radii(coefficients):
    """Sizes (m,) of the largest eigenvalue of the companion matrices of coefficients (m, p, k, k); 0 without lags."""
    m, p, k, _ = coefficients.shape
    if not p:
        return np.zeros(m)
    companions = np.zeros((m, p * k, p * k))
    companions[:, :k] = coefficients.transpose(0, 2, 1, 3).reshape(m, k, p * k)
    companions[:, k:, : (p - 1) * k] = np.eye((p - 1) * k)
    return np.abs(np.linalg.eigvals(companions)).max(axis=1)
