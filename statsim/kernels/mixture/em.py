"""One EM iteration of a Gaussian mixture: posterior probabilities and weighted moments in a single pass.

The moments are taken about the component means of the E step, so a component far from the origin, or much narrower than
the data, loses no digits; Dempster, Laird, Rubin (1977). Nothing of size n x k is ever stored.
"""

import math

import numpy as np

from statsim.kernels.elementary.vector_exp import exp_scratch
from statsim.kernels.jit import inlined, kernel, kernel_reassociated
from statsim.kernels.mixture.density import TILE, log_joint_tile, normalise_tile


@kernel
def pack_tiles(X, weights, tiles, tile_weights):
    """Copy rows of X (n, d) into `tiles` (n_tiles, d, TILE); rows beyond n get weight zero and the values of row 0."""
    n, d = X.shape
    for s in range(tiles.shape[0]):
        for t in range(TILE):
            row = s * TILE + t
            tile_weights[s, t] = weights[row] if row < n else 0.0
            for i in range(d):
                tiles[s, i, t] = X[row if row < n else 0, i]


@inlined
def _first_moments(tile, mean, share, c, centred, weighted, zeroth, first):
    total = 0.0
    for t in range(TILE):
        total += share[c, t]
    zeroth[c] += total
    for i in range(tile.shape[0]):
        mu = mean[c, i]
        moment = 0.0
        for t in range(TILE):
            x = tile[i, t] - mu
            centred[i, t] = x
            rx = share[c, t] * x
            weighted[i, t] = rx
            moment += rx
        first[c, i] += moment


@kernel_reassociated
def add_moments_full(tile, mean, share, c, centred, weighted, zeroth, first, second):
    """Add sum r, sum r x and the lower triangle of sum r x x^T, two rows by two columns at a time."""
    _first_moments(tile, mean, share, c, centred, weighted, zeroth, first)
    for i in range(0, tile.shape[0], 2):
        for j in range(0, i + 1, 2):
            s00, s01, s10, s11 = 0.0, 0.0, 0.0, 0.0
            for t in range(TILE):
                a, b = weighted[i, t], weighted[i + 1, t]
                u, v = centred[j, t], centred[j + 1, t]
                s00 += a * u
                s01 += a * v
                s10 += b * u
                s11 += b * v
            second[c, i, j] += s00
            second[c, i, j + 1] += s01
            second[c, i + 1, j] += s10
            second[c, i + 1, j + 1] += s11


@kernel_reassociated
def add_moments_diagonal(tile, mean, share, c, zeroth, first, second):
    """Add sum r, sum r x and sum r x^2 of each column."""
    total = 0.0
    for t in range(TILE):
        total += share[c, t]
    zeroth[c] += total
    for i in range(tile.shape[0]):
        mu = mean[c, i]
        s1, s2 = 0.0, 0.0
        for t in range(TILE):
            x = tile[i, t] - mu
            rx = share[c, t] * x
            s1 += rx
            s2 += rx * x
        first[c, i] += s1
        second[c, 0, i] += s2


@kernel
def em_pass(tiles, tile_weights, start, stop, means, factors, constants, zeroth, first, second):
    """Add the moments of tiles [start, stop) and return their weighted log-likelihood.

    Parameters
    ----------
    tiles : (n_tiles, d, TILE); tile_weights : (n_tiles, TILE)
    means : (k, d); factors : (k, p, p) or (k, 1, d); constants : (k,)
    zeroth : (k,), first : (k, d), second : shape of `factors`
        Added to: sum r, sum r (x - mu), sum r (x - mu)(x - mu)^T (lower triangle and some of the rest).
    """
    k, d = means.shape
    joint, y, q = np.zeros((k, TILE)), np.zeros((2, TILE)), np.zeros(TILE)
    margin = max(factors.shape[1], d)
    centred, weighted = np.zeros((margin, TILE)), np.zeros((margin, TILE))
    highest, total = np.zeros(TILE), np.zeros(TILE)
    powers, bits = exp_scratch(TILE)
    objective = 0.0
    for s in range(start, stop):
        log_joint_tile(tiles[s], means, factors, constants, centred, y, q, joint)
        normalise_tile(joint, highest, total, q, powers, bits)
        for t in range(TILE):
            objective += tile_weights[s, t] * (highest[t] + math.log(total[t]))
            total[t] = tile_weights[s, t] / total[t]
        for c in range(k):
            for t in range(TILE):
                joint[c, t] *= total[t]
            if factors.shape[1] == 1:
                add_moments_diagonal(tiles[s], means, joint, c, zeroth, first, second)
            else:
                add_moments_full(tiles[s], means, joint, c, centred, weighted, zeroth, first, second)
    return objective


@kernel
def centre_moments(zeroth, first, second, d):
    """Move the second moments, in place, to the new means; mirror the lower triangle of a full one."""
    for c in range(zeroth.shape[0]):
        if second.shape[1] == 1:
            for i in range(d):
                second[c, 0, i] -= first[c, i] * (first[c, i] / zeroth[c])
        else:
            for i in range(d):
                for j in range(i + 1):
                    second[c, i, j] -= first[c, i] * (first[c, j] / zeroth[c])
                    second[c, j, i] = second[c, i, j]
