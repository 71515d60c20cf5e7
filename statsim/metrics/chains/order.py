"""Indices that sort an array: NumPy's for short ones, a packed key for long ones.

NumPy sorts 64-bit integers with vector instructions, several times quicker than it sorts indices. So the leading bits of
each value and its index share one integer; values that agree in those bits come out next to each other, unsorted, and one
pass of merging (timsort, linear on what is nearly sorted) puts them right. The result is exact whatever the values.
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
    order = _nearly(values)
    nearly = values[order]
    if (nearly[1:] < nearly[:-1]).any():
        order = order[np.argsort(nearly, kind="stable")]
    return order


def _nearly(values):
    """Order by the leading bits of the distance from the middle of the range."""
    bits = int(values.size - 1).bit_length()
    low, high = values.min(), values.max()
    keys = (values - (low / 2 + high / 2)).view(np.int64)
    keys ^= (keys >> 63) & np.int64(0x7FFFFFFFFFFFFFFF)  # the order of floats as the order of signed integers
    keys &= np.int64(-1 << bits)
    keys |= np.arange(values.size)
    keys.sort()
    keys &= np.int64((1 << bits) - 1)
    return keys
