r"""The conjugate prior of a normal law's mean and variance.

:math:`\sigma^2 \sim IG(a, b)`, :math:`\mu \mid \sigma^2 \sim N(m, \sigma^2 / \kappa)`; A. Gelman et al., Bayesian Data Analysis (2013), section 3.3.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks


@dataclass(frozen=True)
class NormalInverseGamma:
    """Normal mean given the variance, inverse gamma variance.

    Parameters
    ----------
    mean : float
        Prior mean of the location.
    mean_precision : float
        Rows that the prior mean counts as, above 0.
    shape, scale : float
        Of the inverse gamma law of the variance, above 0.

    Examples
    --------
    >>> prior = NormalInverseGamma(mean=0.0, mean_precision=1.0, shape=2.0, scale=1.0)
    >>> prior.updated(2.0, 1.0, 0.0)
    NormalInverseGamma(mean=0.6666666666666666, mean_precision=3.0, shape=3.0, scale=1.3333333333333333)
    """

    mean: float
    mean_precision: float
    shape: float
    scale: float

    def __post_init__(self):
        checks.real(self.mean, "mean")
        for name in ("mean_precision", "shape", "scale"):
            checks.real(getattr(self, name), name, minimum=0.0, open_minimum=True)

    def updated(self, n, mean, squares):
        """The posterior after `n` rows (or weights) with the given mean and sum of squares about it."""
        kappa = self.mean_precision + n
        return NormalInverseGamma(
            (self.mean_precision * self.mean + n * mean) / kappa, kappa, self.shape + 0.5 * n,
            self.scale + 0.5 * (squares + self.mean_precision * n / kappa * (mean - self.mean) ** 2),
        )  # fmt: skip

    def log_density(self, loc, scale):
        """Log density of location and standard deviation (the density of the standard deviation, not of the variance); broadcasts."""
        variance = np.square(scale)
        inverse_gamma = self.shape * math.log(self.scale) - math.lgamma(self.shape) - (self.shape + 1) * np.log(variance) - self.scale / variance
        normal = -0.5 * self.mean_precision * (loc - self.mean) ** 2 / variance - 0.5 * np.log(2 * math.pi * variance / self.mean_precision)
        return inverse_gamma + normal + np.log(2 * np.asarray(scale))

    def log_evidence(self, n, mean, squares):
        """Log marginal likelihood of rows of which `n`, mean and squares are known (weights 1)."""
        after = self.updated(n, mean, squares)
        return (
            math.lgamma(after.shape) - math.lgamma(self.shape) + self.shape * math.log(self.scale) - after.shape * math.log(after.scale)
            + 0.5 * math.log(self.mean_precision / after.mean_precision) - 0.5 * n * math.log(2 * math.pi)
        )  # fmt: skip
