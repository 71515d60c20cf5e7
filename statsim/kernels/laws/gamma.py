"""The gamma law of `shape` and `scale`, mean shape * scale: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 17."""

import math

import numpy as np

from statsim.kernels.elementary.digamma import digamma
from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (shape, scale) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = parameters[row, 1] * standard_gamma(state, parameters[row, 0])


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (shape, scale)."""
    shape, scale = parameters[0], parameters[1]
    constant = -log_gamma(shape) - math.log(scale)
    for i in range(x.size):
        z = x[i] / scale
        if z > 0.0:
            out[i] = constant + (shape - 1.0) * math.log(z) - z
        elif z == 0.0:
            out[i] = constant if shape == 1.0 else (math.inf if shape < 1.0 else -math.inf)
        else:
            out[i] = -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    shape, scale = parameters[0], parameters[1]
    total = logs = excess = 0.0
    for i in range(x.size):
        z = x[i] / scale
        total += weights[i]
        logs += weights[i] * math.log(z)
        excess += weights[i] * z
    slopes[0] = logs - total * digamma(shape)
    slopes[1] = (excess - total * shape) / scale
    value = (shape - 1.0) * logs - excess - total * (log_gamma(shape) + math.log(scale))
    return value + log_prior(priors, parameters, slopes)
