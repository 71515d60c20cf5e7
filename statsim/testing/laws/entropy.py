"""Bound for the relative entropy between observed and true frequencies of k cells, for every n and every law."""

import math

import numpy as np

from statsim.testing.laws.search import rising_crossing


def cell_entropy(counts, probabilities):
    """n KL(observed frequencies || probabilities), half the likelihood-ratio statistic G; inf for an impossible cell."""
    counts, probabilities = np.asarray(counts, dtype=np.float64), np.asarray(probabilities, dtype=np.float64)
    seen = counts > 0
    if np.any(probabilities[seen] <= 0.0):
        return math.inf
    expected = counts.sum() * probabilities[seen]
    return max(0.0, float(np.sum(counts[seen] * np.log(counts[seen] / expected))))


def upper_tail(x, cells):
    """P(n KL >= x) for `cells` cells: R. Agrawal (2020), IEEE Trans. Inf. Theory 66(10), theorem 1.2."""
    freedom = cells - 1
    if freedom == 0:
        return 0.0 if x > 0.0 else 1.0
    if x <= freedom:
        return 1.0
    return math.exp(-x + freedom * (1.0 + math.log(x / freedom))) if x < math.inf else 0.0


def detectable(n, cells, alpha, beta):
    """Total-variation error found: Pinsker's inequality for the threshold, Hoeffding's for the worst set of cells."""
    threshold = rising_crossing(lambda x: upper_tail(x, cells), alpha)
    return math.sqrt(threshold / (2.0 * n)) + math.sqrt(math.log(1.0 / beta) / (2.0 * n))
