r"""A mixture of multivariate Student laws with one number of degrees of freedom: the proposal of the adaptive methods.

It lives in unconstrained coordinates. Tails of a Student law fall slower than those of most posteriors, so ratios stay bounded.
"""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class StudentMixture:
    """Shares (k,), locations (k, d), scale matrices (k, d, d) and degrees of freedom."""

    shares: np.ndarray
    locations: np.ndarray
    scales: np.ndarray
    df: float

    def factors(self):
        """Lower factors L and their inverses P, both (k, d, d), and the log normalising constants (k,)."""
        from statsim.kernels.cholesky import cholesky, inverse_factors

        L, P, log_determinants = np.zeros_like(self.scales), np.zeros_like(self.scales), np.zeros(len(self.scales))
        cholesky(self.scales, 0.0, L)
        inverse_factors(self.scales, 0.0, P, log_determinants)
        d = self.locations.shape[1]
        whole = math.lgamma(0.5 * (self.df + d)) - math.lgamma(0.5 * self.df) - 0.5 * d * math.log(self.df * math.pi)
        return L, P, whole + log_determinants

    def fill(self, random, out, counts):
        """Fill out (n, d) with counts[k] draws of component k, one component after another."""
        from statsim.kernels.importance.student import fill_student

        L, start = self.factors()[0], 0
        for k, count in enumerate(counts):
            fill_student(random, self.locations[k], L[k], self.df, out[start : start + count])
            start += count

    def parts(self, points):
        """Squared distances and log densities, (n, k) each."""
        from statsim.kernels.importance.student import student_log_densities

        _, P, constants = self.factors()
        distances, logs = np.empty((2, len(points), len(self.shares)))
        student_log_densities(points, self.locations, P, constants, self.df, distances, logs)
        return distances, logs

    def log_density(self, points):
        """Log density (n,) of the mixture."""
        from statsim.kernels.importance.student import log_mixture

        out = np.empty(len(points))
        with np.errstate(divide="ignore"):
            log_mixture(np.log(self.shares), self.parts(points)[1], out)
        return out


def usable_scale(matrix, spare):
    """`matrix` (d, d) where it is positive definite, else `spare`."""
    from statsim.kernels.cholesky import cholesky

    lower = np.zeros((1, *matrix.shape))
    good = np.isfinite(matrix).all() and cholesky(np.ascontiguousarray(matrix[None]), 1e-10, lower) < 0
    return matrix if good else spare
