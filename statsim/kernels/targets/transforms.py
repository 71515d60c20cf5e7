r"""Constrained parameters as functions of unconstrained reals, with the log of the Jacobian determinant.

Samplers move in y, all reals; the target sees x = x(y). A table of blocks says which part of y makes which part of x and how:
each row is (kind, first y, number of y, first x, number of x). Per coordinate, Stan Reference Manual, chapter "Constraint
transforms": x = low + e^y, x = high - e^y, x = low + (high - low) / (1 + e^-y), and the ordered x[0] = y[0], x[k] = x[k-1] + e^y[k].
The log density in y is log p(x(y)) + log |dx/dy|.
"""

import math

from statsim.kernels.elementary.exponential import exp
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.jit import kernel
from statsim.kernels.targets.correlation import (
    correlation_factor_from_reals,
    correlation_factor_gradient,
    reals_from_correlation_factor,
)
from statsim.kernels.targets.simplex import reals_from_simplex, simplex_from_reals, simplex_gradient

REAL, LOWER, UPPER, INTERVAL, ORDERED, SIMPLEX, CORRELATION = range(7)


@kernel
def constrain(blocks, low, high, y, x):
    """Write x(y) into x; return log |dx/dy|.

    Parameters
    ----------
    blocks : (b, 5) int64
    low, high : (len(x),)
        Bounds of each coordinate of x, read where its block has them.
    y, x : float64
    """
    jacobian = 0.0
    for b in range(blocks.shape[0]):
        kind, y0, ny, x0, nx = blocks[b, 0], blocks[b, 1], blocks[b, 2], blocks[b, 3], blocks[b, 4]
        if kind == SIMPLEX:
            jacobian += simplex_from_reals(y[y0 : y0 + ny], x[x0 : x0 + nx])
        elif kind == CORRELATION:
            jacobian += correlation_factor_from_reals(y[y0 : y0 + ny], x[x0 : x0 + nx])
        else:
            for i in range(nx):
                jacobian += _coordinate(kind, i, low[x0 + i], high[x0 + i], y[y0 + i], x, x0 + i)
    return jacobian


@kernel
def _coordinate(kind, i, low, high, y, x, place):
    """Write one coordinate of a block of reals, bounds or order; return its part of log |dx/dy|."""
    if kind == LOWER:
        x[place] = low + exp(y)
        return y
    if kind == UPPER:
        x[place] = high - exp(y)
        return y
    if kind == INTERVAL:
        small = exp(-abs(y))
        x[place] = low + (high - low) / (1.0 + small) if y > 0.0 else high - (high - low) / (1.0 + small)
        return log(high - low) - abs(y) - 2.0 * log1p(small)
    if kind == ORDERED and i > 0:
        x[place] = x[place - 1] + exp(y)
        return y
    x[place] = y
    return 0.0


@kernel
def pull_back(blocks, low, high, y, x, gradient_x, gradient_y):
    """Gradient in y of f(x(y)) + log |dx/dy| from the gradient of f in x, at the x of `constrain`."""
    for b in range(blocks.shape[0]):
        kind, y0, ny, x0, nx = blocks[b, 0], blocks[b, 1], blocks[b, 2], blocks[b, 3], blocks[b, 4]
        if kind == SIMPLEX:
            simplex_gradient(x[x0 : x0 + nx], gradient_x[x0 : x0 + nx], gradient_y[y0 : y0 + ny])
        elif kind == CORRELATION:
            correlation_factor_gradient(y[y0 : y0 + ny], x[x0 : x0 + nx], gradient_x[x0 : x0 + nx], gradient_y[y0 : y0 + ny])
        elif kind == ORDERED:
            later = 0.0
            for i in range(nx - 1, -1, -1):
                later += gradient_x[x0 + i]
                gradient_y[y0 + i] = later * exp(y[y0 + i]) + 1.0 if i > 0 else later
        else:
            for i in range(nx):
                gradient_y[y0 + i] = _slope(kind, low[x0 + i], high[x0 + i], y[y0 + i], gradient_x[x0 + i])


@kernel
def _slope(kind, low, high, y, gradient):
    """One coordinate of `pull_back` for a block of reals or bounds."""
    if kind == LOWER:
        return gradient * exp(y) + 1.0
    if kind == UPPER:
        return 1.0 - gradient * exp(y)
    if kind == INTERVAL:
        small = exp(-abs(y))
        above = 1.0 / (1.0 + small) if y > 0.0 else small / (1.0 + small)
        return gradient * (high - low) * small / ((1.0 + small) * (1.0 + small)) + 1.0 - 2.0 * above
    return gradient


@kernel
def unconstrain(blocks, low, high, x, y):
    """Write the y of x, a point inside the support."""
    for b in range(blocks.shape[0]):
        kind, y0, ny, x0, nx = blocks[b, 0], blocks[b, 1], blocks[b, 2], blocks[b, 3], blocks[b, 4]
        if kind == SIMPLEX:
            reals_from_simplex(x[x0 : x0 + nx], y[y0 : y0 + ny])
        elif kind == CORRELATION:
            reals_from_correlation_factor(x[x0 : x0 + nx], y[y0 : y0 + ny])
        else:
            for i in range(nx):
                y[y0 + i] = _real(kind, i, low[x0 + i], high[x0 + i], x, x0 + i)


@kernel
def _real(kind, i, low, high, x, place):
    """One coordinate of `unconstrain`."""
    if kind == LOWER:
        return log(x[place] - low)
    if kind == UPPER:
        return log(high - x[place])
    if kind == INTERVAL:
        return log(x[place] - low) - log(high - x[place])
    if kind == ORDERED and i > 0:
        return log(x[place] - x[place - 1])
    return x[place]


@kernel
def is_inside(blocks, low, high, x):
    """True when x lies in the open support: strictly between bounds, increasing, above zero, on the half spheres."""
    for b in range(blocks.shape[0]):
        kind, x0, nx = blocks[b, 0], blocks[b, 3], blocks[b, 4]
        if kind == SIMPLEX or kind == CORRELATION:
            if not _is_on(kind, x[x0 : x0 + nx]):
                return False
        else:
            for i in range(nx):
                if not _is_between(kind, i, low[x0 + i], high[x0 + i], x, x0 + i):
                    return False
    return True


@kernel
def fill_inside(blocks, low, high, points, inside):
    """`is_inside` of each row of `points` (n, dim), into `inside` (n,) bool."""
    for i in range(inside.size):
        inside[i] = is_inside(blocks, low, high, points[i])


@kernel
def _is_between(kind, i, low, high, x, place):
    """One coordinate of `is_inside`."""
    value = x[place]
    if not abs(value) < math.inf:
        return False
    if kind == LOWER:
        return value > low
    if kind == UPPER:
        return value < high
    if kind == INTERVAL:
        return low < value < high
    return kind != ORDERED or i == 0 or value > x[place - 1]


@kernel
def _is_on(kind, x):
    """True for a simplex point (sum 1 to 1e-8) or a correlation factor (rows of length 1 to 1e-8)."""
    if kind == SIMPLEX:
        total = 0.0
        for k in range(x.size):
            if not x[k] > 0.0:
                return False
            total += x[k]
        return abs(total - 1.0) < 1e-8
    K = int(round(math.sqrt(x.size)))
    for i in range(K):
        squares = 0.0
        for j in range(i + 1):
            squares += x[i * K + j] * x[i * K + j]
        if not (x[i * K + i] > 0.0 and abs(squares - 1.0) < 1e-8):
            return False
    return True
