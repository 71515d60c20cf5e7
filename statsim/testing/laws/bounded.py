"""Bounds for means of bounded draws, valid for every n and every law inside the bounds."""

import math

from statsim.testing.laws.saddle import deviance, relative_deviance


def hoeffding_two_sided(distance, n, mean, low, high):
    """P(|mean of n - mean| >= distance) for draws in [low, high]: Hoeffding (1963), theorem 1, relative-entropy form."""
    width = high - low
    m, d = (mean - low) / width, abs(distance) / width
    return min(1.0, _entropy_tail(m, d, n) + _entropy_tail(1.0 - m, d, n))


def _entropy_tail(m, d, n):
    if m + d > 1.0 + 1e-12 or (m <= 0.0 and d > 0.0):
        return 0.0
    q = max(1.0 - m - d, 0.0)
    if m >= 1.0:
        return 1.0
    return math.exp(-n * max(0.0, deviance(m + d, m) + deviance(q, 1.0 - m))) if m > 0.0 else 1.0


def bennett_two_sided(distance, n, sd, reach):
    """P(|mean of n - mean| >= distance) for draws within `reach` of their mean, with known sd: Bennett (1962)."""
    if sd == 0.0:
        return 0.0 if distance else 1.0
    rate = (sd / reach) ** 2 * relative_deviance(reach * abs(distance) / sd**2)
    return min(1.0, 2.0 * math.exp(-n * rate))
