"""Range and mean of columns with missing values, and standardised copies, each in one pass."""

import numpy as np

from statsim.kernels.jit import kernel

_ROWS = 1024


@kernel
def column_ranges(values, low, high, means, counts):
    """Fill least, greatest and mean value and the number of values (k,) of each column of `values` (n, k), NaN left out.

    The mean is the first value plus the mean distance from it, summed in blocks: exact for shifts that are exact.
    """
    k = values.shape[1]
    first, part = np.empty(k), np.empty(k)
    for j in range(k):
        low[j], high[j], means[j], counts[j], first[j] = np.inf, -np.inf, 0.0, 0, np.nan
        for t in range(values.shape[0]):
            if values[t, j] == values[t, j]:
                first[j] = values[t, j]
                break
    for begin in range(0, values.shape[0], _ROWS):
        part[:] = 0.0
        for t in range(begin, min(begin + _ROWS, values.shape[0])):
            for j in range(k):
                value = values[t, j]
                if value == value:
                    low[j] = min(low[j], value)
                    high[j] = max(high[j], value)
                    part[j] += value - first[j]
                    counts[j] += 1
        for j in range(k):
            means[j] += part[j]
    for j in range(k):
        means[j] = first[j] + means[j] / counts[j]


@kernel
def standardise(values, centre, scale, out):
    """out = (values - centre) / scale, by column."""
    for t in range(values.shape[0]):
        for j in range(values.shape[1]):
            out[t, j] = (values[t, j] - centre[j]) / scale[j]
