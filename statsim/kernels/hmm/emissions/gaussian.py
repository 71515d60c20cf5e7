"""Normal emissions: log densities, weighted moments and draws of a step given the state.

Densities and moments run over tiles of steps, with the kernels of the Gaussian mixture (`statsim.kernels.mixture.density`, `em`); those of densities
add in one order of operations, so that conditioned draws are the same on every machine.
"""

import numpy as np

from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.hmm.relative_tile import load_tile
from statsim.kernels.jit import kernel
from statsim.kernels.mixture.density import TILE, log_joint_tile
from statsim.kernels.mixture.em import add_moments_diagonal, add_moments_full
from statsim.kernels.mixture.sampling import LANES, affine
from statsim.kernels.variates.normal import standard_normal


@kernel
def log_density_gaussian(X, means, factors, constants, out):
    """out (n, k) of rows X (n, d); factors and constants in the layout of `statsim.kernels.mixture.density`."""
    n, d = X.shape
    k = means.shape[0]
    tile, joint, q = np.empty((d, TILE)), np.empty((k, TILE)), np.empty(TILE)
    centred, y = np.zeros((max(factors.shape[1], d), TILE)), np.empty((2, TILE))
    for begin in range(0, n, TILE):
        width = min(TILE, n - begin)
        load_tile(X, begin, width, tile)
        log_joint_tile(tile, means, factors, constants, centred, y, q, joint)
        for t in range(width):
            for c in range(k):
                out[begin + t, c] = joint[c, t]


@kernel
def add_moments(X, gamma, weights, means, zeroth, first, second):
    """Add sum r (k,), sum r (x - mu) (k, d) and the lower triangle of sum r (x - mu)(x - mu)^T; r = weight times gamma.

    `second` is (k, p, p) with p >= d even (1 for d = 1), or (k, 1, d) for variances alone.
    """
    n, d = X.shape
    k, p = means.shape[0], second.shape[1]
    tile, share = np.zeros((max(p, d), TILE)), np.zeros((k, TILE))
    centred, weighted = np.zeros((max(p, d), TILE)), np.zeros((max(p, d), TILE))
    for begin in range(0, n, TILE):
        width = min(TILE, n - begin)
        load_tile(X, begin, width, tile[:d])
        for t in range(width):
            for c in range(k):
                share[c, t] = weights[begin + t] * gamma[begin + t, c]
        for c in range(k):
            for t in range(width, TILE):
                share[c, t] = 0.0
            if p == 1:
                add_moments_diagonal(tile[:d], means, share, c, zeroth, first, second)
            else:
                add_moments_full(tile[:d], means, share, c, centred, weighted, zeroth, first, second)


@kernel
def fill_gaussian(key, number, offsets, path, means, packed, rows):
    """Draw the rows (n, d) that the states `path` (n,) of sequences number, number + 1, ... emit; `packed` from `pack_factors`."""
    d = means.shape[1]
    random = np.empty(4, np.uint64)
    normals, sums = np.empty(d), np.empty(packed.shape[1] * LANES)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            for j in range(d):
                normals[j] = standard_normal(random)
            affine(means[path[t]], packed[path[t]], normals, sums, rows[t])
