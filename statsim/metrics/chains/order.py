"""Indices that sort an array: NumPy's for short ones, a packed key for long ones.

NumPy sorts 64-bit integers with vector instructions, several times quicker than it sorts indices. So the leading bits of
each value and its index share one integer; the few values that agree in those bits come out next to each other, unsorted,
and are sorted once more among themselves. The result is exact whatever the values.
"""

import numpy as np

_SHORT = 1 << 15


def order_of(values):
    """Indices that sort `values` (n,), finite float64; equal values in any order.

    Examples
    --------
    >>> from statsim.metrics.chains.order import order_of
    >>> order_of([0.3, 0.1, 0.2]).tolist()
    [1, 2, 0]
    """
    values = np.asarray(values, dtype=np.float64)
    if values.size < _SHORT:
        return np.argsort(values)
    bits = int(values.size - 1).bit_length()
    keys = _packed(values, bits)
    order = keys & np.int64((1 << bits) - 1)
    nearly = values[order]
    if (nearly[1:] < nearly[:-1]).any():
        unsure = _share_leading_bits(keys, bits)
        some = order[unsure]
        order[unsure] = some[np.argsort(values[some])]  # groups stay in place: all of one lie below all of the next
    return order


def _packed(values, bits):
    """Sorted integers: the leading bits of the distance from the middle of the range, then the index in `bits` bits."""
    low, high = values.min(), values.max()
    keys = (values - (low / 2 + high / 2)).view(np.int64)
    keys ^= (keys >> 63) & np.int64(0x7FFFFFFFFFFFFFFF)  # the order of floats as the order of signed integers
    keys &= np.int64(-1 << bits)
    keys |= np.arange(values.size)
    keys.sort()
    return keys


def _share_leading_bits(keys, bits):
    """Positions of sorted keys whose leading bits are also those of a neighbour."""
    same = (keys[1:] ^ keys[:-1]) < (1 << bits)
    return np.flatnonzero(np.append(same, False) | np.append(False, same))
