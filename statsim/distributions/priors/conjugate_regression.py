r"""The conjugate prior of a linear regression's coefficients and variance.

:math:`\sigma^2 \sim IG(a, c)`, :math:`b \mid \sigma^2 \sim N(m, \sigma^2 \Lambda^{-1})`; A. Gelman et al., Bayesian Data Analysis (2013), section 14.8; evidence as
in C. Bishop, Pattern Recognition and Machine Learning (2006), exercise 3.23.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True, eq=False)
class ConjugateRegression:
    """Normal coefficients given the variance, inverse gamma variance.

    Parameters
    ----------
    mean : array (p,)
        Of the coefficients, the intercept last where the model has one.
    precision : array (p, p)
        Symmetric, positive definite; in units of one over the variance of a response: a row x counts as `outer(x, x)`.
    shape, scale : float
        Of the inverse gamma law of the variance, above 0.

    Examples
    --------
    >>> prior = ConjugateRegression(mean=[0.0, 0.0], precision=[[1.0, 0.0], [0.0, 1.0]], shape=2.0, scale=1.0)
    >>> prior.updated(np.eye(2), np.array([1.0, 3.0]), 10.0, 2.0).mean.tolist()
    [0.5, 1.5]
    """

    mean: np.ndarray
    precision: np.ndarray
    shape: float
    scale: float

    def __post_init__(self):
        mean, precision = np.atleast_1d(np.asarray(self.mean, float)), np.atleast_2d(np.asarray(self.precision, float))
        if mean.ndim != 1 or precision.shape != (len(mean), len(mean)):
            raise ArgumentError(f"precision must be square with a row for each of the {mean.size} numbers of mean, got shape {precision.shape}")
        if not (np.isfinite(mean).all() and np.isfinite(precision).all()):
            raise ArgumentError("mean and precision of ConjugateRegression must be finite")
        values = np.linalg.eigvalsh((precision + precision.T) / 2)
        if not np.allclose(precision, precision.T, rtol=1e-9, atol=0) or not values[0] > 0:
            raise ArgumentError(f"precision must be symmetric and positive definite; its smallest eigenvalue is {values[0]:g}")
        for name in ("shape", "scale"):
            checks.real(getattr(self, name), name, minimum=0.0, open_minimum=True)
        object.__setattr__(self, "mean", mean)
        object.__setattr__(self, "precision", precision)

    def __repr__(self):
        return f"ConjugateRegression(mean={np.round(self.mean, 6).tolist()}, precision of {len(self.mean)} coefficients, shape={self.shape:g}, scale={self.scale:g})"

    def updated(self, products, moments, squares, n):
        """The posterior after rows of products X^T X (p, p), moments X^T y (p,), squares y^T y, and total weight n."""
        precision = self.precision + products
        mean = np.linalg.solve(precision, self.precision @ self.mean + moments)
        away = mean - self.mean
        rest = squares - 2 * moments @ mean + mean @ products @ mean + away @ self.precision @ away
        return ConjugateRegression(mean, (precision + precision.T) / 2, self.shape + 0.5 * n, self.scale + 0.5 * max(rest, 0.0))

    def log_density(self, coefficients, scale):
        """Log density of coefficients (p,) and standard deviation (of the standard deviation, not of the variance)."""
        variance, away = scale**2, np.asarray(coefficients, float) - self.mean
        inverse_gamma = self.shape * math.log(self.scale) - math.lgamma(self.shape) - (self.shape + 1) * math.log(variance) - self.scale / variance
        normal = 0.5 * (np.linalg.slogdet(self.precision)[1] - len(away) * math.log(2 * math.pi * variance) - away @ self.precision @ away / variance)
        return inverse_gamma + normal + math.log(2 * scale)

    def log_evidence(self, products, moments, squares, n):
        """Log marginal likelihood of rows, as `updated` takes them (weights 1)."""
        after = self.updated(products, moments, squares, n)
        return (
            math.lgamma(after.shape) - math.lgamma(self.shape) + self.shape * math.log(self.scale) - after.shape * math.log(after.scale)
            + 0.5 * (np.linalg.slogdet(self.precision)[1] - np.linalg.slogdet(after.precision)[1]) - 0.5 * n * math.log(2 * math.pi)
        )  # fmt: skip
