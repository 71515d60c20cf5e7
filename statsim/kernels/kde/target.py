r"""Log density of a kernel estimate at one point with its gradient: what samplers call.

One pass over the data: what was summed so far is scaled down whenever a larger term comes (Milakov, Gimelshein 2018, arXiv:1805.02867). The term of datum i is
:math:`w_i e^{e_i} f_i`, its gradient that times the sum over columns of the derivatives of log K_j.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.kde.sampling import mass_inside
from statsim.kernels.kde.shapes import EXPONENTIAL, GAUSSIAN, compact_shape, compact_slope, height


@inlined
def _exponent(kernel, u):
    return -0.5 * u * u if kernel == GAUSSIAN else -abs(u)


@inlined
def _exponent_slope(kernel, u):
    return -u if kernel == GAUSSIAN else (-1.0 if u > 0.0 else (1.0 if u < 0.0 else 0.0))


@inlined
def _column_term(kernel, x, y, scale, signs, shifts):
    """(exponent, factor, slope of log by x) of one column of one datum, summed over its images; slope 0 where the factor is 0."""
    top, total, slope = -math.inf, 0.0, 0.0
    if kernel == GAUSSIAN or kernel == EXPONENTIAL:
        for k in range(signs.size):
            top = max(top, _exponent(kernel, (x - (signs[k] * y + shifts[k])) * scale))
        if not top > -math.inf:
            return -math.inf, 0.0, 0.0
        for k in range(signs.size):
            u = (x - (signs[k] * y + shifts[k])) * scale
            share = exp(_exponent(kernel, u) - top)
            total += share
            slope += share * _exponent_slope(kernel, u)
        return top, total, slope * scale / total
    for k in range(signs.size):
        u = (x - (signs[k] * y + shifts[k])) * scale
        total += compact_shape(kernel, u * u)
        slope += compact_slope(kernel, u)
    return 0.0, total, slope * scale / total if total > 0.0 else 0.0


@inlined
def _rescaled(top, exponent, total, gradient):
    """(new top, new total) once a term with `exponent` comes; the gradient is scaled in place."""
    if not exponent > top:
        return top, total
    shrink = exp(top - exponent)
    for j in range(gradient.size):
        gradient[j] *= shrink
    return exponent, total * shrink


@kernel
def product_value_and_gradient(x, gradient, data, weights, scales, origin, bandwidths, kernel, starts, signs, shifts, low, high, constant):
    """Log density at x (d,), its gradient written into `gradient` (d,); minus infinity where there is no density.

    data (n, d) in units of the bandwidth from `origin` (d,); weights, scales (n,); images of column j are starts[j] to starts[j + 1]; low, high (d,)
    finite where the column is renormalised between them; constant is the log of the kernels' heights over their bandwidths.
    """
    n, d = data.shape
    z, slopes = np.empty(d), np.empty(d)
    top, total = -math.inf, 0.0
    for j in range(d):
        z[j] = (x[j] - origin[j]) / bandwidths[j]
        gradient[j] = 0.0
    for i in range(n):
        exponent, factor = 0.0, weights[i]
        for j in range(d):
            begin, end = starts[j], starts[j + 1]
            e, f, slopes[j] = _column_term(kernel, z[j], data[i, j], scales[i], signs[begin:end], shifts[begin:end])
            exponent += e
            factor *= f
        if not (factor > 0.0 and exponent > -math.inf):
            continue
        top, total = _rescaled(top, exponent, total, gradient)
        term = factor * exp(exponent - top)
        total += term
        for j in range(d):
            gradient[j] += term * slopes[j]
    if not total > 0.0:
        return -math.inf
    value = top + log(total) + constant
    for j in range(d):
        gradient[j] /= total * bandwidths[j]
        if low[j] > -math.inf or high[j] < math.inf:
            inside, slope = _edge(kernel, x[j], bandwidths[j], low[j], high[j])
            value -= log(inside)
            gradient[j] -= slope / inside
    return value


@kernel
def _edge(kernel, x, bandwidth, low, high):
    """The mass inside of a kernel about x, and its derivative."""
    slope = _height_at(kernel, (low - x) / bandwidth) - _height_at(kernel, (high - x) / bandwidth)
    return mass_inside(kernel, x, bandwidth, low, high), slope / bandwidth


@inlined
def _height_at(kernel, u):
    if not abs(u) < math.inf:
        return 0.0
    if kernel == GAUSSIAN or kernel == EXPONENTIAL:
        return height(kernel) * exp(_exponent(kernel, u))
    return height(kernel) * compact_shape(kernel, u * u)


@kernel
def radial_value_and_gradient(x, gradient, data, weights, scales, origin, inverse, kernel, constant):
    """The same for radial kernels: data (n, d) whitened, z = inverse (x - origin) with `inverse` (d, d) lower triangular."""
    n, d = data.shape
    z, along = np.empty(d), np.empty(d)
    top, total = -math.inf, 0.0
    for j in range(d):
        along[j] = 0.0
        z[j] = 0.0
        for k in range(j + 1):
            z[j] += inverse[j, k] * (x[k] - origin[k])
    for i in range(n):
        square = 0.0
        for j in range(d):
            square += (z[j] - data[i, j]) * (z[j] - data[i, j])
        r = math.sqrt(square) * scales[i]
        exponent, factor, slope = _radial_term(kernel, r)
        if not (factor > 0.0 and exponent > -math.inf and weights[i] > 0.0):
            continue
        top, total = _rescaled(top, exponent, total, along)
        term = weights[i] * factor * exp(exponent - top)
        total += term
        for j in range(d):
            along[j] += term * slope * scales[i] * scales[i] * (z[j] - data[i, j])
    for k in range(d):
        gradient[k] = 0.0
    if not total > 0.0:
        return -math.inf
    for j in range(d):
        for k in range(j + 1):
            gradient[k] += inverse[j, k] * along[j] / total
    return top + log(total) + constant


@inlined
def _radial_term(kernel, r):
    """(exponent, factor, slope of log K by r over r)."""
    if kernel == GAUSSIAN:
        return -0.5 * r * r, 1.0, -1.0
    if kernel == EXPONENTIAL:
        return -r, 1.0, -1.0 / r if r > 0.0 else 0.0
    shape = compact_shape(kernel, r * r)
    return 0.0, shape, compact_slope(kernel, r) / (r * shape) if r > 0.0 and shape > 0.0 else 0.0
