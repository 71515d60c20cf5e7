"""Exact binomial tails and the error in a probability that an exact binomial test finds."""

from statsim.testing.laws.beta import beta_lower_tail
from statsim.testing.laws.search import crossing, first_true


def at_least(k, n, p):
    """P(X >= k) for X ~ Binomial(n, p)."""
    if k <= 0:
        return 1.0
    if k > n:
        return 0.0
    return beta_lower_tail(k, n - k + 1, p, 1.0 - p)


def at_most(k, n, p):
    """P(X <= k)."""
    return at_least(n - k, n, 1.0 - p)


def two_sided(k, n, p):
    """Twice the smaller exact tail, at most 1."""
    # the median lies within 1 of the mean, so further out the smaller tail is known
    if k > n * p + 1.0:
        return 2.0 * at_least(k, n, p)
    if k < n * p - 1.0:
        return 2.0 * at_most(k, n, p)
    return min(1.0, 2.0 * min(at_least(k, n, p), at_most(k, n, p)))


def detectable(n, p, alpha, beta):
    """Smallest delta such that a true probability p - delta or p + delta is rejected with probability 1 - beta.

    Where p - delta would be negative only the upper side is left.
    """
    up, down = _detectable_above(n, p, alpha, beta), _detectable_above(n, 1.0 - p, alpha, beta)
    return max(min(up, 1.0 - p), min(down, p))


def _detectable_above(n, p, alpha, beta):
    # n + 1 successes cannot happen: the level no longer allows any rejection above p
    reject_from = first_true(lambda k: at_least(k, n, p) <= 0.5 * alpha, int(n * p) - 1, n + 1)
    if reject_from > n:
        return 1.0 - p
    delta = crossing(lambda d: at_most(reject_from - 1, n, p + d), beta, 0.0, 1.0 - p)
    return 1.0 - p if delta is None else delta
