"""Log posterior density of a hidden Markov model of symbols, and its gradient: the probabilities of the symbols have Dirichlet priors."""

import math

import numpy as np

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.hmm.posterior.chain import add_chain, read_chain, smoothed
from statsim.kernels.jit import kernel


@kernel
def categorical_value_and_gradient(x, out, values, offsets, places, fixed, is_stationary, shapes, symbol_places, concentration):
    """Log density at x (dim,), its gradient written to `out`.

    Symbols `values` (n, 1), NaN where missing; the chain as `statsim.kernels.hmm.posterior.chain` has it; `symbol_places` (k, s) of the probabilities;
    `concentration` (s,) of the Dirichlet priors.
    """
    n, (k, s) = values.shape[0], symbol_places.shape
    chain, slopes, table = np.empty((k + 1, k)), np.empty((k + 1, k)), np.empty((k, s))
    out[:] = 0.0
    if not read_chain(x, places, fixed, is_stationary, chain) or not read_table(x, symbol_places, table):
        return -math.inf
    log_b, gamma = np.empty((n, k)), np.empty((n, k))
    fill_log_b_categorical(values, table, log_b)
    value = smoothed(log_b, offsets, chain, gamma, slopes)
    if not value > -math.inf:
        return value
    value += add_chain(chain, places, shapes, is_stationary, slopes, out)
    for t in range(n):
        if values[t, 0] == values[t, 0]:
            symbol = np.int64(values[t, 0])
            for c in range(k):
                out[symbol_places[c, symbol]] += gamma[t, c] / table[c, symbol]
    for c in range(k):
        for i in range(s):
            value += (concentration[i] - 1.0) * log(table[c, i])
            out[symbol_places[c, i]] += (concentration[i] - 1.0) / table[c, i]
    return value


@kernel
def read_table(x, symbol_places, table):
    """Write probabilities (k, s); False where one is not positive."""
    k, s = table.shape
    for c in range(k):
        for i in range(s):
            table[c, i] = x[symbol_places[c, i]]
            if not table[c, i] > 0.0:
                return False
    return True


@kernel
def fill_log_b_categorical(values, table, log_b):
    """Log probability (n, k) of each step given each state."""
    n, (k, s) = values.shape[0], table.shape
    logs = np.empty((s, k))
    for c in range(k):
        for i in range(s):
            logs[i, c] = log(table[c, i])
    for t in range(n):
        for c in range(k):
            log_b[t, c] = logs[np.int64(values[t, 0]), c] if values[t, 0] == values[t, 0] else 0.0
