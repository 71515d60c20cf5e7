"""The Pareto law of `shape` above `scale`, survival (scale / x)^shape: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 20."""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.standard_exponential import standard_exponential


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (shape, scale) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = parameters[row, 1] * exp(standard_exponential(state) / parameters[row, 0])


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (shape, scale)."""
    shape, scale = parameters[0], parameters[1]
    constant = math.log(shape) - math.log(scale)
    for i in range(x.size):
        out[i] = constant - (shape + 1.0) * math.log(x[i] / scale) if x[i] >= scale else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    shape, scale = parameters[0], parameters[1]
    total = logs = 0.0
    for i in range(x.size):
        if weights[i] > 0.0 and x[i] < scale:
            slopes[:] = 0.0
            return -math.inf
        total += weights[i]
        logs += weights[i] * math.log(x[i] / scale)
    slopes[0], slopes[1] = total / shape - logs, total * shape / scale
    value = total * (math.log(shape) - math.log(scale)) - (shape + 1.0) * logs
    return value + log_prior(priors, parameters, slopes)
