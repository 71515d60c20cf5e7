"""The geometric law: trials up to the first success of probability `p`, 1, 2, ...; N. Johnson, A. Kemp, S. Kotz, Univariate Discrete Distributions (2005), chapter 5."""

import math

import numpy as np

from statsim.kernels.elementary.logarithm import log1p
from statsim.kernels.jit import kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.standard_exponential import standard_exponential

_LARGEST = 2.0**62


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (p) of `parameters` (m, 1)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            p = parameters[row, 0]
            failures = math.floor(standard_exponential(state) / -log1p(-p)) if p < 1.0 else 0.0
            values[i] = 1 + np.int64(min(failures, _LARGEST))


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (p)."""
    p = parameters[0]
    for i in range(x.size):
        if not (x[i] >= 1.0 and x[i] == math.floor(x[i])):
            out[i] = -math.inf
        elif p < 1.0:
            out[i] = math.log(p) + (x[i] - 1.0) * math.log1p(-p)
        else:
            out[i] = 0.0 if x[i] == 1.0 else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    p = parameters[0]
    total = failures = 0.0
    for i in range(x.size):
        total += weights[i]
        failures += weights[i] * (x[i] - 1.0)
    slopes[0] = total / p - (failures / (1.0 - p) if failures > 0.0 else 0.0)
    value = total * math.log(p) + (failures * math.log1p(-p) if failures > 0.0 else 0.0)
    return value + log_prior(priors, parameters, slopes)
