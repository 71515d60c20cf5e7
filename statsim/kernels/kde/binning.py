"""Binning: each datum shared between the grid points beside it, two on a line, by cubic interpolation four in each direction of a plane (Jones, Lotwick 1984; Wand 1994, Journal of
Computational and Graphical Statistics 3)."""

import numpy as np

from statsim.kernels.jit import inlined, kernel


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


@inlined
def _cubic_shares(u):
    """The shares of the four points about a place u between the second and the third of them: Lagrange's polynomials."""
    v = 1.0 - u
    edge, middle = u * v * (1.0 / 6.0), 1.0 + 0.5 * u * v
    return -edge * (1.0 + v), v * middle, u * middle, -edge * (1.0 + u)


@kernel
def bin_plane_cubic(X, weights, low, step, counts):
    """Add the weights of X (n, 2), empty for ones, to counts (p, q) by cubic interpolation; every row has two points of low + k step (2,) on all sides."""
    p, q = counts.shape
    for i in range(X.shape[0]):
        first, second = (X[i, 0] - low[0]) / step[0], (X[i, 1] - low[1]) / step[1]
        a, b = min(max(np.int64(first), 1), p - 3), min(max(np.int64(second), 1), q - 3)
        one, two, three, four = _cubic_shares(second - b)
        w = weights[i] if weights.size else 1.0
        for k, share in enumerate(_cubic_shares(first - a)):
            part = w * share
            row = counts[a - 1 + k]
            row[b - 1] += part * one
            row[b] += part * two
            row[b + 1] += part * three
            row[b + 2] += part * four


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
