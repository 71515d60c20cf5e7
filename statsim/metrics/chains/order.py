"""An array sorted with its indices: by NumPy when short, by packed keys when long.

NumPy sorts 64-bit integers with vector instructions, several times quicker than it sorts indices. So the leading bits of
each value and its index share one integer; the few values that agree in those bits come out next to each other, unsorted,
and are sorted once more among themselves. The result is exact whatever the values.
"""

import numpy as np

_SHORT = 1 << 15


def sort_with_order(values):
    """The values (n,), finite float64, ascending, and the indices that sort them; equal values in any order.

    Examples
    --------
    >>> from statsim.metrics.chains.order import sort_with_order
    >>> [found.tolist() for found in sort_with_order([0.3, 0.1, 0.2])]
    [[0.1, 0.2, 0.3], [1, 2, 0]]
    """
    values = np.asarray(values, dtype=np.float64)
    if values.size < _SHORT:
        order = np.argsort(values)
        return values[order], order
    bits = int(values.size - 1).bit_length()
    keys = _packed(values, bits)
    order = keys & np.int64((1 << bits) - 1)
    ordered = values[order]
    if (ordered[1:] < ordered[:-1]).any():
        unsure = _share_leading_bits(keys, bits)  # groups stay in place: all of one lie below all of the next
        some = order[unsure]
        order[unsure] = some = some[np.argsort(values[some])]
        ordered[unsure] = values[some]
    return ordered, order


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
