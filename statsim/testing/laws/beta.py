"""Tails of the beta law, and through it of the binomial and Student's t."""

import math

from statsim.testing.laws.fraction import lentz
from statsim.testing.laws.saddle import log_binomial_term


def beta_lower_tail(a, b, x, y):
    """I_x(a, b) for a, b > 0 and x + y = 1 (both are passed so that neither loses digits)."""
    if x <= 0.0:
        return 0.0
    if y <= 0.0:
        return 1.0
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - _small_tail(b, a, y, x)
    return _small_tail(a, b, x, y)


def _small_tail(a, b, x, y):
    log_front = log_binomial_term(a, b, x, y) + math.log(b) - math.log(a + b)
    return math.exp(log_front) / lentz(1.0, _terms(a, b, x))


def _terms(a, b, x):
    m = 0
    while True:
        yield -(a + m) * (a + b + m) / ((a + 2 * m) * (a + 2 * m + 1)) * x, 1.0
        m += 1
        yield m * (b - m) / ((a + 2 * m - 1) * (a + 2 * m)) * x, 1.0


def student_two_sided(t, dof):
    """P(|T| >= |t|) for Student's t with `dof` > 0 degrees of freedom."""
    square = t * t
    return beta_lower_tail(0.5 * dof, 0.5, dof / (dof + square), square / (dof + square))
