"""Student's t of `df` degrees of freedom, moved to `loc` and stretched by `scale`: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions 2 (1995), chapter 28.

The constant needs log Gamma(x + 1/2) - log Gamma(x), taken from its asymptotic series where the difference would cancel.
"""

import math

import numpy as np

from statsim.kernels.elementary.digamma import digamma
from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma

_SERIES_FROM = 100.0  # the first term left out of the series is below 1e-15


@inlined
def _log_constant(df):
    """Log of the density at the centre, scale 1."""
    x = 0.5 * df
    if df < _SERIES_FROM:
        ratio = log_gamma(x + 0.5) - log_gamma(x)
    else:
        r = 1.0 / (x * x)
        ratio = 0.5 * math.log(x) - (1 / 8 - r * (1 / 192 - r * (1 / 640 - r * 17 / 14336))) / x
    return ratio - 0.5 * math.log(df * math.pi)


@inlined
def _slope_of_constant(df):
    """d/d df of `_log_constant`."""
    x = 0.5 * df
    if df < _SERIES_FROM:
        return 0.5 * (digamma(x + 0.5) - digamma(x)) - 0.5 / df
    r = 1.0 / (x * x)
    return 0.5 * r * (1 / 8 - r * (3 / 192 - r * (5 / 640 - r * 7 * 17 / 14336)))


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (df, loc, scale) of `parameters` (m, 3)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            half = 0.5 * parameters[row, 0]
            spread = math.sqrt(half / standard_gamma(state, half))
            values[i] = parameters[row, 1] + parameters[row, 2] * standard_normal(state) * spread


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (df, loc, scale)."""
    df, loc, scale = parameters[0], parameters[1], parameters[2]
    constant = _log_constant(df) - math.log(scale)
    for i in range(x.size):
        z = (x[i] - loc) / scale
        out[i] = constant - 0.5 * (df + 1.0) * math.log1p(z * z / df)


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    df, loc, scale = parameters[0], parameters[1], parameters[2]
    total = value = slope = spread = tail = 0.0
    for i in range(x.size):
        z = (x[i] - loc) / scale
        square = z * z
        pull = (df + 1.0) / (df + square)
        logarithm = math.log1p(square / df)
        total += weights[i]
        value -= weights[i] * 0.5 * (df + 1.0) * logarithm
        tail += weights[i] * 0.5 * (pull * square / df - logarithm)
        slope += weights[i] * pull * z
        spread += weights[i] * pull * square
    slopes[0] = tail + total * _slope_of_constant(df)
    slopes[1], slopes[2] = slope / scale, (spread - total) / scale
    value += total * (_log_constant(df) - math.log(scale))
    return value + log_prior(priors, parameters, slopes)
