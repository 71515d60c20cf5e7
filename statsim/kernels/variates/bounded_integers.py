"""Unbiased integers below a bound by D. Lemire, "Fast random integer generation in an interval", ACM TOMACS 29 (2019)."""

import numpy as np

from statsim.kernels.bits import multiply_high
from statsim.kernels.jit import inlined
from statsim.kernels.streams import next_uint64

_ZERO = np.uint64(0)


@inlined
def integer_below(state, m):
    """A uniform integer of 0..m-1, int64; 1 <= m <= 2**63 - 1.

    The high half of word x m is the draw; the low half tells the 2**64 mod m words that would favour some values.
    """
    bound = np.uint64(m)
    word = next_uint64(state)
    low = word * bound
    if low < bound:
        surplus = (_ZERO - bound) % bound
        while low < surplus:
            word = next_uint64(state)
            low = word * bound
    return np.int64(multiply_high(word, bound))
