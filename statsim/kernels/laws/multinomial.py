"""The multinomial law: counts of k categories in n trials; N. Johnson, S. Kotz, N. Balakrishnan, Discrete Multivariate Distributions (1997), chapter 35.

Drawn category by category: each count is binomial given those before it (Devroye 1986, section XI.1).
"""

import math

import numpy as np

from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.binomial import binomial


@inlined
def _draw(state, n_trials, p, out):
    left, rest = n_trials, 0.0
    for j in range(p.size):
        rest += p[j]
    last = 0
    for j in range(p.size):
        last = j if p[j] > 0.0 else last
    for j in range(p.size):
        share = p[j] / rest if rest > 0.0 else 0.0
        out[j] = left if j == last else (binomial(state, left, share) if j < last else 0)
        left -= out[j]
        rest -= p[j]


@kernel
def fill(key, first_block, block_rows, n_trials, parameters, values):
    """Fill whole blocks of `values` (n, k), each row under a row of `parameters` (m, k)."""
    state = np.empty(4, np.uint64)
    for block in range(values.shape[0] // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            _draw(state, n_trials, parameters[row], values[i])


@kernel
def log_density(x, n_trials, p, out):
    """out (n,) at counts x (n, k); minus infinity where a row does not sum to `n_trials`."""
    for i in range(x.shape[0]):
        value, total = log_gamma(n_trials + 1.0), 0.0
        for j in range(p.size):
            count = x[i, j]
            total += count
            if not (count >= 0.0 and count == math.floor(count)) or (count > 0.0 and not p[j] > 0.0):
                value = -math.inf
            elif count > 0.0:
                value += count * math.log(p[j]) - log_gamma(count + 1.0)
        out[i] = value if total == n_trials else -math.inf
