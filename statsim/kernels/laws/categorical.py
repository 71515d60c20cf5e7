"""The categorical law of 0, 1, ..., k - 1 with probabilities `p` (k,): N. Johnson, S. Kotz, N. Balakrishnan, Discrete Multivariate Distributions (1997)."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.weighted_category import categorical


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row of `parameters` (m, k)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = categorical(state, parameters[row])


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (k,)."""
    for i in range(x.size):
        inside = 0.0 <= x[i] < parameters.size and x[i] == math.floor(x[i])
        chance = parameters[int(x[i])] if inside else 0.0
        out[i] = math.log(chance) if chance > 0.0 else -math.inf
