"""The Bernoulli law of success probability `p`: N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 3."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block, uniform


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (p) of `parameters` (m, 1)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = 1 if uniform(state) < parameters[row, 0] else 0


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (p)."""
    p = parameters[0]
    for i in range(x.size):
        chance = p if x[i] == 1.0 else (1.0 - p if x[i] == 0.0 else 0.0)
        out[i] = math.log(chance) if chance > 0.0 else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    p = parameters[0]
    ones = zeros = 0.0
    for i in range(x.size):
        ones += weights[i] * x[i]
        zeros += weights[i] * (1.0 - x[i])
    slopes[0] = (ones / p if ones > 0.0 else 0.0) - (zeros / (1.0 - p) if zeros > 0.0 else 0.0)
    value = (ones * math.log(p) if ones > 0.0 else 0.0) + (zeros * math.log1p(-p) if zeros > 0.0 else 0.0)
    return value + log_prior(priors, parameters, slopes)
