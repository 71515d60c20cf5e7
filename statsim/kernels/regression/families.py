"""Laws of a response given its linear predictor, with their canonical links: P. McCullagh, J. Nelder, Generalized Linear Models (1989), chapter 2."""

import math

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.poisson import poisson

NORMAL, BERNOULLI, POISSON = range(3)
LARGEST_MEAN = 9.0e18
"""Of a Poisson law: counts above would not fit 64 bits."""

_HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)


@inlined
def chance(eta):
    """1 / (1 + exp(-eta)), right to the last place on both sides."""
    small = exp(-abs(eta))
    return 1.0 / (1.0 + small) if eta > 0.0 else small / (1.0 + small)


@inlined
def log_one_plus_exp(eta):
    """log(1 + exp(eta)) without overflow."""
    return max(eta, 0.0) + log1p(exp(-abs(eta)))


@kernel
def response(state, family, eta, scale):
    """A draw given the linear predictor, as a float; NaN where a Poisson mean is above `LARGEST_MEAN`."""
    if family == NORMAL:
        return eta + scale * standard_normal(state)
    if family == BERNOULLI:
        return 1.0 if uniform(state) < chance(eta) else 0.0
    mean = exp(eta)
    return float(poisson(state, mean)) if mean <= LARGEST_MEAN else math.nan


@kernel
def log_probability(family, y, eta, scale):
    """Log density (normal) or log probability of y."""
    if family == NORMAL:
        z = (y - eta) / scale
        return -0.5 * z * z - log(scale) - _HALF_LOG_2PI
    if family == BERNOULLI:
        return y * eta - log_one_plus_exp(eta)
    return y * eta - exp(eta) - log_gamma(y + 1.0)
