r"""The maximum-likelihood dispersion of negative binomial counts, at their mean.

With r = 1/a the score is :math:`\sum_x w_x (\psi(x + r) - \psi(r)) - N \log(1 + \bar x / r)`; it has one root when the variance (divisor N) is
above the mean and none otherwise, where the Poisson law a = 0 is the maximum (Levin, Reeds 1977, Ann. Statist. 5). Newton's method in
:math:`u = \log a`, held in a bracket. Next to the Poisson limit, where the terms cancel, the score is taken from its series in a.
"""

import math

import numpy as np

_NEAR_POISSON = 1e-3  # of a times the largest count: the series is exact to 1e-9 of the leading term there
_SPAN = (math.log(1e-12), math.log(1e8))
_ITERATIONS = 100
_PRECISION = 1e-13


def fitted_dispersion(counts, weights, mean):
    """The dispersion a, variance = mean + a mean^2, of distinct `counts` (u,) seen `weights` (u,) times, whose mean is `mean`."""
    total = weights.sum()
    excess = weights @ (counts - mean) ** 2 / total - mean
    if not mean > 0 or not excess > 1e-12 * mean:
        return 0.0
    low, high = _SPAN
    u = min(max(math.log(excess / mean**2), low), high)
    for _ in range(_ITERATIONS):
        value, slope = _score(u, counts, weights, mean)
        low, high = (u, high) if value > 0 else (low, u)
        step = -value / slope if slope < 0 else math.inf
        wanted = u + step
        if not low < wanted < high:
            wanted = 0.5 * (low + high)
        if abs(wanted - u) <= _PRECISION * max(1.0, abs(u)):
            break
        u = wanted
    return math.exp(u)


def _score(u, counts, weights, mean):
    """First and second derivative of the log-likelihood in u = log a."""
    from scipy.special import polygamma, psi

    a = math.exp(u)
    total = weights.sum()
    if a * counts[-1] < _NEAR_POISSON:
        c1, c2, c3 = _series(counts, weights, total, mean)
        return a * (c1 - a * (c2 - a * c3)), a * (c1 - a * (2 * c2 - 3 * a * c3))
    r = 1.0 / a
    slope = weights @ (psi(counts + r) - psi(r)) - total * math.log1p(mean / r)
    curvature = weights @ (polygamma(1, counts + r) - polygamma(1, r)) + total * mean / (r * (r + mean))
    return -r * slope, r * slope + r * r * curvature


def _series(counts, weights, total, mean):
    """Coefficients of the derivative in a: c1 - c2 a + c3 a^2 - ...; sums of powers of 0, ..., x - 1 against those of the mean."""
    x = counts
    first, second, third = x * (x - 1) / 2, (x - 1) * x * (2 * x - 1) / 6, (x * (x - 1) / 2) ** 2
    return tuple(
        float(weights @ powers) - total * mean**order / order for order, powers in ((2, first), (3, second), (4, third))
    )
