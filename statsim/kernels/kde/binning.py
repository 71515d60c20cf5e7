"""Linear binning: each datum shared between the grid points beside it (Jones, Lotwick 1984; Wand 1994, Journal of Computational and Graphical Statistics 3)."""

import numpy as np

from statsim.kernels.jit import kernel


@kernel
def _share(x, low, step, n):
    """The grid point at or below x, and the share of the next one."""
    place = (x - low) / step
    place = min(max(place, 0.0), n - 1.0)
    cell = min(np.int64(place), n - 2)
    return cell, place - cell


@kernel
def bin_line(x, weights, low, step, counts):
    """Add the weights of x (n,) to counts (cells,), points low + k step; `weights` may be empty for ones. What lies outside goes to the ends."""
    n = counts.size
    for i in range(x.shape[0]):
        w = weights[i] if weights.size else 1.0
        cell, share = _share(x[i], low, step, n)
        counts[cell] += w * (1.0 - share)
        counts[cell + 1] += w * share


@kernel
def bin_plane(X, weights, low, step, counts):
    """The same in two dimensions: X (n, 2), low, step (2,), counts (p, q)."""
    p, q = counts.shape
    for i in range(X.shape[0]):
        w = weights[i] if weights.size else 1.0
        a, s = _share(X[i, 0], low[0], step[0], p)
        b, t = _share(X[i, 1], low[1], step[1], q)
        one, two = w * (1.0 - s), w * s
        counts[a, b] += one * (1.0 - t)
        counts[a, b + 1] += one * t
        counts[a + 1, b] += two * (1.0 - t)
        counts[a + 1, b + 1] += two * t


@kernel
def count_line(x, weights, low, step, counts):
    """Add the weights of x (n,) to the cells [low + k step, low + (k + 1) step) they fall into; what lies outside goes to the ends."""
    n = counts.size
    inverse = 1.0 / step
    for i in range(x.shape[0]):
        cell = np.int64(min(max((x[i] - low) * inverse, 0.0), n - 1.0))
        counts[cell] += weights[i] if weights.size else 1.0


@kernel
def line_range(x):
    """The smallest and the largest value of x (n,), in one pass of four lanes."""
    low, high = np.full(4, x[0]), np.full(4, x[0])
    whole = x.size // 4 * 4
    for i in range(0, whole, 4):
        for t in range(4):
            low[t] = min(low[t], x[i + t])
            high[t] = max(high[t], x[i + t])
    for i in range(whole, x.size):
        low[0] = min(low[0], x[i])
        high[0] = max(high[0], x[i])
    return low.min(), high.max()
