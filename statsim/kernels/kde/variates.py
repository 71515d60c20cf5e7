"""Draws from the kernels in plain IEEE arithmetic, exact in law.

On [-1, 1] the Epanechnikov kernel is the law of the median of three uniforms and the biweight that of five: order statistics are beta
variates (Devroye 1986, Non-Uniform Random Variate Generation, section I.4.3). The triangular one is a difference of uniforms. Radial kernels in
d dimensions: a direction from normals, and a radius whose square is beta (d / 2, 1 + k / 2), k = 0, 2, 4 or a Pearson kernel's own, or that is beta (d, 2) or gamma (d).
"""

import math

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.kde.shapes import BIWEIGHT, EPANECHNIKOV, GAUSSIAN, PEARSON, TOPHAT, TRIANGULAR
from statsim.kernels.streams import uniform
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_exponential import standard_exponential
from statsim.kernels.variates.standard_gamma import standard_gamma


@inlined
def _median(a, b, c):
    return max(min(a, b), min(max(a, b), c))


@kernel
def _median_of_five(state):
    """The third of five uniforms: the median of the fifth, the lesser large and the larger small of two pairs."""
    a, b, c, d, e = uniform(state), uniform(state), uniform(state), uniform(state), uniform(state)
    low, high = max(min(a, b), min(c, d)), min(max(a, b), max(c, d))
    return _median(low, high, e)


@inlined
def kernel_variate(state, kernel):
    """One draw u of the kernel on the line."""
    if kernel == GAUSSIAN:
        return standard_normal(state)
    if kernel == EPANECHNIKOV:
        return 2.0 * _median(uniform(state), uniform(state), uniform(state)) - 1.0
    if kernel == BIWEIGHT:
        return 2.0 * _median_of_five(state) - 1.0
    if kernel == TRIANGULAR:
        return uniform(state) - uniform(state)
    if kernel == TOPHAT:
        return 2.0 * uniform(state) - 1.0
    size = standard_exponential(state)
    return size if uniform(state) < 0.5 else -size


@kernel
def _radius(state, kernel, d):
    if kernel == EPANECHNIKOV:
        return math.sqrt(beta(state, 0.5 * d, 2.0))
    if kernel == BIWEIGHT:
        return math.sqrt(beta(state, 0.5 * d, 3.0))
    if kernel == TOPHAT:
        return math.sqrt(beta(state, 0.5 * d, 1.0))
    if kernel >= PEARSON:
        return math.sqrt(beta(state, 0.5 * d, 1.0 + 0.5 * (kernel - PEARSON)))
    return beta(state, float(d), 2.0) if kernel == TRIANGULAR else standard_gamma(state, float(d))


@kernel
def fill_radial_variate(state, kernel, u):
    """Fill u (d,) with a draw of the radial kernel: density a function of |u| alone."""
    square = 0.0
    while square == 0.0:
        for j in range(u.size):
            u[j] = standard_normal(state)
            square += u[j] * u[j]
    if kernel != GAUSSIAN:
        scale = _radius(state, kernel, u.size) / math.sqrt(square)
        for j in range(u.size):
            u[j] *= scale
