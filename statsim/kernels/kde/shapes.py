r"""The kernels: their numbers, and the shape of each at a scaled distance.

Silverman (1986), Density Estimation for Statistics and Data Analysis, table 3.1; Wand, Jones (1995), Kernel Smoothing, table 2.1. With
u the distance over the bandwidth: Gaussian exp(-u^2 / 2), Epanechnikov 1 - u^2, biweight (1 - u^2)^2, triangular 1 - |u|, tophat 1, exponential
exp(-|u|); all but the first and the last are 0 beyond |u| = 1. Number PEARSON + k is (1 - u^2)^(k / 2), Pearson's type II: what tophat (k = 0), Epanechnikov (2) and biweight (4)
kernels in several dimensions become in fewer, k larger by one for each dimension less.
"""

import math

from statsim.kernels.elementary import exp, normal_cdf
from statsim.kernels.jit import inlined, kernel

GAUSSIAN, EPANECHNIKOV, BIWEIGHT, TRIANGULAR, TOPHAT, EXPONENTIAL = range(6)
PEARSON = 16
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
def pearson_shape(k, rest):
    """rest^(k / 2), k from 0."""
    value = math.sqrt(rest) if k % 2 else 1.0
    for _ in range(k // 2):
        value *= rest
    return value


@kernel
def _pearson_integral(k, u):
    """The integral of (1 - t^2)^(k / 2) from 0 to u, by parts from k - 2 to k."""
    rest = max(1.0 - u * u, 0.0)
    total = math.asin(u) if k % 2 else u
    for p in range(1 if k % 2 else 2, k + 1, 2):
        total = (u * pearson_shape(p, rest) + p * total) / (p + 1.0)
    return total


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
    if kernel >= PEARSON:
        return pearson_shape(kernel - PEARSON, rest)
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
    if kernel >= PEARSON:
        k, rest = kernel - PEARSON, 1.0 - u * u
        return -k * u * (pearson_shape(k - 2, rest) if k > 1 else 1.0 / math.sqrt(rest))
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
    if kernel >= PEARSON:
        k = kernel - PEARSON
        return 0.5 + 0.5 * _pearson_integral(k, u) / _pearson_integral(k, 1.0)
    if kernel == TRIANGULAR:
        return 0.5 * (1.0 + u) * (1.0 + u) if u < 0.0 else 1.0 - 0.5 * (1.0 - u) * (1.0 - u)
    return 0.5 * (1.0 + u)
