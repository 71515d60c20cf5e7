"""The negative binomial law: failures before the `size`-th success of probability `p`, size any positive number; N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 5."""

import math

import numpy as np

from statsim.kernels.elementary.digamma import digamma
from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.poisson import poisson
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (size, p) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = poisson(state, standard_gamma(state, parameters[row, 0]) * (1.0 - parameters[row, 1]) / parameters[row, 1])


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (size, p)."""
    size, p = parameters[0], parameters[1]
    constant = size * math.log(p) - log_gamma(size)
    for i in range(x.size):
        if not (x[i] >= 0.0 and x[i] == math.floor(x[i])):
            out[i] = -math.inf
        elif p < 1.0:
            out[i] = constant + log_gamma(x[i] + size) - log_gamma(x[i] + 1.0) + x[i] * math.log1p(-p)
        else:
            out[i] = 0.0 if x[i] == 0.0 else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    size, p = parameters[0], parameters[1]
    value = total = failures = slope = 0.0
    for i in range(x.size):
        total += weights[i]
        failures += weights[i] * x[i]
        slope += weights[i] * digamma(x[i] + size)
        value += weights[i] * (log_gamma(x[i] + size) - log_gamma(x[i] + 1.0))
    slopes[0] = slope + total * (math.log(p) - digamma(size))
    slopes[1] = total * size / p - failures / (1.0 - p)
    value += total * (size * math.log(p) - log_gamma(size)) + failures * math.log1p(-p)
    return value + log_prior(priors, parameters, slopes)
