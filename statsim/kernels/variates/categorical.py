"""Categories by the alias method (one word, one comparison) and by inversion of the cumulative weights.

A. J. Walker, ACM Transactions on Mathematical Software 3 (1977), with the linear set-up of M. D. Vose, IEEE Transactions on
Software Engineering 17 (1991). The high half of word x k is the cell, the low half the position inside it. A category of
weight 0 is never drawn, whatever the rounding of the sums.
"""

import numpy as np

from statsim.kernels.bits import multiply_high
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import next_uint64

_U11 = np.uint64(11)


@kernel
def _fill(share, threshold, alias):
    """Vose's pairing of cells below 1 with cells above 1; `share` (k,) has mean 1 and is used up."""
    waiting = np.empty(share.size, np.int64)  # the small from the left end, the large from the right end
    small, large = 0, share.size
    for i in range(share.size):
        if share[i] < 1.0:
            waiting[small] = i
            small += 1
        else:
            large -= 1
            waiting[large] = i
    while small > 0 and large < share.size:
        small -= 1
        i, j = waiting[small], waiting[large]
        threshold[i], alias[i] = share[i], j
        share[j] -= 1.0 - share[i]
        if share[j] < 1.0:
            large += 1
            waiting[small] = j
            small += 1


@kernel
def alias_table(weights):
    """Tables of the alias method: (threshold (k,) in [0, 1], alias (k,) int64) for `weights` (k,) >= 0, not all 0.

    The weights need not sum to 1. A cell left over by rounding keeps itself, unless its weight is 0: then it gives way
    to the heaviest category.

    >>> threshold, alias = alias_table(np.array([1.0, 0.0, 3.0]))
    >>> threshold.tolist(), alias.tolist()
    ([0.75, 0.0, 1.0], [2, 2, 2])
    """
    k = weights.size
    heaviest = int(np.argmax(weights))
    scaled = weights / weights[heaviest]
    total = 0.0
    for i in range(k):
        total += scaled[i]
    threshold, alias = np.ones(k), np.arange(k)
    _fill(scaled * (k / total), threshold, alias)
    for i in range(k):
        if weights[i] == 0.0:
            threshold[i] = 0.0
            alias[i] = alias[i] if weights[alias[i]] > 0.0 else heaviest
    return threshold, alias


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
