"""Bound for the number of draws that repeat an earlier one, when the law has a density and a known resolution."""

import math


def upper_tail(ties, n, peak):
    """P(at least `ties` repeats among n draws) when every value has probability at most `peak`.

    Given the earlier draws, draw i repeats one of them with probability at most (i - 1) peak, so the count lies below
    a sum of independent events with mean n (n - 1) peak / 2 (Chernoff's bound).
    """
    mean = 0.5 * n * (n - 1.0) * peak
    if ties <= mean:
        return 1.0
    return math.exp(ties - mean + ties * math.log(mean / ties))


def allowed(n, peak, alpha):
    """The largest number of repeats that is not rejected at alpha."""
    ties = 0
    while upper_tail(ties + 1, n, peak) > alpha:
        ties += max(1, ties // 64)
    return ties
