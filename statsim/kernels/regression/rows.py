"""Rows of data resampled, responses drawn, densities: X (n, d), parameters (d coefficients, intercept, scale)."""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.regression.families import log_probability, response
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.categorical import categorical_alias


@inlined
def _predictor(X, row, parameters, which):
    """x . b + a, term after term: the same double on every machine."""
    total = parameters[which, X.shape[1]]
    for j in range(X.shape[1]):
        total += X[row, j] * parameters[which, j]
    return total


@kernel
def fill_row_numbers(key, first_block, block_rows, threshold, alias, numbers):
    """Fill whole blocks of `numbers` (n,) int64 with numbers of rows, by their alias table."""
    state = np.empty(4, np.uint64)
    for block in range(numbers.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            numbers[i] = categorical_alias(state, threshold, alias)


@kernel
def fill_responses(key, first_block, block_rows, family, X, offsets, parameters, out):
    """Fill whole blocks of `out` (n,) with responses to X (n, d), each under a row of `parameters` (m, d + 2); the last block may be short."""
    state = np.empty(4, np.uint64)
    for block in range((out.size + block_rows - 1) // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, min((block + 1) * block_rows, out.size)):
            which = pick(state, parameters)
            eta = _predictor(X, i, parameters, which) + offsets[i]
            out[i] = response(state, family, eta, parameters[which, X.shape[1] + 1])


@kernel
def log_density(family, X, offsets, y, parameters, out):
    """Log density of each y given its row of X, under `parameters` (d + 2,), into `out` (n,)."""
    table = parameters.reshape(1, parameters.size)
    for i in range(out.size):
        eta = _predictor(X, i, table, 0) + offsets[i]
        out[i] = log_probability(family, y[i], eta, parameters[X.shape[1] + 1])
