"""The exponential law of mean `scale`: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 19."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.standard_exponential import standard_exponential


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (scale) of `parameters` (m, 1)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = parameters[row, 0] * standard_exponential(state)


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (scale)."""
    scale = parameters[0]
    constant = -math.log(scale)
    for i in range(x.size):
        out[i] = constant - x[i] / scale if x[i] >= 0.0 else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    scale = parameters[0]
    total = excess = 0.0
    for i in range(x.size):
        total += weights[i]
        excess += weights[i] * x[i]
    slopes[0] = (excess / scale - total) / scale
    value = -excess / scale - total * math.log(scale)
    return value + log_prior(priors, parameters, slopes)
