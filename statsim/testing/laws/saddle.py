"""Binomial and Poisson terms for real arguments without cancellation, after Loader (2000).

C. Loader, "Fast and accurate computation of binomial probabilities" (2000): Stirling's error and the deviance are
computed apart, so that terms at n = 1e15 keep their relative precision where differences of log-gammas lose it.
"""

import math

_LOG_2PI = math.log(2.0 * math.pi)


def stirling_error(x):
    """log(x!) minus Stirling's approximation, for x > 0."""
    if x < 16.0:
        return math.lgamma(x + 1.0) - (x + 0.5) * math.log(x) + x - 0.5 * _LOG_2PI
    square = x * x
    return (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / x


def relative_deviance(e):
    """(1 + e) log(1 + e) - e for e >= -1, by its series near 0 where the two terms cancel."""
    if abs(e) > 0.05:
        return 1.0 if e <= -1.0 else (1.0 + e) * math.log1p(e) - e
    return sum((-1) ** k * e**k / (k * (k - 1)) for k in range(2, 14))


def deviance(x, m):
    """x log(x / m) + m - x."""
    return m * relative_deviance((x - m) / m)


def log_binomial_term(a, b, x, y):
    """log of C(a + b, a) x^a y^b for real a, b > 0 and x + y = 1."""
    n = a + b
    shape = stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) - deviance(b, n * y)
    return shape + 0.5 * (math.log(n) - _LOG_2PI - math.log(a) - math.log(b))


def log_poisson_term(a, x):
    """log of x^a exp(-x) / a! for real a > 0."""
    return -stirling_error(a) - deviance(a, x) - 0.5 * (_LOG_2PI + math.log(a))
