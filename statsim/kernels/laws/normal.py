r"""The normal law of mean `loc` and standard deviation `scale`: N. Johnson, S. Kotz, N. Balakrishnan (1994), chapter 13."""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (loc, scale) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = parameters[row, 0] + parameters[row, 1] * standard_normal(state)


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (loc, scale)."""
    loc, scale = parameters[0], parameters[1]
    constant = -math.log(scale) - _HALF_LOG_2PI
    for i in range(x.size):
        z = (x[i] - loc) / scale
        out[i] = constant - 0.5 * z * z


@inlined
def _log_likelihood(parameters, slopes, x, weights):
    loc, scale = parameters[0], parameters[1]
    total = squares = slope = 0.0
    for i in range(x.size):
        z = (x[i] - loc) / scale
        total += weights[i]
        slope += weights[i] * z
        squares += weights[i] * z * z
    slopes[0], slopes[1] = slope / scale, (squares - total) / scale
    return -0.5 * squares - total * (math.log(scale) + _HALF_LOG_2PI)


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    value = _log_likelihood(parameters, slopes, x, weights)
    return value + log_prior(priors, parameters, slopes)
