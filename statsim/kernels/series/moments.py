r"""Second moments of windows of a series: all that least squares and the exact likelihood of an autoregression need.

A window is :math:`w_t = (1, \tau_t, y_{t-p}, \dots, y_t)`, the time :math:`\tau_t = (t - t_0) / s`; p known values may stand before the first
step. Windows are copied, 512 at a time, to an array with one row a term, so that every moment is a sum over contiguous memory.
"""

import numpy as np

from statsim.kernels.jit import kernel_reassociated

_TILE = 512


@kernel_reassociated
def _load(values, begin, first, count, p, history, origin, unit, tile):
    """The terms (2 + (p + 1) k, count) of windows at steps first, first + 1, ... (from 0) of the sequence that begins at `begin`."""
    k = values.shape[1]
    for r in range(count):
        tile[0, r] = 1.0
        tile[1, r] = (float(first + r + 1) - origin) / unit
    for lag in range(p + 1):
        for j in range(k):
            row = tile[2 + lag * k + j]
            for r in range(count):
                t = first + r - p + lag
                row[r] = values[begin + t, j] if t >= 0 else history[p + t, j]


@kernel_reassociated
def _dot(x, y, count):
    total = 0.0
    for r in range(count):
        total += x[r] * y[r]
    return total


@kernel_reassociated
def window_moments(values, offsets, weights, p, history, origin, unit, out):
    """Add the weighted sum of w w' over all windows to `out`; returns the weighted number of windows."""
    tile, total = np.empty((out.shape[0], _TILE)), 0.0
    for s in range(offsets.shape[0] - 1):
        begin, n = offsets[s], offsets[s + 1] - offsets[s]
        early = p - history.shape[0]
        for first in range(early, n, _TILE):
            count = min(_TILE, n - first)
            _load(values, begin, first, count, p, history, origin, unit, tile)
            total += weights[s] * count
            for i in range(out.shape[0]):
                for j in range(i + 1):
                    out[i, j] += weights[s] * _dot(tile[i], tile[j], count)
    for i in range(out.shape[0]):
        for j in range(i):
            out[j, i] = out[i, j]
    return total


@kernel_reassociated
def residual_moments(values, offsets, weights, p, history, origin, unit, equations, cross, squares):
    """Add the weighted sums of e w' to `cross` and of e e' to `squares`, for the residuals e = equations w (k,)."""
    k, q = equations.shape
    tile, residuals = np.empty((q, _TILE)), np.empty((k, _TILE))
    for s in range(offsets.shape[0] - 1):
        begin, n = offsets[s], offsets[s + 1] - offsets[s]
        early = p - history.shape[0]
        for first in range(early, n, _TILE):
            count = min(_TILE, n - first)
            _load(values, begin, first, count, p, history, origin, unit, tile)
            for a in range(k):
                row = residuals[a]
                row[:count] = 0.0
                for i in range(q):
                    factor, term = equations[a, i], tile[i]
                    for r in range(count):
                        row[r] += factor * term[r]
                for i in range(q):
                    cross[a, i] += weights[s] * _dot(row, tile[i], count)
                for b in range(a + 1):
                    squares[a, b] += weights[s] * _dot(row, residuals[b], count)
    for a in range(k):
        for b in range(a):
            squares[b, a] = squares[a, b]
