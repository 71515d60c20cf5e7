r"""Rows of a Gaussian mixture between bounds, one coordinate after another, each cut to its bounds.

Geweke (1991), Hajivassiliou, McFadden (1998), Econometrica 66 ("GHK"). With x = mean + L z, coordinate i given those before it is
normal and is drawn between its bounds, which has the probability P_i. So drawn, x has the law wanted once it is accepted with
probability :math:`\prod_i P_i / B_i`, where B_i >= P_i is the largest it can be: P_i itself where coordinate i does not depend on
those before it. The component is drawn with weight :math:`w_c \prod_i B_{ci}`.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, expm1, log, log1p, normal_cdf
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block, uniform
from statsim.kernels.variates.categorical import categorical_alias
from statsim.kernels.variates.truncated_normal import truncated_normal

_HALF_LOG_2PI = float.fromhex("0x1.d67f1c864beb5p-1")
_FAR = 30.0


@inlined
def _log_tail(a):
    """log P(Z > a) for a >= 0; beyond 30 by its asymptotic series, right to 1e-11 there."""
    if a < _FAR:
        return log(normal_cdf(-a))
    square = a * a
    if not square < math.inf:
        return -math.inf
    inverse = 1.0 / square
    series = -inverse * (1.0 - inverse * (3.0 - inverse * (15.0 - 105.0 * inverse)))
    return -0.5 * square - log(a) - _HALF_LOG_2PI + log1p(series)


@kernel
def log_interval(a, b):
    """log P(a < Z < b) for a standard normal Z; -inf where a = b."""
    if not a < b:
        return -math.inf
    if b <= 0.0:
        a, b = -b, -a
    if a < 0.0:  # around zero: the sum of what lies on the two sides, no cancellation
        return log(1.0 - normal_cdf(a) - normal_cdf(-b)) if b - a > 1.0 else _log_narrow(a, b)
    if (b - a) * (1.0 + a) < 1e-3:
        return _log_narrow(a, b)
    tail = _log_tail(a)
    return tail + log(-expm1(_log_tail(b) - tail)) if b < math.inf else tail


@inlined
def _log_narrow(a, b):
    """`log_interval` by Gauss-Legendre quadrature about the middle, five points: error below 1e-9 at a width of 1, below rounding at 0.1."""
    middle, half = 0.5 * (a + b), 0.5 * (b - a)
    one, two = 0.5384693101056831 * half, 0.9061798459386640 * half
    total = 128.0 / 225.0
    total += 0.4786286704993665 * (exp(-one * (0.5 * one + middle)) + exp(-one * (0.5 * one - middle)))
    total += 0.2369268850561891 * (exp(-two * (0.5 * two + middle)) + exp(-two * (0.5 * two - middle)))
    return log(half * total) - 0.5 * middle * middle - _HALF_LOG_2PI


@kernel
def interval_bounds(means, lower, low, high, bounds):
    """log B (k, d): the log of the largest probability that coordinate i of component c can have to fall between its bounds."""
    k, d = means.shape
    for c in range(k):
        for i in range(d):
            depends = False
            for j in range(i):
                depends = depends or lower[c, i, j] != 0.0
            scale = lower[c, i, i]
            if depends:
                half = 0.5 * (high[i] - low[i]) / scale
                bounds[c, i] = log_interval(-half, half)
            else:
                bounds[c, i] = log_interval((low[i] - means[c, i]) / scale, (high[i] - means[c, i]) / scale)


@kernel
def draw_between(random, mean, lower, low, high, z, v):
    """Draw v (d,) of one component, coordinate by coordinate between the bounds; return the log of the product of the P_i. z (d,) is scratch."""
    total = 0.0
    for i in range(v.size):
        centre = mean[i]
        for j in range(i):
            centre += lower[i, j] * z[j]
        scale = lower[i, i]
        v[i] = truncated_normal(random, centre, scale, low[i], high[i])
        total += log_interval((low[i] - centre) / scale, (high[i] - centre) / scale)
        z[i] = (v[i] - centre) / scale
    return total


@kernel
def fill_between(key, first_block, block_rows, threshold, alias, means, lower, low, high, bounds, centre, matrix, rows, log_ratios, accepted):
    """Fill whole blocks of proposals x = centre + matrix v, v of the mixture between bounds.

    rows (n, D), log_ratios (n,) the log of prod P / B, accepted (n,) bool: whether the coin of that probability fell.
    centre (D,), matrix (D, d) take v to what the user sees; the alias table is that of w_c prod B_c.
    """
    state, v, z = np.empty(4, np.uint64), np.empty(means.shape[1]), np.empty(means.shape[1])
    for block in range(rows.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for row in range(block * block_rows, (block + 1) * block_rows):
            c = categorical_alias(state, threshold, alias)
            total = draw_between(state, means[c], lower[c], low, high, z, v)
            for i in range(v.size):
                total -= bounds[c, i]
            log_ratios[row] = total
            accepted[row] = uniform(state) < exp(total)
            for i in range(centre.size):
                value = centre[i]
                for j in range(v.size):
                    value += matrix[i, j] * v[j]
                rows[row, i] = value


@kernel
def fill_log_density_between(X, start, stop, log_shares, means, lower, low, high, out):
    """Log density of rows [start, stop) of X (n, d) under `draw_between`, component c taken with probability exp(log_shares[c])."""
    k, d = means.shape
    z, joint = np.empty(d), np.empty(k)
    for n in range(start, stop):
        top = -math.inf
        for c in range(k):
            joint[c] = log_shares[c] + _log_density_between(X[n], means[c], lower[c], low, high, z)
            top = max(top, joint[c])
        total = 0.0
        for c in range(k):
            total += exp(joint[c] - top) if joint[c] > -math.inf else 0.0
        out[n] = top + log(total) if total > 0.0 else -math.inf


@kernel
def _log_density_between(x, mean, lower, low, high, z):
    """One component of `fill_log_density_between`."""
    total = 0.0
    for i in range(x.size):
        if not low[i] <= x[i] <= high[i]:
            return -math.inf
        centre = mean[i]
        for j in range(i):
            centre += lower[i, j] * z[j]
        scale = lower[i, i]
        z[i] = (x[i] - centre) / scale
        total -= 0.5 * z[i] * z[i] + log(scale) + _HALF_LOG_2PI + log_interval((low[i] - centre) / scale, (high[i] - centre) / scale)
    return total
