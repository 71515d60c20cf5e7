r"""Second moments of windows of a series: all that least squares and the exact likelihood of an autoregression need.

A window is :math:`w_t = (1, \tau_t, y_{t-p}, \dots, y_t)`, the time :math:`\tau_t = (t - t_0) / s`; p known values may stand before the first
step. Windows are copied, 256 at a time, to an array with one row a term (zero where there are fewer), so that every moment is a sum over
contiguous memory of a length known when compiled.
"""

import numpy as np

from statsim.kernels.jit import kernel_reassociated

_TILE = 256


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
    tile[:, count:] = 0.0


@kernel_reassociated
def _dots(x, rows, stop, out):
    """out[j] = sum of x times rows[j] for j < stop: four rows at a time, so that x is read once for them."""
    whole = stop - stop % 4
    for j in range(0, whole, 4):
        a, b, c, d = rows[j], rows[j + 1], rows[j + 2], rows[j + 3]
        s0 = s1 = s2 = s3 = 0.0
        for r in range(_TILE):
            s0 += x[r] * a[r]
            s1 += x[r] * b[r]
            s2 += x[r] * c[r]
            s3 += x[r] * d[r]
        out[j], out[j + 1], out[j + 2], out[j + 3] = s0, s1, s2, s3
    for j in range(whole, stop):
        a, total = rows[j], 0.0
        for r in range(_TILE):
            total += x[r] * a[r]
        out[j] = total


@kernel_reassociated
def _combine(factors, rows, out):
    """out = the sum of factors[i] times rows[i], four rows at a time."""
    out[:] = 0.0
    whole = factors.size - factors.size % 4
    for i in range(0, whole, 4):
        f0, f1, f2, f3 = factors[i], factors[i + 1], factors[i + 2], factors[i + 3]
        a, b, c, d = rows[i], rows[i + 1], rows[i + 2], rows[i + 3]
        for r in range(_TILE):
            out[r] += (f0 * a[r] + f1 * b[r]) + (f2 * c[r] + f3 * d[r])
    for i in range(whole, factors.size):
        f0, a = factors[i], rows[i]
        for r in range(_TILE):
            out[r] += f0 * a[r]


@kernel_reassociated
def window_moments(values, offsets, weights, p, history, origin, unit, out):
    """Add the weighted sum of w w' over all windows to `out`; returns the weighted number of windows."""
    q = out.shape[0]
    tile, sums, total = np.empty((q, _TILE)), np.empty(q), 0.0
    for s in range(offsets.shape[0] - 1):
        begin, n = offsets[s], offsets[s + 1] - offsets[s]
        for first in range(p - history.shape[0], n, _TILE):
            count = min(_TILE, n - first)
            _load(values, begin, first, count, p, history, origin, unit, tile)
            total += weights[s] * count
            for i in range(q):
                _dots(tile[i], tile, i + 1, sums)
                for j in range(i + 1):
                    out[i, j] += weights[s] * sums[j]
    for i in range(q):
        for j in range(i):
            out[j, i] = out[i, j]
    return total


@kernel_reassociated
def residual_moments(values, offsets, weights, p, history, origin, unit, equations, cross, squares):
    """Add the weighted sums of e w' to `cross` and of e e' to `squares`, for the residuals e = equations w (k,)."""
    k, q = equations.shape
    tile, residuals, sums = np.empty((q, _TILE)), np.empty((k, _TILE)), np.empty(max(k, q))
    for s in range(offsets.shape[0] - 1):
        begin, n = offsets[s], offsets[s + 1] - offsets[s]
        for first in range(p - history.shape[0], n, _TILE):
            count = min(_TILE, n - first)
            _load(values, begin, first, count, p, history, origin, unit, tile)
            for a in range(k):
                _combine(equations[a], tile, residuals[a])
                _dots(residuals[a], tile, q, sums)
                for i in range(q):
                    cross[a, i] += weights[s] * sums[i]
                _dots(residuals[a], residuals, a + 1, sums)
                for b in range(a + 1):
                    squares[a, b] += weights[s] * sums[b]
    for a in range(k):
        for b in range(a):
            squares[b, a] = squares[a, b]
