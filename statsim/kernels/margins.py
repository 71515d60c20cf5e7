"""Monotone piecewise-linear maps between a column's values x and normal scores z.

Symbols: knots (z_k, x_k), slopes s_k between them, tails beyond the outer knots. A tail with a finite bound b approaches it
as x = b -/+ g / (1 + d / 4g)^4, with gap g = |x_outer - b| and d = slope times the distance beyond the knot: monotone, smooth
where it starts, nearly exponential, never reaching b. Only + - * / and square roots, so a map gives the same bits everywhere.
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel


@inlined
def _beyond(distance, gap):
    """How far past the outer knot x lies, `distance` along the extrapolated line, when the bound is `gap` away."""
    if gap == np.inf:
        return distance
    u = 1.0 + 0.25 * distance / gap
    return gap - gap / (u * u * u * u)


@kernel
def margin_to_x(z, z_knots, x_knots, slopes, guide, lower, upper, out):
    """Values `out` (n,) at normal scores `z` (n,); NaN stays NaN. `guide[c]` is the segment where cell c of the z range begins."""
    last = z_knots.size - 1
    low, high = z_knots[0], z_knots[last]
    scale = guide.size / (high - low)
    gap_low, gap_high = x_knots[0] - lower, upper - x_knots[last]
    for i in range(z.size):
        value = z[i]
        if value != value:
            out[i] = value
        elif value < low:
            out[i] = x_knots[0] - _beyond((low - value) * slopes[0], gap_low)
        elif value >= high:
            out[i] = x_knots[last] + _beyond((value - high) * slopes[last - 1], gap_high)
        else:
            cell = int((value - low) * scale)
            k = guide[min(cell, guide.size - 1)]
            while value < z_knots[k]:
                k -= 1
            while value >= z_knots[k + 1]:
                k += 1
            out[i] = x_knots[k] + (value - z_knots[k]) * slopes[k]


@inlined
def _back(y, gap, limit):
    """The distance along the extrapolated line of a value `y` past the outer knot, at most `limit`."""
    if gap == np.inf:
        return min(y, limit)
    if y >= gap:
        return limit
    return min(4.0 * gap * (math.sqrt(math.sqrt(gap / (gap - y))) - 1.0), limit)


@inlined
def _bend(distance, gap):
    """Slope of the tail there, as a share of the outer slope."""
    if gap == np.inf:
        return 1.0
    u = 1.0 + 0.25 * distance / gap
    return 1.0 / (u * u * u * u * u)


@kernel
def margin_to_z(x, z_knots, x_knots, slopes, lower, upper, reach, out, slope_out):
    """Normal scores `out` (n,) of values `x` (n,) and the slopes dx/dz there, within `reach` beyond the outer knots."""
    last = z_knots.size - 1
    gap_low, gap_high = x_knots[0] - lower, upper - x_knots[last]
    for i in range(x.size):
        value = x[i]
        if value != value:
            out[i] = value
            slope_out[i] = value
        elif value < x_knots[0]:
            d = _back(x_knots[0] - value, gap_low, reach * slopes[0])
            out[i] = z_knots[0] - d / slopes[0]
            slope_out[i] = slopes[0] * _bend(d, gap_low)
        elif value >= x_knots[last]:
            d = _back(value - x_knots[last], gap_high, reach * slopes[last - 1])
            out[i] = z_knots[last] + d / slopes[last - 1]
            slope_out[i] = slopes[last - 1] * _bend(d, gap_high)
        else:
            k = np.searchsorted(x_knots, value, side="right") - 1
            out[i] = z_knots[k] + (value - x_knots[k]) / slopes[k]
            slope_out[i] = slopes[k]
