r"""Coefficients of an autoregression as one matrix B (r, k), :math:`y_t' = x_t' B + e_t'`, in the units of the data and in those of a fit.

A row x holds 1 (a trend "c" or "ct"), the time ("ct"), then the columns of lag 1, of lag 2, ... `Prepared` values are z = (y - centre) / scale at times
(t - origin) / unit; with x = T' z of the two kinds of rows, B of z is :math:`(T B - e_1 \, centre') / scale`.
"""

from dataclasses import dataclass

import numpy as np

from statsim.distributions.priors import MatrixNormalInverseWishart
from statsim.models.series.prepared import Prepared

TERMS = {"n": 0, "c": 1, "ct": 2}


@dataclass(frozen=True, eq=False)
class RegressionUnits:
    """The change of units for `order` lags after a trend."""

    rows: Prepared
    order: int
    trend: str

    @property
    def terms(self):
        """Rows of B before the lags."""
        return TERMS[self.trend]

    @property
    def width(self):
        """Columns k."""
        return len(self.rows.scale)

    def _turn(self):
        """T (r, r)."""
        rows, terms = self.rows, self.terms
        turn = np.eye(terms + self.order * self.width)
        lags = np.arange(terms, len(turn))
        turn[lags, lags] = np.tile(rows.scale, self.order)
        if terms:
            turn[0, lags] = np.tile(rows.centre, self.order)
        if terms == 2:
            turn[0, 1], turn[1, 1] = rows.origin, rows.unit
        return turn

    def to_data(self, coefficients):
        """B (..., r, k) in the units of the data."""
        moved = coefficients * self.rows.scale
        if self.terms:
            moved[..., 0, :] += self.rows.centre
        return np.linalg.solve(self._turn(), moved)

    def prior_of_fit(self, prior):
        """A prior in the units of the data, in those of the fit."""
        turn, s = self._turn(), self.rows.scale
        mean = turn @ prior.mean
        if self.terms:
            mean[0] -= self.rows.centre
        covariance = turn @ prior.row_covariance @ turn.T
        return MatrixNormalInverseWishart(mean / s, (covariance + covariance.T) / 2, prior.scale / s[:, None] / s, prior.df, prior.stationary)

    def log_density_in_data(self, prior, coefficients, covariance):
        """Log density, in the units of the data, of a prior, B and covariance in those of the fit."""
        r, k = coefficients.shape
        logs = np.log(self.rows.scale).sum()
        turned = np.linalg.slogdet(self._turn())[1] if r else 0.0
        return prior.log_density(coefficients, covariance) + k * turned - r * logs - (k + 1) * logs

    # ------------------------------------------------------------ the order of the windows

    def from_windows(self, matrix):
        """Rows of windows (the oldest lag first) as rows of B (lag 1 first); the other way round as well."""
        k, terms = self.width, self.terms
        lags = matrix[terms:].reshape(self.order, k, matrix.shape[1])[::-1].reshape(self.order * k, matrix.shape[1])
        return np.concatenate([matrix[:terms], lags])
