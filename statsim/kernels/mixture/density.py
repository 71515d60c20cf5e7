r"""Log density of a Gaussian mixture, a tile of rows at a time.

A tile holds `TILE` rows transposed to (d, TILE), so that every inner loop runs over neighbouring rows and compiles to SIMD
instructions. For component c with precision factor :math:`P_c` (lower triangular, :math:`P_c \Sigma_c P_c^T = I`)

.. math:: \log w_c - \tfrac d2 \log 2\pi + \log\det P_c - \tfrac12 \lVert P_c (x - \mu_c) \rVert^2

is `constants[c] - q / 2`. `factors` is (k, p, p), where p is d rounded up to an even number and the margin is zero, or
(k, 1, d) for diagonal covariances, one reciprocal standard deviation a column. IEEE arithmetic throughout.
"""

import math

import numpy as np

from statsim.kernels.elementary.vector_exp import exp_scratch, exp_tile
from statsim.kernels.jit import inlined, kernel

TILE = 128
"""Rows in a tile: with 10 columns and 8 components the scratch of a tile just fits the first-level cache."""


@inlined
def _squares_full(tile, means, factors, c, centred, y, q):
    """q[t] = |P_c (x_t - mu_c)|^2, two rows and four columns of P_c at a time."""
    d = tile.shape[0]
    for i in range(d):
        mu = means[c, i]
        for t in range(TILE):
            centred[i, t] = tile[i, t] - mu
    for t in range(TILE):
        q[t] = 0.0
    for i in range(0, d, 2):
        for t in range(TILE):
            y[0, t] = 0.0
            y[1, t] = 0.0
        for j in range(0, i - 1, 4):
            a0, a1, a2, a3 = factors[c, i, j], factors[c, i, j + 1], factors[c, i, j + 2], factors[c, i, j + 3]
            b0, b1, b2, b3 = factors[c, i + 1, j], factors[c, i + 1, j + 1], factors[c, i + 1, j + 2], factors[c, i + 1, j + 3]
            for t in range(TILE):
                x0, x1, x2, x3 = centred[j, t], centred[j + 1, t], centred[j + 2, t], centred[j + 3, t]
                y[0, t] += (a0 * x0 + a1 * x1) + (a2 * x2 + a3 * x3)
                y[1, t] += (b0 * x0 + b1 * x1) + (b2 * x2 + b3 * x3)
        if i % 4 == 0:  # the two columns on the diagonal are left over
            a0, b0, b1 = factors[c, i, i], factors[c, i + 1, i], factors[c, i + 1, i + 1]
            for t in range(TILE):
                y[0, t] += a0 * centred[i, t]
                y[1, t] += b0 * centred[i, t] + b1 * centred[i + 1, t]
        for t in range(TILE):
            q[t] += y[0, t] * y[0, t] + y[1, t] * y[1, t]


@inlined
def _squares_diagonal(tile, means, factors, c, q):
    """q[t] = sum_i ((x_ti - mu_ci) / sd_ci)^2."""
    for t in range(TILE):
        q[t] = 0.0
    for i in range(tile.shape[0]):
        mu, p = means[c, i], factors[c, 0, i]
        for t in range(TILE):
            y = p * (tile[i, t] - mu)
            q[t] += y * y


@kernel
def log_joint_tile(tile, means, factors, constants, centred, y, q, joint):
    """joint[c, t] = log of weight times density of component c at row t; never NaN."""
    for c in range(means.shape[0]):
        if factors.shape[1] == 1:
            _squares_diagonal(tile, means, factors, c, q)
        else:
            _squares_full(tile, means, factors, c, centred, y, q)
        constant = constants[c]
        for t in range(TILE):
            value = constant - 0.5 * q[t]
            joint[c, t] = value if value == value else -np.inf  # inf - inf: a point too far to tell from infinity


@kernel
def normalise_tile(joint, highest, total, q, powers, bits):
    """Turn `joint` (k, TILE) into exp(joint - highest) and leave its maximum and its sum over components."""
    k = joint.shape[0]
    for t in range(TILE):
        highest[t] = joint[0, t]
        total[t] = 0.0
    for c in range(1, k):
        for t in range(TILE):
            highest[t] = max(highest[t], joint[c, t])
    for c in range(k):
        for t in range(TILE):
            q[t] = joint[c, t] - max(highest[t], -1e308)
        exp_tile(q, powers, bits, joint, c)
        for t in range(TILE):
            total[t] += joint[c, t]


@inlined
def _load(X, row, stop, tile):
    """Transpose rows [row, min(row + TILE, stop)) of X into `tile`; the margin keeps what was there. Returns the count."""
    count = min(TILE, stop - row)
    for i in range(X.shape[1]):
        for t in range(count):
            tile[i, t] = X[row + t, i]
    return count


@kernel
def log_density(X, start, stop, means, factors, constants, out):
    """Fill `out[start:stop]` with the log densities of those rows of X (n, d)."""
    k, d = means.shape
    tile, joint, y = np.zeros((d, TILE)), np.zeros((k, TILE)), np.zeros((2, TILE))
    centred, q = np.zeros((max(factors.shape[1], d), TILE)), np.zeros(TILE)
    highest, total = np.zeros(TILE), np.zeros(TILE)
    powers, bits = exp_scratch(TILE)
    for row in range(start, stop, TILE):
        count = _load(X, row, stop, tile)
        log_joint_tile(tile, means, factors, constants, centred, y, q, joint)
        normalise_tile(joint, highest, total, q, powers, bits)
        for t in range(count):
            out[row + t] = highest[t] + math.log(total[t])


@kernel
def log_joint(X, start, stop, means, factors, constants, out):
    """Fill `out[start:stop]`, of shape (n, k), with the log of weight times component density."""
    k, d = means.shape
    tile, joint, y = np.zeros((d, TILE)), np.zeros((k, TILE)), np.zeros((2, TILE))
    centred, q = np.zeros((max(factors.shape[1], d), TILE)), np.zeros(TILE)
    for row in range(start, stop, TILE):
        count = _load(X, row, stop, tile)
        log_joint_tile(tile, means, factors, constants, centred, y, q, joint)
        for t in range(count):
            for c in range(k):
                out[row + t, c] = joint[c, t]
