"""The log-normal law: log x is normal of mean `log_mean` and standard deviation `log_sd`; N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 1 (1994), chapter 14."""

import math

import numpy as np

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (log_mean, log_sd) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            values[i] = exp(parameters[row, 0] + parameters[row, 1] * standard_normal(state))


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (log_mean, log_sd)."""
    log_mean, log_sd = parameters[0], parameters[1]
    constant = -math.log(log_sd) - _HALF_LOG_2PI
    for i in range(x.size):
        if x[i] > 0.0:
            log_x = math.log(x[i])
            z = (log_x - log_mean) / log_sd
            out[i] = constant - log_x - 0.5 * z * z
        else:
            out[i] = -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    log_mean, log_sd = parameters[0], parameters[1]
    total = squares = slope = logs = 0.0
    for i in range(x.size):
        log_x = math.log(x[i])
        z = (log_x - log_mean) / log_sd
        total += weights[i]
        logs += weights[i] * log_x
        slope += weights[i] * z
        squares += weights[i] * z * z
    slopes[0], slopes[1] = slope / log_sd, (squares - total) / log_sd
    value = -0.5 * squares - logs - total * (math.log(log_sd) + _HALF_LOG_2PI)
    return value + log_prior(priors, parameters, slopes)
