"""Gamma variates by Marsaglia and Tsang's squeeze, and their logarithms for shapes so small that the variate underflows.

G. Marsaglia, W. W. Tsang, "A simple method for generating gamma variables", ACM Transactions on Mathematical Software 26
(2000): for shape a >= 1, d = a - 1/3, c = 1 / sqrt(9 d), x normal, d (1 + c x)**3 is accepted when u < 1 - 0.0331 x**4 or
log u < x**2/2 + d (1 - v + log v). Below 1 a draw of shape a + 1 is multiplied by U**(1/a) (their section 6).

With t = c x the last condition is log u < d h(t), h(t) = 3 log(1 + t) - 3 t + 3 t**2/2 - t**3: the term x**2/2 cancels exactly, which
keeps the law right for shapes of 1e15, where the printed form has lost every digit.
"""

import math

from statsim.kernels.elementary import exp, log, log1p
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform_open
from statsim.kernels.variates.normal import standard_normal

_INF = float("inf")
_NAN = float("nan")


@inlined
def _acceptance_exponent(t):
    """h(t); its Taylor series near 0, where h is of order t**4."""
    if abs(t) > 0.02:
        return 3.0 * log1p(t) - t * (3.0 + t * (t - 1.5))
    series = 0.75 - t * (0.6 - t * (0.5 - t * (3.0 / 7.0 - t * (0.375 - t / 3.0))))
    return -series * t * t * t * t


@inlined
def _at_least_one(state, shape):
    """Marsaglia and Tsang's method for shape >= 1."""
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        x = standard_normal(state)
        t = c * x
        if t <= -1.0:
            continue
        u = uniform_open(state)
        if u < 1.0 - 0.0331 * x * x * x * x or log(u) < d * _acceptance_exponent(t):
            return d * (1.0 + t) * (1.0 + t) * (1.0 + t)


@kernel
def standard_gamma(state, shape):
    """A draw with density x**(shape - 1) exp(-x) / Gamma(shape); 0 for shape 0, nan for a negative shape."""
    shape = float(shape)
    if shape >= 1.0:
        return _at_least_one(state, shape)
    if not shape > 0.0:
        return 0.0 if shape == 0.0 else _NAN
    boost = log(uniform_open(state)) / shape
    return _at_least_one(state, shape + 1.0) * exp(boost)


@kernel
def log_standard_gamma(state, shape):
    """The logarithm of a draw of `standard_gamma`, also where the draw is below the smallest double; -inf for shape 0."""
    shape = float(shape)
    if shape >= 1.0:
        return log(_at_least_one(state, shape))
    if not shape > 0.0:
        return -_INF if shape == 0.0 else _NAN
    boost = log(uniform_open(state)) / shape
    return log(_at_least_one(state, shape + 1.0)) + boost
