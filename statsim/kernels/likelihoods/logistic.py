r"""The log-likelihood of logistic regression and its gradient, one pass over tiles of rows that stay in the first cache.

:math:`\sum_i y_i \eta_i - \log(1 + e^{\eta_i})`, :math:`\eta = X b`; McCullagh, Nelder (1989), Generalized Linear Models, section 4.4. With
:math:`s = e^{-|\eta|}` the second term is :math:`\max(\eta, 0) + \log(1 + s)`, and the logarithms of a tile are one logarithm of a product of
numbers in (1, 2]. In a tile the rows are the fast axis, so that each loop is made of vector instructions.
"""

import math

import numpy as np

from statsim.kernels.elementary.vector_exp import exp_scratch, exp_tile
from statsim.kernels.jit import inlined, kernel, kernel_reassociated

TILE = 64
"""Rows of a tile: with 31 columns they are 16 kB, and a product of 64 numbers in (1, 2] is below 2^65."""

_LOG_2 = math.log(2.0)


@kernel
def fill_tiles(X, tiles):
    """Lay X (n, d) out as `tiles` (ceil(n / TILE), d, TILE), zero in rows that X does not have."""
    for i in range(tiles.shape[0]):
        for j in range(tiles.shape[1]):
            for t in range(TILE):
                row = i * TILE + t
                tiles[i, j, t] = X[row, j] if row < X.shape[0] else 0.0


@inlined
def _predict(coefficients, tile, eta):
    """eta (TILE,) = X b, four columns at a time."""
    d = coefficients.size
    for t in range(TILE):
        eta[t] = 0.0
    for j in range(0, d - 3, 4):
        b0, b1, b2, b3 = coefficients[j], coefficients[j + 1], coefficients[j + 2], coefficients[j + 3]
        for t in range(TILE):
            eta[t] += b0 * tile[j, t] + b1 * tile[j + 1, t] + b2 * tile[j + 2, t] + b3 * tile[j + 3, t]
    for j in range(d - d % 4, d):
        for t in range(TILE):
            eta[t] += coefficients[j] * tile[j, t]


@inlined
def _score(eta, y, small, residual):
    """Log-likelihood of a tile; y - p goes to `residual`. `small` (TILE,) holds exp(-|eta|)."""
    value, product = 0.0, 1.0
    for t in range(TILE):
        share = 1.0 / (1.0 + small[t])
        chance = share if eta[t] > 0.0 else small[t] * share
        residual[t] = y[t] - chance
        value += y[t] * eta[t] - max(eta[t], 0.0)
        product *= 1.0 + small[t]
    return value - math.log(product)


@inlined
def _add_slopes(tile, residual, gradient):
    """gradient += X^T residual, four columns at a time."""
    d = gradient.size
    for j in range(0, d - 3, 4):
        g0 = g1 = g2 = g3 = 0.0
        for t in range(TILE):
            r = residual[t]
            g0 += r * tile[j, t]
            g1 += r * tile[j + 1, t]
            g2 += r * tile[j + 2, t]
            g3 += r * tile[j + 3, t]
        gradient[j] += g0
        gradient[j + 1] += g1
        gradient[j + 2] += g2
        gradient[j + 3] += g3
    for j in range(d - d % 4, d):
        slope = 0.0
        for t in range(TILE):
            slope += residual[t] * tile[j, t]
        gradient[j] += slope


@kernel_reassociated
def add_logistic(coefficients, tiles, y, gradient):
    """Add the gradient of the log-likelihood to `gradient` and return the log-likelihood.

    Parameters
    ----------
    coefficients : (d,)
    tiles : (ceil(n / TILE), d, TILE)
        The design matrix, from `fill_tiles`.
    y : (n,)
        0 or 1, or a share of successes between.
    gradient : (d,)
        Added to.
    """
    n = y.size
    buffer, magnitude = np.empty((4, TILE)), np.empty((1, TILE))
    eta, negative, residual, answers = buffer[0], buffer[1], buffer[2], buffer[3]
    powers, bits = exp_scratch(TILE)
    value = (tiles.shape[0] * TILE - n) * _LOG_2  # what rows of zeros will take away again
    for i in range(tiles.shape[0]):
        for t in range(TILE):
            row = i * TILE + t
            answers[t] = y[row] if row < n else 0.0
        _predict(coefficients, tiles[i], eta)
        for t in range(TILE):
            negative[t] = -abs(eta[t])
        exp_tile(negative, powers, bits, magnitude, 0)
        value += _score(eta, answers, magnitude[0], residual)
        _add_slopes(tiles[i], residual, gradient)
    return value
