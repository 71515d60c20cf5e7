"""Exact law of a value's count in one of two samples, given its count in both together."""

import math

import numpy as np


def two_sided(k, total, m, n):
    """Twice the smaller tail of the count k among m draws, when `total` of the m + n pooled draws have the value."""
    above = _upper_tail(k, total, m, n)
    below = _upper_tail(total - k, total, n, m)
    return min(1.0, 2.0 * min(above, below))


def _upper_tail(k, total, m, n):
    """P(K >= k): the term at k, and the others by their ratios."""
    log_term = _log_choose(total, k) + _log_choose(m + n - total, m - k) - _log_choose(m + n, m)
    j = np.arange(k, min(total, m), dtype=np.float64)
    log_ratios = np.log((total - j) * (m - j)) - np.log((j + 1.0) * (n - total + j + 1.0))
    exponents = log_term + np.concatenate([[0.0], np.cumsum(log_ratios)])
    return min(1.0, float(np.exp(exponents).sum()))


def _log_choose(n, k):
    return math.lgamma(n + 1.0) - math.lgamma(k + 1.0) - math.lgamma(n - k + 1.0)


def detectable(m, n, alpha, beta):
    """Difference of a value's probability found: Serfling's (1974) bound for the threshold, Hoeffding's for the margin."""
    pooled = m + n
    threshold = math.sqrt(math.log(2.0 / alpha) * pooled * (n + 1.0) / (2.0 * m * n * n))
    return threshold + math.sqrt(math.log(1.0 / beta) * pooled / (2.0 * m * n))
