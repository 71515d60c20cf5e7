r"""Sums :math:`\sum_i w_i \prod_j K_j(x_j, y_{ij})` where columns are bounded, circular or categorical: every pair, tile by tile.

A bounded or circular column is a real one in which each datum has images, sign y + shift: its reflections, or its turns (Silverman 1986, section
2.10; Jones 1993, Statistics and Computing 3). A categorical column gives 1 - lambda for the same level and lambda / (c - 1) for each other
(Aitchison, Aitken 1976, Biometrika 63). Coordinates are in units of the bandwidth from the column's origin; levels are their numbers.

A table of columns is (kinds (d,), same (d,), other (d,), starts (d + 1,), signs, shifts): images of column j are starts[j] to starts[j + 1].
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.kde.lane_exponentials import LOWEST, exp_lane
from statsim.kernels.kde.shapes import EXPONENTIAL, GAUSSIAN, compact_shape
from statsim.kernels.kde.tree import TILE

REAL, IMAGES, CATEGORICAL = range(3)
_SAFE = -600.0  # above, no term overflows however near other rows are


@inlined
def _real(kernel, place, ys, scales, e, f):
    if kernel == GAUSSIAN:
        for t in range(TILE):
            u = (place - ys[t]) * scales[t]
            e[t] -= 0.5 * u * u
    elif kernel == EXPONENTIAL:
        for t in range(TILE):
            e[t] -= abs(place - ys[t]) * scales[t]
    else:
        for t in range(TILE):
            u = (place - ys[t]) * scales[t]
            f[t] *= compact_shape(kernel, u * u)


@inlined
def _exponent(kernel, u):
    return -0.5 * u * u if kernel == GAUSSIAN else -abs(u)


@inlined
def _images(kernel, place, ys, scales, signs, shifts, e, f, best, total):
    """The sum over images, the nearest of them taken out as an exponent."""
    for t in range(TILE):
        best[t] = -np.inf
        total[t] = 0.0
    if kernel == GAUSSIAN or kernel == EXPONENTIAL:
        for k in range(signs.size):
            for t in range(TILE):
                best[t] = max(best[t], _exponent(kernel, (place - (signs[k] * ys[t] + shifts[k])) * scales[t]))
        for k in range(signs.size):
            for t in range(TILE):
                u = (place - (signs[k] * ys[t] + shifts[k])) * scales[t]
                total[t] += exp_lane(max(_exponent(kernel, u) - best[t], LOWEST))
        for t in range(TILE):
            e[t] += best[t]
    else:
        for k in range(signs.size):
            for t in range(TILE):
                u = (place - (signs[k] * ys[t] + shifts[k])) * scales[t]
                total[t] += compact_shape(kernel, u * u)
    for t in range(TILE):
        f[t] *= total[t]


@inlined
def _tile_terms(kernel, x, tile, scales, columns, e, f, best, total):
    """Exponents e (TILE,) and factors f (TILE,), which hold the weights before."""
    kinds, same, other, starts, signs, shifts = columns
    for t in range(TILE):
        e[t] = 0.0
    for j in range(x.size):
        if kinds[j] == REAL:
            _real(kernel, x[j], tile[j], scales, e, f)
        elif kinds[j] == IMAGES:
            begin, end = starts[j], starts[j + 1]
            _images(kernel, x[j], tile[j], scales, signs[begin:end], shifts[begin:end], e, f, best, total)
        else:
            for t in range(TILE):
                f[t] *= same[j] if tile[j, t] == x[j] else other[j]


@inlined
def _largest(e, f):
    """The largest exponent among factors above zero."""
    top = -math.inf
    for t in range(TILE):
        if f[t] > 0.0:
            top = max(top, e[t])
    return top


@kernel
def fill_column_sums(X, start, stop, tiles, weights, scales, columns, kernel, leave_out, out):
    """out[i] = log of the sum for rows [start, stop) of X (m, d), kernels without their heights.

    tiles (leaves, d, TILE), weights and scales (leaves, TILE), the reciprocal of each row's own bandwidth factor. With `leave_out` the rows of X are
    those of the tiles, and each is left out of its own sum.
    """
    e, f, best, total, sums = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty(TILE)
    for i in range(start, stop):
        top = -math.inf
        for t in range(TILE):
            sums[t] = 0.0
        for a in range(tiles.shape[0]):
            for t in range(TILE):
                f[t] = weights[a, t]
            if leave_out and i // TILE == a:
                f[i % TILE] = 0.0
            _tile_terms(kernel, X[i], tiles[a], scales[a], columns, e, f, best, total)
            if top < _SAFE:
                new = _largest(e, f)
                if new > top:
                    shrink = math.exp(max(top - new, LOWEST)) if top > -math.inf else 0.0
                    for t in range(TILE):
                        sums[t] *= shrink
                    top = new
            if top > -math.inf:
                for t in range(TILE):
                    sums[t] += f[t] * exp_lane(max(e[t] - top, LOWEST))
        mass = 0.0
        for t in range(TILE):
            mass += sums[t]
        out[i] = top + math.log(mass) if mass > 0.0 else -math.inf
