r"""The conjugate prior of the coefficients and noise covariance of a regression with several responses.

:math:`\Sigma \sim IW(\Psi, \nu)`, :math:`B \mid \Sigma \sim MN(M, V, \Sigma)`: row i and row j of B have covariance :math:`V_{ij} \Sigma`. With one response it
is normal-inverse-gamma: :math:`\sigma^2 \sim IG(\nu / 2, \Psi / 2)`. A. Zellner, An Introduction to Bayesian Inference in Econometrics (1971), chapter 8;
K. Kadiyala, S. Karlsson, Journal of Applied Econometrics 12 (1997).
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError

_SYMMETRIC = 1e-9


@dataclass(frozen=True, eq=False)
class MatrixNormalInverseWishart:
    """Matrix normal coefficients given the noise covariance, inverse Wishart noise covariance.

    Parameters
    ----------
    mean : array (r, k)
        Of the coefficients: a row for each regressor, a column for each response. Of an autoregression the rows are the intercept
        (unless trend="n"), the slope (trend="ct"), then the columns of lag 1, of lag 2, ...
    row_covariance : array (r, r)
        V, symmetric and positive definite; times the noise variance of a response it is the covariance of its coefficients.
    scale : array (k, k)
        Psi, symmetric and positive definite; the noise covariance has the mean scale / (df - k - 1).
    df : float
        Above k - 1.
    stationary : bool
        Draws of an autoregression without a stationary law are drawn again: the prior is cut off to the others.

    Examples
    --------
    >>> prior = MatrixNormalInverseWishart(mean=[[0.0]], row_covariance=[[1.0]], scale=[[1.0]], df=3.0)
    >>> after = prior.updated(np.array([[3.0]]), np.array([[6.0]]), np.array([[20.0]]), 3.0)
    >>> after.mean.tolist(), after.scale.tolist(), after.df
    ([[1.5]], [[12.0]], 6.0)
    """

    mean: np.ndarray
    row_covariance: np.ndarray
    scale: np.ndarray
    df: float
    stationary: bool = False

    def __post_init__(self):
        mean = _matrix(self.mean, "mean")
        r, k = mean.shape
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "row_covariance", _positive_definite(self.row_covariance, "row_covariance", r, "a row for each row of mean"))
        object.__setattr__(self, "scale", _positive_definite(self.scale, "scale", k, "a row for each column of mean"))
        object.__setattr__(self, "df", checks.real(self.df, "df", minimum=k - 1.0, open_minimum=True))
        if not isinstance(self.stationary, (bool, np.bool_)):
            raise ArgumentError(f"stationary must be True or False, got {self.stationary!r}")

    def __repr__(self):
        r, k = self.mean.shape
        cut = ", stationary=True" if self.stationary else ""
        return f"MatrixNormalInverseWishart({r} regressors, {k} responses, mean={np.round(self.mean, 6).tolist()!s:.200}, df={self.df:g}{cut})"

    def updated(self, products, moments, squares, n):
        """The posterior after rows of products X'X (r, r), moments X'Y (r, k), squares Y'Y (k, k), and total weight n."""
        prior = np.linalg.inv(self.row_covariance)
        precision = prior + products
        mean = np.linalg.solve(precision, prior @ self.mean + moments)
        away = mean - self.mean
        rest = squares - moments.T @ mean - mean.T @ moments + mean.T @ products @ mean
        return self.with_residuals(precision, mean, rest + away.T @ prior @ away, n)

    def with_residuals(self, precision, mean, squares, n):
        """The posterior of the given row precision and mean, from the squares (k, k) of residuals about it, those from the prior mean included."""
        covariance, scale = np.linalg.inv(precision), self.scale + squares
        return MatrixNormalInverseWishart(mean, (covariance + covariance.T) / 2, (scale + scale.T) / 2, self.df + n, self.stationary)

    def mode(self):
        """Coefficients (r, k) and noise covariance (k, k) of the highest joint density."""
        r, k = self.mean.shape
        return self.mean, self.scale / (self.df + r + k + 1)

    def log_density(self, coefficients, covariance):
        """Log density of coefficients (r, k) and noise covariance (k, k), a float."""
        r, k = self.mean.shape
        away = np.asarray(coefficients, float) - self.mean
        precision, log_det = np.linalg.inv(covariance), np.linalg.slogdet(covariance)[1]
        normal = -0.5 * (np.sum(np.linalg.solve(self.row_covariance, away) * (away @ precision)) + r * k * math.log(2 * math.pi))
        normal -= 0.5 * (k * np.linalg.slogdet(self.row_covariance)[1] + r * log_det)
        wishart = -self.log_scale_constant() - 0.5 * self.df * k * math.log(2) - 0.5 * (self.df + k + 1) * log_det - 0.5 * np.sum(precision * self.scale)
        return float(normal + wishart)

    def log_scale_constant(self):
        """log Gamma_k(df / 2) - df / 2 log det(scale): what the inverse Wishart law is divided by, powers of two apart."""
        from scipy.special import multigammaln

        return float(multigammaln(0.5 * self.df, len(self.scale)) - 0.5 * self.df * np.linalg.slogdet(self.scale)[1])

    def log_evidence(self, after, n):
        """Log marginal likelihood of rows of total weight n (weights 1) whose posterior is `after`."""
        k = len(self.scale)
        rows = 0.5 * k * (np.linalg.slogdet(after.row_covariance)[1] - np.linalg.slogdet(self.row_covariance)[1])
        return float(rows + after.log_scale_constant() - self.log_scale_constant() - 0.5 * n * k * math.log(math.pi))


def _matrix(value, name):
    array = np.array(value, np.float64)
    if array.ndim != 2 or 0 in array.shape:
        raise ArgumentError(f"{name} of MatrixNormalInverseWishart must be a matrix, got shape {array.shape}")
    if not np.isfinite(array).all():
        raise ArgumentError(f"{name} of MatrixNormalInverseWishart must be finite, got {float(array[~np.isfinite(array)][0])}")
    return array


def _positive_definite(value, name, size, why):
    array = _matrix(value, name)
    if array.shape != (size, size):
        raise ArgumentError(f"{name} of MatrixNormalInverseWishart must have shape ({size}, {size}), {why}; got {array.shape}")
    if np.abs(array - array.T).max() > _SYMMETRIC * np.abs(array).max():
        raise ArgumentError(f"{name} of MatrixNormalInverseWishart is not symmetric: {array.tolist()!s:.200}")
    array = (array + array.T) / 2
    size_of = np.sqrt(np.maximum(np.diagonal(array), 0.0))
    least = np.linalg.eigvalsh(array / np.outer(size_of, size_of))[0] if size_of.all() else 0.0
    if not least > 0:
        raise ArgumentError(f"{name} of MatrixNormalInverseWishart is not positive definite: {array.tolist()!s:.200}")
    return array
