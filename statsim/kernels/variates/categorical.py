"""Categories by the alias method (one word, one comparison) and by inversion of the cumulative weights.

A. J. Walker, ACM Transactions on Mathematical Software 3 (1977), with the linear set-up of M. D. Vose, IEEE Transactions on
Software Engineering 17 (1991). The high half of word x k is the cell, the low half the position inside it. A category of
weight 0 is never drawn, whatever the rounding of the sums.
"""

import numpy as np

from statsim.kernels.bits import multiply_high
from statsim.kernels.jit import inlined
from statsim.kernels.streams import next_uint64

_U11 = np.uint64(11)


def _pair(share, threshold, alias):
    """Vose's pairing of cells below 1 with cells above 1; the list `share` has mean 1 and is used up."""
    small = [i for i, value in enumerate(share) if value < 1.0]
    large = [i for i, value in enumerate(share) if not value < 1.0]
    while small and large:
        i, j = small.pop(), large[-1]
        threshold[i], alias[i] = share[i], j
        share[j] -= 1.0 - share[i]
        if share[j] < 1.0:
            small.append(large.pop())


def alias_table(weights):
    """Tables of the alias method: (threshold (k,) in [0, 1], alias (k,) int64) for `weights` (k,) >= 0, not all 0.

    The weights need not sum to 1. A cell left over by rounding keeps itself, unless its weight is 0: then it gives way
    to the heaviest category. Plain Python: made once a request, and sooner done than compiled.

    >>> threshold, alias = alias_table(np.array([1.0, 0.0, 3.0]))
    >>> threshold.tolist(), alias.tolist()
    ([0.75, 0.0, 1.0], [2, 2, 2])
    """
    weights = np.asarray(weights, dtype=np.float64).tolist()
    k, heaviest = len(weights), weights.index(max(weights))
    scaled = [weight / weights[heaviest] for weight in weights]
    total = 0.0
    for value in scaled:
        total += value  # one by one: NumPy's sum depends on its version
    threshold, alias = [1.0] * k, list(range(k))
    _pair([value * (k / total) for value in scaled], threshold, alias)
    for i, weight in enumerate(weights):
        if weight == 0.0:
            threshold[i] = 0.0
            alias[i] = alias[i] if weights[alias[i]] > 0.0 else heaviest
    return np.array(threshold), np.array(alias, dtype=np.int64)


@inlined
def categorical_alias(state, threshold, alias):
    """An index of 0..k-1 with the weights given to `alias_table`, int64."""
    word = next_uint64(state)
    k = np.uint64(threshold.size)
    i = np.int64(multiply_high(word, k))
    position = np.float64(np.int64((word * k) >> _U11)) * 2.0**-53
    return np.int64(i if position < threshold[i] else alias[i])


@inlined
def _first_above(u, cumulative, strict):
    """The first index whose value is above u (at least u, unless `strict`); k - 1 when there is none."""
    low, high = 0, cumulative.size - 1
    while low < high:
        middle = (low + high) // 2
        if cumulative[middle] > u or (not strict and cumulative[middle] == u):
            high = middle
        else:
            low = middle + 1
    return low


@inlined
def categorical_inverse(u, cumulative):
    """The index i with cumulative[i - 1] <= u < cumulative[i], int64, for cumulative sums (k,) of weights >= 0.

    From the last sum on, u gives the last category of positive weight: rounding may leave the sums at 1 - 1e-16.

    >>> int(categorical_inverse(1 - 2.0**-53, np.array([0.25, 1 - 2.0**-52, 1 - 2.0**-52])))
    1
    """
    last = cumulative[cumulative.size - 1]
    return np.int64(_first_above(u, cumulative, True) if u < last else _first_above(last, cumulative, False))
