r"""The kernels by name, and their constants.

`roughness` is the integral of K^2, `variance` that of u^2 K; Wand, Jones (1995), Kernel Smoothing, table 2.1. The canonical factor of Marron, Nolan (1988),
Statistics & Probability Letters 7, is the ratio of bandwidths at which two kernels smooth alike, here for products of d of them.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.kde import shapes


_PEARSON = "pearson-"
_POWERS = {0: "tophat", 2: "epanechnikov", 4: "biweight"}
_MOST_POWER = 200


@dataclass(frozen=True)
class Kernel:
    """A kernel; `number` is its number in `statsim.kernels.kde.shapes`, `reach` where it has no more than 1e-17 of its mass."""

    name: str
    number: int
    roughness: float
    variance: float
    reach: float

    @property
    def power(self):
        """k of (1 - u^2)^(k / 2), None for other shapes."""
        if self.name.startswith(_PEARSON):
            return int(self.name.removeprefix(_PEARSON))
        return {name: k for k, name in _POWERS.items()}.get(self.name)

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
            shape = self.density(r) / self.density(0.0)
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
        if self.power is not None:
            return math.lgamma(d / 2) + math.lgamma(1 + self.power / 2) - math.lgamma(d / 2 + 1 + self.power / 2) - math.log(2)
        if self.name == "gaussian":
            return (d / 2 - 1) * math.log(2) + math.lgamma(d / 2)
        if self.name == "exponential":
            return math.lgamma(d)
        return -math.log(d * (d + 1))  # triangular

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
        if self.name.startswith(_PEARSON):
            return math.exp(self.log_height(1, radial=True)) * rest ** (0.5 * self.power)
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


def pearson_kernel(k):
    """The radial kernel (1 - u^2)^(k / 2): tophat, Epanechnikov and biweight for k = 0, 2, 4, and what they become in fewer columns.

    Raises
    ------
    ArgumentError
    """
    if k in _POWERS:
        return KERNELS[_POWERS[k]]
    if k > _MOST_POWER:
        raise ArgumentError(f"a kernel (1 - u^2)^({k} / 2) is beyond what is supported; use kernel='gaussian', which it is all but equal to")
    roughness = math.exp(_log_beta(k) - 2 * _log_beta(k / 2))
    return Kernel(f"{_PEARSON}{k}", shapes.PEARSON + k, roughness, 1 / (k + 3), 1.0)


def _log_beta(p):
    """Log of the integral of (1 - u^2)^p from -1 to 1."""
    return math.lgamma(0.5) + math.lgamma(1 + p) - math.lgamma(1.5 + p)


def kernel_named(name):
    """The kernel of that name.

    Raises
    ------
    ArgumentError
    """
    tail = name.removeprefix(_PEARSON) if isinstance(name, str) and name.startswith(_PEARSON) else ""
    if tail.isascii() and tail.isdigit() and len(tail) < 4 and str(int(tail)) == tail and 1 <= int(tail) <= _MOST_POWER and int(tail) not in _POWERS:
        return pearson_kernel(int(tail))
    return KERNELS[checks.choice(name, "kernel", tuple(KERNELS))]
