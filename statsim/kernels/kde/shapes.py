r"""The kernels: their numbers, and the shape of each at a scaled distance.

Silverman (1986), Density Estimation for Statistics and Data Analysis, table 3.1; Wand, Jones (1995), Kernel Smoothing, table 2.1. With
u the distance over the bandwidth: Gaussian exp(-u^2 / 2), Epanechnikov 1 - u^2, biweight (1 - u^2)^2, triangular 1 - |u|, tophat 1, exponential
exp(-|u|); all but the first and the last are 0 beyond |u| = 1.
"""

import math

from statsim.kernels.elementary import exp, normal_cdf
from statsim.kernels.jit import inlined

GAUSSIAN, EPANECHNIKOV, BIWEIGHT, TRIANGULAR, TOPHAT, EXPONENTIAL = range(6)
ROOT_2PI = 2.5066282746310002


@inlined
def height(kernel):
    """What the shape is multiplied by to integrate to one over the line."""
    if kernel == GAUSSIAN:
        return 1.0 / ROOT_2PI
    if kernel == EPANECHNIKOV:
        return 0.75
    if kernel == BIWEIGHT:
        return 0.9375
    return 1.0 if kernel == TRIANGULAR else 0.5


@inlined
def compact_shape(kernel, square):
    """The shape of a kernel that ends at 1, from u^2."""
    rest = 1.0 - square
    if rest < 0.0:
        return 0.0
    if kernel == EPANECHNIKOV:
        return rest
    if kernel == BIWEIGHT:
        return rest * rest
    return 1.0 - math.sqrt(square) if kernel == TRIANGULAR else 1.0


@inlined
def compact_slope(kernel, u):
    """The derivative of `compact_shape` by u."""
    if u * u > 1.0 or kernel == TOPHAT:
        return 0.0
    if kernel == EPANECHNIKOV:
        return -2.0 * u
    if kernel == BIWEIGHT:
        return -4.0 * u * (1.0 - u * u)
    return -1.0 if u > 0.0 else (1.0 if u < 0.0 else 0.0)


@inlined
def kernel_cdf(kernel, u):
    """The integral of the kernel from minus infinity to u."""
    if kernel == GAUSSIAN:
        return normal_cdf(u)
    if kernel == EXPONENTIAL:
        return 0.5 * exp(u) if u < 0.0 else 1.0 - 0.5 * exp(-u)
    if u <= -1.0:
        return 0.0
    if u >= 1.0:
        return 1.0
    if kernel == EPANECHNIKOV:
        return 0.25 * (1.0 + u) * (1.0 + u) * (2.0 - u)
    if kernel == BIWEIGHT:
        return 0.0625 * (1.0 + u) * (1.0 + u) * (1.0 + u) * (8.0 - u * (9.0 - 3.0 * u))
    if kernel == TRIANGULAR:
        return 0.5 * (1.0 + u) * (1.0 + u) if u < 0.0 else 1.0 - 0.5 * (1.0 - u) * (1.0 - u)
    return 0.5 * (1.0 + u)
