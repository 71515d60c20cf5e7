"""Slow twins of the regression kernels: the same words, one row at a time in plain Python; sums by SciPy."""

import math

import numpy as np
from scipy import stats

from statsim.kernels import streams
from statsim.kernels.variates import normal
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.kernels.variates.poisson import poisson

NORMAL, BERNOULLI, POISSON = range(3)


def fill_responses(key, first_block, block_rows, family, X, offsets, parameters):
    """The responses of rows X (n, d), block after block."""
    out, d = np.empty(len(X)), X.shape[1]
    for i in range(len(X)):
        if i % block_rows == 0:
            state = np.empty(4, np.uint64)
            streams.seed_block(key[0], key[1], np.uint64(first_block + i // block_rows), state)
        which = int(integer_below(state, len(parameters))) if len(parameters) > 1 else 0
        eta = float(X[i] @ parameters[which, :d] + parameters[which, d] + offsets[i])
        if family == NORMAL:
            out[i] = eta + parameters[which, d + 1] * normal.standard_normal(state)
        elif family == BERNOULLI:
            out[i] = (int(streams.next_uint64(state)) >> 11) * 2.0**-53 < 1 / (1 + math.exp(-eta))
        else:
            out[i] = poisson(state, math.exp(eta))
    return out


def log_density(family, X, offsets, y, parameters):
    """Log density (n,) by SciPy."""
    d = X.shape[1]
    eta = X @ parameters[:d] + parameters[d] + offsets
    if family == NORMAL:
        return stats.norm(eta, parameters[d + 1]).logpdf(y)
    return stats.bernoulli(1 / (1 + np.exp(-eta))).logpmf(y) if family == BERNOULLI else stats.poisson(np.exp(eta)).logpmf(y)


def elastic_net(G, c, l1, l2, sweeps=20_000):
    """The minimum of b G b / 2 - c b + l1 |b| + l2 b b / 2 by proximal gradient steps (Beck, Teboulle 2009), which share no line with coordinate descent."""
    step, b = 1 / (np.linalg.eigvalsh(G)[-1] + l2), np.zeros(len(c))
    for _ in range(sweeps):
        moved = b - step * (G @ b - c + l2 * b)
        b = np.sign(moved) * np.maximum(np.abs(moved) - step * l1, 0.0)
    return b
