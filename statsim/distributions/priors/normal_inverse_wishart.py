r"""The conjugate prior of a multivariate normal law's mean and covariance.

:math:`\Sigma \sim IW(\nu, \Psi)`, :math:`\mu \mid \Sigma \sim N(m, \Sigma / \kappa)`; A. Gelman et al., Bayesian Data Analysis (2013), section 3.6.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True, eq=False)
class NormalInverseWishart:
    """Normal mean given the covariance, inverse Wishart covariance.

    Where covariances are diagonal each variance has the inverse gamma law of `degrees_of_freedom` / 2 and half its diagonal
    element of `scale`; where they are spherical, of d times that and half the trace: `degrees_of_freedom` rows' worth in each case.

    Parameters
    ----------
    mean : array (d,)
        Prior mean of the location.
    mean_precision : float
        Rows that the prior mean counts as, above 0.
    degrees_of_freedom : float
        Rows that the scale counts as, above d - 1.
    scale : array (d, d)
        Positive definite: the sum of squares of those rows about their mean.

    Examples
    --------
    >>> prior = NormalInverseWishart(mean=[0.0], mean_precision=1.0, degrees_of_freedom=4.0, scale=[[2.0]])
    >>> prior.updated(2.0, [1.0], [[0.0]]).scale.round(6).tolist()
    [[2.666667]]
    """

    mean: np.ndarray
    mean_precision: float
    degrees_of_freedom: float
    scale: np.ndarray

    def __post_init__(self):
        mean, scale = np.array(self.mean, np.float64), np.array(self.scale, np.float64)
        if mean.ndim != 1 or not mean.size or not np.isfinite(mean).all():
            raise ArgumentError(f"mean must be a vector (d,) of finite numbers, got {self.mean!r:.200}")
        d = len(mean)
        if scale.shape != (d, d):
            raise ArgumentError(f"scale must have shape {(d, d)} like the mean of {d} columns, got shape {scale.shape}")
        checks.real(self.mean_precision, "mean_precision", minimum=0.0, open_minimum=True)
        checks.real(self.degrees_of_freedom, "degrees_of_freedom", minimum=float(d - 1), open_minimum=True, remedy=f"a covariance of {d} columns needs more than {d - 1}")
        if not np.isfinite(scale).all() or not _is_symmetric(scale):
            raise ArgumentError(f"scale must be symmetric and finite, got {scale.tolist()!s:.200}")
        scale = (scale + scale.T) / 2
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "scale", scale)
        self.lower()

    def __repr__(self):
        return (
            f"NormalInverseWishart(mean={_shown(self.mean)}, mean_precision={float(self.mean_precision):g}, "
            f"degrees_of_freedom={float(self.degrees_of_freedom):g}, scale={_shown(self.scale)})"
        )

    @property
    def dim(self):
        """Number of columns."""
        return len(self.mean)

    def lower(self):
        """Lower Cholesky factor (d, d) of the scale.

        Raises
        ------
        ArgumentError
            When the scale is not positive definite.
        """
        from statsim.kernels.cholesky import cholesky

        out = np.zeros((1, self.dim, self.dim))
        if cholesky(self.scale[None], 1e-14, out) >= 0:
            raise ArgumentError(f"scale must be positive definite, its eigenvalues are {_shown(np.linalg.eigvalsh(self.scale))}; add a diagonal")
        return out[0]

    def updated(self, n, mean, scatter):
        """The posterior after `n` rows (or weights) with the given mean (d,) and sum of squares and products about it (d, d)."""
        kappa = self.mean_precision + n
        gap = np.asarray(mean, float) - self.mean
        scale = self.scale + scatter + self.mean_precision * n / kappa * np.outer(gap, gap)
        return NormalInverseWishart(self.mean + n / kappa * gap, kappa, self.degrees_of_freedom + n, scale)

    def marginal(self, columns):
        """The law of some columns' mean and covariance."""
        columns = np.asarray(columns, int)
        return NormalInverseWishart(
            self.mean[columns], self.mean_precision, self.degrees_of_freedom - (self.dim - len(columns)), self.scale[np.ix_(columns, columns)],
        )  # fmt: skip

    def rescaled(self, centre, scale):
        """The law of the mean and covariance of (x - centre) / scale."""
        return NormalInverseWishart((self.mean - centre) / scale, self.mean_precision, self.degrees_of_freedom, self.scale / np.outer(scale, scale))

    def mode(self):
        """Mean (d,) and covariance (d, d) of highest density."""
        return self.mean, self.scale / (self.degrees_of_freedom + self.dim + 2)

    def log_density(self, mean, covariance):
        """Log density at a mean (d,) and a covariance (d, d)."""
        d, nu = self.dim, self.degrees_of_freedom
        sign, log_determinant = np.linalg.slogdet(covariance)
        if sign <= 0:
            return -math.inf
        gap = np.asarray(mean, float) - self.mean
        inside = self.scale + self.mean_precision * np.outer(gap, gap)
        value = -0.5 * (nu + d + 2) * log_determinant - 0.5 * np.trace(np.linalg.solve(covariance, inside))
        return float(value - self._log_normaliser() + 0.5 * d * math.log(self.mean_precision / (2 * math.pi)))

    def log_evidence(self, n, mean, scatter):
        """Log marginal likelihood of rows of which `n`, mean and scatter are known (weights 1)."""
        after = self.updated(n, mean, scatter)
        ratio = 0.5 * self.dim * math.log(self.mean_precision / after.mean_precision)
        return float(after._log_normaliser() - self._log_normaliser() + ratio - 0.5 * n * self.dim * math.log(2 * math.pi))

    def draws(self, n, key):
        """Independent means (n, d) and covariances (n, d, d) from the stream of `key` (2,) uint64."""
        from statsim.kernels.mixture.labels.parameter_draws import fill_parameters

        d = self.dim
        rows = np.empty((n, 1 + d + d * d))
        one = np.array([float(self.mean_precision)]), np.array([float(self.degrees_of_freedom)]), self.mean[None], self.lower()[None]
        fill_parameters(key, 0, np.ones(1), np.zeros((0, 2)), *one, rows)
        return rows[:, 1 : 1 + d].copy(), rows[:, 1 + d :].reshape(n, d, d).copy()

    def _log_normaliser(self):
        """Log of the integral of |S|^(-(nu + d + 1) / 2) exp(-tr(scale S^-1) / 2)."""
        d, nu = self.dim, float(self.degrees_of_freedom)
        gammas = sum(math.lgamma(0.5 * (nu - i)) for i in range(d)) + 0.25 * d * (d - 1) * math.log(math.pi)
        return gammas + 0.5 * nu * d * math.log(2.0) - nu * float(np.log(np.diagonal(self.lower())).sum())


def _is_symmetric(scale):
    """Whether elements differ from those across the diagonal by rounding alone, on the scale of their columns."""
    size = np.sqrt(np.abs(np.diagonal(scale)))
    return bool((np.abs(scale - scale.T) <= 1e-9 * np.outer(size, size)).all())


def _shown(array):
    return np.array2string(np.asarray(array), precision=4, threshold=12, edgeitems=2, separator=", ", max_line_width=10_000).replace("\n", "")
