"""The Laplace law of median `loc` and mean absolute deviation `scale`: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 24."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block, uniform
from statsim.kernels.variates.standard_exponential import standard_exponential


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (loc, scale) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            size = parameters[row, 1] * standard_exponential(state)
            values[i] = parameters[row, 0] + (size if uniform(state) < 0.5 else -size)


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (loc, scale)."""
    loc, scale = parameters[0], parameters[1]
    constant = -math.log(2.0 * scale)
    for i in range(x.size):
        out[i] = constant - abs(x[i] - loc) / scale


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    loc, scale = parameters[0], parameters[1]
    total = distance = sides = 0.0
    for i in range(x.size):
        total += weights[i]
        distance += weights[i] * abs(x[i] - loc)
        sides += weights[i] * ((x[i] > loc) - (x[i] < loc))
    slopes[0], slopes[1] = sides / scale, (distance / scale - total) / scale
    value = -distance / scale - total * math.log(2.0 * scale)
    return value + log_prior(priors, parameters, slopes)
