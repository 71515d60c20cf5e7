"""The beta law of shapes `a` and `b` on the unit interval: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 25."""

import math

import numpy as np

from statsim.kernels.elementary.digamma import digamma
from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.beta import beta


@inlined
def _times_log(factor, x):
    """factor * log x, 0 for a factor of 0."""
    return factor * math.log(x) if factor != 0.0 else 0.0


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (a, b) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = beta(state, parameters[row, 0], parameters[row, 1])


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (a, b)."""
    a, b = parameters[0], parameters[1]
    constant = log_gamma(a + b) - log_gamma(a) - log_gamma(b)
    for i in range(x.size):
        out[i] = constant + _times_log(a - 1.0, x[i]) + _times_log(b - 1.0, 1.0 - x[i]) if 0.0 <= x[i] <= 1.0 else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    a, b = parameters[0], parameters[1]
    total = low = high = 0.0
    for i in range(x.size):
        total += weights[i]
        low += weights[i] * math.log(x[i])
        high += weights[i] * math.log1p(-x[i])
    both = digamma(a + b)
    slopes[0] = low + total * (both - digamma(a))
    slopes[1] = high + total * (both - digamma(b))
    value = (a - 1.0) * low + (b - 1.0) * high + total * (log_gamma(a + b) - log_gamma(a) - log_gamma(b))
    return value + log_prior(priors, parameters, slopes)
