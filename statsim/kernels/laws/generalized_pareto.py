r"""The generalised Pareto law of excesses: `shape` xi (SciPy's c) and `scale`, survival (1 + xi x / scale)^(-1 / xi).

J. Pickands, Annals of Statistics 3 (1975); the derivative in xi is taken from its series where |xi x / scale| is small.
"""

import math

import numpy as np

from statsim.kernels.elementary.exponential import expm1
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.laws.pick import pick
from statsim.kernels.priors import log_prior
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.standard_exponential import standard_exponential

_SMALL = 0.02
_TERMS = 10


@inlined
def _log_standard(z, shape):
    """-(1 + 1 / shape) log(1 + shape z), and its limit."""
    if shape == 0.0:
        return -z
    logarithm = math.log1p(shape * z)
    return -logarithm - logarithm / shape


@inlined
def _curvature(z, shape):
    """(log(1 + t) - t / (1 + t)) / t^2 at t = shape z."""
    t = shape * z
    if abs(t) > _SMALL:
        return (math.log1p(t) - t / (1.0 + t)) / (t * t)
    total = 0.0
    for k in range(_TERMS, 1, -1):
        total = (k - 1.0) / k - t * total
    return total


@kernel
def fill(key, first_block, block_rows, parameters, values):
    """Fill whole blocks of `values` (n,), each under a row (shape, scale) of `parameters` (m, 2)."""
    state = np.empty(4, np.uint64)
    for block in range(values.size // block_rows):
        seed_block(key[0], key[1], np.uint64(first_block + block), state)
        for i in range(block * block_rows, (block + 1) * block_rows):
            row = pick(state, parameters)
            shape, e = parameters[row, 0], standard_exponential(state)
            values[i] = parameters[row, 1] * (expm1(shape * e) / shape if shape != 0.0 else e)


@kernel
def log_density(x, parameters, out):
    """out (n,) at x (n,), parameters (shape, scale)."""
    shape, scale = parameters[0], parameters[1]
    constant = -math.log(scale)
    for i in range(x.size):
        z = x[i] / scale
        out[i] = constant + _log_standard(z, shape) if z >= 0.0 and shape * z > -1.0 else -math.inf


@kernel
def log_posterior(parameters, slopes, x, weights, priors):
    """Log-likelihood of x (n,) with `weights`, plus the log priors of the table; its gradient into `slopes`."""
    shape, scale = parameters[0], parameters[1]
    total = value = slope = spread = 0.0
    for i in range(x.size):
        z = x[i] / scale
        if shape * z <= -1.0:
            slopes[:] = 0.0
            return -math.inf
        total += weights[i]
        value += weights[i] * _log_standard(z, shape)
        slope += weights[i] * (z * z * _curvature(z, shape) - z / (1.0 + shape * z))
        spread += weights[i] * (1.0 + shape) * z / (1.0 + shape * z)
    slopes[0], slopes[1] = slope, (spread - total) / scale
    value -= total * math.log(scale)
    return value + log_prior(priors, parameters, slopes)
