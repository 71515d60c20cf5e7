r"""Sums over all pairs of data of a Gaussian product kernel: what cross-validation is made of.

Leave-one-out likelihood: Habbema, Hermans, van den Broek (1974), Compstat; Duin (1976), IEEE Transactions on Computers 25. Least squares: Rudemo (1982), Scandinavian
Journal of Statistics 9; Bowman (1984), Biometrika 71. Each also gives its derivatives by the logarithms of the bandwidths.

The data come as tiles (leaves, d, TILE) with weights (leaves, TILE) of `statsim.kernels.kde.tree.fill_tiles`, in their own order. kept (leaves, TILE) is what stays of a row's
weight when it is left out: nothing, or the weight of its copies.
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.kde.lane_exponentials import LOWEST, exp_lane
from statsim.kernels.kde.tree import TILE

_SAFE = -600.0  # above, no term overflows however near other rows are


@inlined
def _squares(tiles, a, i, inverse, q):
    """q[t] = |u|^2 between row i and the rows of tile a."""
    for t in range(TILE):
        q[t] = 0.0
    for j in range(tiles.shape[1]):
        place, scale = tiles[i // TILE, j, i % TILE], inverse[j]
        for t in range(TILE):
            u = (place - tiles[a, j, t]) * scale
            q[t] += u * u


@inlined
def _moments(tiles, a, i, inverse, term, moments):
    """moments[j, t] += term[t] u_j^2."""
    for j in range(tiles.shape[1]):
        place, scale = tiles[i // TILE, j, i % TILE], inverse[j]
        for t in range(TILE):
            u = (place - tiles[a, j, t]) * scale
            moments[j, t] += term[t] * u * u


@inlined
def _nearest(q, weights):
    """The least of q among rows that count."""
    least = math.inf
    for t in range(TILE):
        if weights[t] > 0.0:
            least = min(least, q[t])
    return least


@kernel
def fill_left_out(tiles, weights, kept, start, stop, inverse, out, slopes):
    r"""out[i] = log of k_i + sum_{j != i} w_j exp(-|u_ij|^2 / 2), k kept, for rows [start, stop), slopes[i, c] = its derivative by log h_c.

    inverse (d,) are reciprocal bandwidths. `slopes` (n, d) may have no columns: values only.
    """
    d = tiles.shape[1]
    with_slopes = slopes.shape[1] > 0
    q, term, sums, moments = np.empty(TILE), np.empty(TILE), np.empty(TILE), np.empty((d, TILE))
    for i in range(start, stop):
        top, stays = -math.inf, kept[i // TILE, i % TILE]
        sums[:], moments[:] = 0.0, 0.0
        for a in range(tiles.shape[0]):
            _squares(tiles, a, i, inverse, q)
            own = i // TILE == a
            if own and not stays > 0.0:
                q[i % TILE] = math.inf
            if top < _SAFE:
                new = -0.5 * _nearest(q, weights[a])
                if new > top:
                    shrink = math.exp(max(top - new, LOWEST)) if top > -math.inf else 0.0
                    sums *= shrink
                    moments *= shrink
                    top = new
                if top == -math.inf:
                    continue
            for t in range(TILE):
                term[t] = weights[a, t] * exp_lane(max(-0.5 * q[t] - top, LOWEST))
            if own:
                term[i % TILE] *= stays / weights[a, i % TILE]
            for t in range(TILE):
                sums[t] += term[t]
            if with_slopes:
                _moments(tiles, a, i, inverse, term, moments)
        total = sums.sum()
        out[i] = top + math.log(total) if total > 0.0 else -math.inf
        for j in range(slopes.shape[1]):
            slopes[i, j] = moments[j].sum() / total


@kernel
def least_squares_sums(tiles, weights, kept, start, stop, inverse, slopes):
    r"""(A, B) over rows i of [start, stop) and all j, i itself included, and their derivatives by log h_c added to slopes (2, d).

    A = sum w_i w_j exp(-|u_ij|^2 / 4), B = sum of w_i (k_i + sum_{j != i} w_j exp(-|u_ij|^2 / 2)) / (1 - w_i + k_i).
    """
    d = tiles.shape[1]
    q, wide, narrow = np.empty(TILE), np.empty(TILE), np.empty(TILE)
    wides, narrows, moments = np.zeros(TILE), np.zeros(TILE), np.zeros((2, d, TILE))
    for i in range(start, stop):
        w = weights[i // TILE, i % TILE]
        stays = kept[i // TILE, i % TILE]
        v = w / (1.0 - w + stays)
        for a in range(tiles.shape[0]):
            _squares(tiles, a, i, inverse, q)
            for t in range(TILE):
                k = exp_lane(max(-0.25 * q[t], LOWEST))
                wide[t] = w * weights[a, t] * k
                narrow[t] = v * weights[a, t] * k * k
                wides[t] += wide[t]
            if i // TILE == a:
                narrow[i % TILE] = v * stays
            for t in range(TILE):
                narrows[t] += narrow[t]
            if slopes.shape[1] > 0:
                _moments(tiles, a, i, inverse, wide, moments[0])
                _moments(tiles, a, i, inverse, narrow, moments[1])
    for j in range(slopes.shape[1]):
        slopes[0, j] += 0.5 * moments[0, j].sum()
        slopes[1, j] += moments[1, j].sum()
    return wides.sum(), narrows.sum()
