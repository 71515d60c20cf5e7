"""The binomial law: successes in `n_trials` trials of probability `p`; N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 3. The number of trials is known."""

import math

import numpy as np

from statsim.kernels.elementary.saddle_point import binomial_log_probability
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.binomial import binomial


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (n_trials, p) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = binomial(state, np.int64(parameters[row, 0]), parameters[row, 1])


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (n_trials, p)."""
    n_trials, p = parameters[0], parameters[1]
    for i in range(x.size):
        if not (0.0 <= x[i] <= n_trials and x[i] == math.floor(x[i])):
            out[i] = -math.inf
        elif 0.0 < p < 1.0:
            out[i] = binomial_log_probability(x[i], n_trials, p)
        else:
            out[i] = 0.0 if x[i] == n_trials * p else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    n_trials, p = parameters[0], parameters[1]
    ones = zeros = value = 0.0
    for i in range(x.size):
        ones += weights[i] * x[i]
        zeros += weights[i] * (n_trials - x[i])
        value += weights[i] * binomial_log_probability(x[i], n_trials, p)
    slopes[0], slopes[1] = 0.0, ones / p - zeros / (1.0 - p)
    return value + log_prior(priors, parameters, slopes)
