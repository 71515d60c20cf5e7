"""The Poisson law of mean `rate`: N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 4."""

import math

import numpy as np

from statsim.kernels.elementary.saddle_point import poisson_log_probability
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.poisson import poisson


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (rate) of `parameters` (m, 1)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = poisson(state, parameters[row, 0])


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (rate)."""
    rate = parameters[0]
    for i in range(x.size):
        if not (x[i] >= 0.0 and x[i] == math.floor(x[i])):
            out[i] = -math.inf
        elif rate > 0.0:
            out[i] = poisson_log_probability(x[i], rate)
        else:
            out[i] = 0.0 if x[i] == 0.0 else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    rate = parameters[0]
    value = slope = 0.0
    for i in range(x.size):
        slope += weights[i] * (x[i] - rate)
        value += weights[i] * poisson_log_probability(x[i], rate)
    slopes[0] = slope / rate
    return value + log_prior(priors, parameters, slopes)
