"""Bisection for the thresholds and sample sizes that have no closed form."""

import math


def first_true(condition, low, high):
    """The smallest integer in (low, high] where a monotone `condition` holds; it must hold at `high`."""
    while high - low > 1:
        middle = (low + high) // 2
        if condition(middle):
            high = middle
        else:
            low = middle
    return high


def crossing(tail, level, low, high, precision=1e-5):
    """An x at most `precision` (relative) above the smallest where a falling `tail(x)` is at most `level`.

    None if the tail stays above the level up to `high`.
    """
    if tail(high) > level:
        return None
    while high - low > precision * abs(high) and low < 0.5 * (low + high) < high:
        middle = 0.5 * (low + high)
        if tail(middle) > level:
            low = middle
        else:
            high = middle
    return high


def rising_crossing(tail, level):
    """As `crossing` on the whole positive line, at any scale; inf if the tail never gets small enough."""
    high = 1.0
    while tail(high) > level and high < 1e300:
        high *= 16.0
    while tail(high / 16.0) <= level and high > 1e-300:
        high /= 16.0
    found = crossing(tail, level, high / 16.0, high)
    return math.inf if found is None else found
