"""Categorical emissions: a symbol 0..m-1 given the state."""

import numpy as np

from statsim.kernels.hmm.paths import seed_emissions
from statsim.kernels.jit import kernel
from statsim.kernels.variates.categorical import categorical_alias


@kernel
def log_density_categorical(symbols, table, out):
    """out (n, k) for symbols (n,), NaN where missing; table (m, k) holds the log probabilities."""
    for t in range(symbols.size):
        symbol = symbols[t]
        if symbol == symbol:
            row = int(symbol)
            for c in range(table.shape[1]):
                out[t, c] = table[row, c]
        else:
            for c in range(table.shape[1]):
                out[t, c] = 0.0


@kernel
def add_counts(symbols, gamma, weights, counts):
    """Add the weighted count of each symbol (m, k); a missing one counts nothing."""
    for t in range(symbols.size):
        symbol = symbols[t]
        if symbol == symbol:
            row, weight = int(symbol), weights[t]
            for c in range(counts.shape[1]):
                counts[row, c] += weight * gamma[t, c]


@kernel
def fill_categorical(key, number, offsets, path, tables, aliases, rows):
    """Draw the symbols (n, 1) int64 that the states `path` (n,) of sequences number, number + 1, ... emit; alias tables (k, m)."""
    random = np.empty(4, np.uint64)
    for i in range(offsets.size - 1):
        seed_emissions(key, number + i, random)
        for t in range(offsets[i], offsets[i + 1]):
            state = path[t]
            rows[t, 0] = categorical_alias(random, tables[state], aliases[state])
