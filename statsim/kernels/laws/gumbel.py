"""The Gumbel law of maxima with mode `loc` and `scale`, distribution function exp(-exp(-(x - loc) / scale)): N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 22."""

import math

import numpy as np

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.standard_exponential import standard_exponential


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (loc, scale) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = parameters[row, 0] - parameters[row, 1] * log(standard_exponential(state))


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (loc, scale)."""
    loc, scale = parameters[0], parameters[1]
    constant = -math.log(scale)
    for i in range(x.size):
        z = (x[i] - loc) / scale
        out[i] = constant - z - math.exp(-z)


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    loc, scale = parameters[0], parameters[1]
    total = value = slope = spread = 0.0
    for i in range(x.size):
        z = (x[i] - loc) / scale
        hazard = math.exp(-z)
        total += weights[i]
        value -= weights[i] * (z + hazard)
        slope += weights[i] * (1.0 - hazard)
        spread += weights[i] * z * (1.0 - hazard)
    slopes[0], slopes[1] = slope / scale, (spread - total) / scale
    value -= total * math.log(scale)
    return value + log_prior(priors, parameters, slopes)
