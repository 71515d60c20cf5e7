"""Rates of a degree-corrected block model under which as many edges are expected between blocks as were seen.

The likelihood counts edges as Poisson numbers, while graphs drawn have at most one edge a pair, 1 - exp(-rate): where rates are large, the
maximum would give too few. Nodes of one block and one weight are taken together, so the sums run over the different degrees.
"""

import numpy as np

_HALVINGS = 60
_MOST = 1e4  # a rate that no sum of edges asks for, unless all pairs are edges


def matched_rates(counts, labels, theta, *, directed):
    """Rates (K, K) for edges `counts` (K, K) as `block_counts` has them, labels (n,) and degree weights theta (2, n)."""
    K = len(counts)
    rates = np.zeros((K, K))
    for q in range(K):
        for k in range(0 if directed else q, K):
            rates[q, k] = _matched(counts[q, k], theta[0, labels == q], theta[1, labels == k], own=q == k, halved=q == k and not directed)
            rates[k, q] = rates[q, k] if not directed else rates[k, q]
    return rates


def _matched(count, out, into, *, own, halved):
    """The rate r with sum of 1 - exp(-r a b) over the pairs equal to `count`, by bisection of its logarithm."""
    (a, a_counts), (b, b_counts) = (np.unique(weights, return_counts=True) for weights in (out, into))
    products, numbers = np.outer(a, b), np.outer(a_counts, b_counts)
    alone = out * into if own else np.zeros(0)

    def expected(r):
        total = np.sum(numbers * -np.expm1(-r * products)) - np.sum(-np.expm1(-r * alone))
        return total / 2 if halved else total

    if count == 0:
        return 0.0
    low, high = 1e-12, _MOST
    for _ in range(_HALVINGS):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if expected(middle) < count else (low, middle)
    return float(np.sqrt(low * high))
