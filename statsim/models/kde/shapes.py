r"""The kernels by name, and their constants.

`roughness` is the integral of K^2, `variance` that of u^2 K; Wand, Jones (1995), Kernel Smoothing, table 2.1. The canonical factor of Marron, Nolan (1988),
Statistics & Probability Letters 7, is the ratio of bandwidths at which two kernels smooth alike, here for products of d of them.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim.kernels.kde import shapes


@dataclass(frozen=True)
class Kernel:
    """A kernel on the line; `number` is its number in `statsim.kernels.kde.shapes`, `reach` where it has no more than 1e-17 of its mass."""

    name: str
    number: int
    roughness: float
    variance: float
    reach: float

    def canonical_factor(self, d):
        """Bandwidth of this kernel over that of a Gaussian one, for products of d kernels that smooth alike."""
        return (self.roughness**d / self.variance**2 * (4 * math.pi) ** (d / 2)) ** (1 / (d + 4))

    def radial_factor(self, d):
        """The same for radial kernels in d columns."""
        if self.name == "gaussian":
            return 1.0
        if self.name == "exponential":
            mass, square, second = math.gamma(d), math.gamma(d) / 2.0**d, math.gamma(d + 2)
        else:
            points, weights = np.polynomial.legendre.leggauss(d + 8)
            r, weights = 0.5 + 0.5 * points, 0.5 * weights
            shape = self.density(r) / shapes.height(self.number)
            mass, square, second = (float(weights @ f) for f in (r ** (d - 1) * shape, r ** (d - 1) * shape**2, r ** (d + 1) * shape))
        sphere = 2 * math.pi ** (d / 2) / math.gamma(d / 2)
        roughness, variance = square / (sphere * mass**2), second / (d * mass)
        return (roughness / variance**2 * (4 * math.pi) ** (d / 2)) ** (1 / (d + 4))

    def log_height(self, d, *, radial):
        """Log of what the shape is multiplied by to integrate to one over d columns."""
        if not radial:
            return d * math.log(shapes.height(self.number))
        sphere = math.log(2) + d / 2 * math.log(math.pi) - math.lgamma(d / 2)
        return -sphere - self._log_radial_integral(d)

    def _log_radial_integral(self, d):
        """Log of the integral of r^(d - 1) K(r)."""
        if self.name == "gaussian":
            return (d / 2 - 1) * math.log(2) + math.lgamma(d / 2)
        if self.name == "exponential":
            return math.lgamma(d)
        integral = {
            "epanechnikov": 2 / (d * (d + 2)),
            "biweight": 8 / (d * (d + 2) * (d + 4)),
            "triangular": 1 / (d * (d + 1)),
            "tophat": 1 / d,
        }
        return math.log(integral[self.name])

    def cdf(self, u):
        """The distribution function at an array u."""
        from scipy.special import ndtr

        u = np.asarray(u, np.float64)
        v = np.clip(u, -1.0, 1.0)
        if self.name == "gaussian":
            return ndtr(u)
        if self.name == "exponential":
            half = 0.5 * np.exp(-np.abs(u))
            return np.where(u < 0, half, 1.0 - half)
        if self.name == "epanechnikov":
            return 0.25 * (1.0 + v) ** 2 * (2.0 - v)
        if self.name == "biweight":
            return 0.0625 * (1.0 + v) ** 3 * (8.0 - v * (9.0 - 3.0 * v))
        if self.name == "triangular":
            return np.where(v < 0, 0.5 * (1.0 + v) ** 2, 1.0 - 0.5 * (1.0 - v) ** 2)
        return 0.5 * (1.0 + v)

    def density(self, u):
        """The kernel at an array u."""
        u = np.asarray(u, np.float64)
        rest = np.maximum(1.0 - u * u, 0.0)
        shape = {
            "gaussian": lambda: np.exp(-0.5 * u * u),
            "exponential": lambda: np.exp(-np.abs(u)),
            "epanechnikov": lambda: rest,
            "biweight": lambda: rest**2,
            "triangular": lambda: np.maximum(1.0 - np.abs(u), 0.0),
            "tophat": lambda: np.where(np.abs(u) <= 1.0, 1.0, 0.0),
        }[self.name]()
        return shapes.height(self.number) * shape


KERNELS = {
    kernel.name: kernel
    for kernel in (
        Kernel("gaussian", shapes.GAUSSIAN, 1 / (2 * math.sqrt(math.pi)), 1.0, 9.0),
        Kernel("epanechnikov", shapes.EPANECHNIKOV, 3 / 5, 1 / 5, 1.0),
        Kernel("biweight", shapes.BIWEIGHT, 5 / 7, 1 / 7, 1.0),
        Kernel("triangular", shapes.TRIANGULAR, 2 / 3, 1 / 6, 1.0),
        Kernel("tophat", shapes.TOPHAT, 1 / 2, 1 / 3, 1.0),
        Kernel("exponential", shapes.EXPONENTIAL, 1 / 4, 2.0, 40.0),
    )
}
"""Every kernel by name."""
