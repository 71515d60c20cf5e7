"""Beta variates: Joehnk's method in log space when both shapes are at most 1, else the ratio of gamma variates.

M. D. Joehnk, "Erzeugung von betaverteilten und gammaverteilten Zufallszahlen", Metrika 8 (1964): with X = U**(1/a),
Y = V**(1/b), X / (X + Y) given X + Y <= 1 is Beta(a, b). X and Y underflow for shapes near 1e-3 and below, their logarithms do not.
L. Devroye, Non-Uniform Random Variate Generation (1986), section IX.4, for the ratio.
"""

from statsim.kernels.elementary import exp, log
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform, uniform_open
from statsim.kernels.variates.standard_gamma import standard_gamma

_INF = float("inf")
_NAN = float("nan")


@inlined
def _joehnk(state, a, b):
    while True:
        log_x = log(uniform_open(state)) / a
        log_y = log(uniform_open(state)) / b
        if exp(log_x) + exp(log_y) <= 1.0:
            break
    if log_x == -_INF and log_y == -_INF:  # shapes near the smallest double: the law is two atoms
        return 1.0 if uniform(state) < a / (a + b) else 0.0
    return 1.0 / (1.0 + exp(log_y - log_x))


@kernel
def beta(state, a, b):
    """A draw with density proportional to x**(a - 1) (1 - x)**(b - 1) on [0, 1]; nan unless a > 0 and b > 0."""
    a, b = float(a), float(b)
    if not (a > 0.0 and b > 0.0):
        return _NAN
    if a <= 1.0 and b <= 1.0:
        return _joehnk(state, a, b)
    x = standard_gamma(state, a)
    y = standard_gamma(state, b)
    return x / (x + y)
