"""A smooth density of draws for a picture: a binned normal kernel with Silverman's bandwidth (1986)."""

import numpy as np

_BINS = 512


def density_of(values, *, low=None, high=None):
    """Places and heights (512,) of the density of `values` (n,) between `low` and `high`, by default just beyond its range; a spike for one value."""
    if np.ptp(values) == 0:
        return np.full(2, values[0]), np.array([0.0, 1.0])
    quartiles = np.quantile(values, [0.25, 0.75])
    spread = min(values.std(), (quartiles[1] - quartiles[0]) / 1.349) or values.std()
    width = 0.9 * spread * values.size**-0.2
    low = values.min() - 3 * width if low is None else low
    high = values.max() + 3 * width if high is None else high
    counts, edges = np.histogram(values, _BINS, (low, high))
    at = (edges[:-1] + edges[1:]) / 2
    reach = np.arange(1 - _BINS, _BINS) * (edges[1] - edges[0])
    kernel = np.exp(-0.5 * (reach / max(width, 1e-12 * (high - low))) ** 2)
    kernel /= kernel.sum() * (edges[1] - edges[0])
    return at, np.convolve(counts / values.size, kernel, mode="valid")[:_BINS]
