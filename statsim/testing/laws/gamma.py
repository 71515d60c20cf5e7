"""Tails of the chi-square law through the incomplete gamma function."""

import math

from statsim.testing.laws.fraction import lentz
from statsim.testing.laws.saddle import log_poisson_term


def chi_square_upper(x, dof):
    """P(X >= x) for a chi-square law with `dof` degrees of freedom."""
    a, half = 0.5 * dof, 0.5 * x
    if half <= 0.0:
        return 1.0
    return 1.0 - _series(a, half) if half < a + 1.0 else _fraction(a, half)


def chi_square_lower(x, dof):
    """P(X <= x)."""
    a, half = 0.5 * dof, 0.5 * x
    if half <= 0.0:
        return 0.0
    return _series(a, half) if half < a + 1.0 else 1.0 - _fraction(a, half)


def chi_square_two_sided(x, dof):
    """Twice the smaller tail, at most 1."""
    return min(1.0, 2.0 * min(chi_square_lower(x, dof), chi_square_upper(x, dof)))


def _series(a, x):
    term, total, k = 1.0, 1.0, a
    while term > 1e-17 * total:
        k += 1.0
        term *= x / k
        total += term
    return math.exp(log_poisson_term(a, x)) * total


def _fraction(a, x):
    tail = lentz(x + 1.0 - a, _terms(a, x))
    return math.exp(log_poisson_term(a, x)) * a / tail


def _terms(a, x):
    i = 1
    while True:
        yield -i * (i - a), x + 2 * i + 1.0 - a
        i += 1
