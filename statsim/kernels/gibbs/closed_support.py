"""Whether a point lies in the closure of a support: what a conditional may write.

A draw may round to a bound (a truncated normal far in its tail, a probability that underflows), so bounds themselves are let through.
"""

import math

from statsim.kernels.jit import kernel
from statsim.kernels.targets.transforms import CORRELATION, INTERVAL, LOWER, ORDERED, SIMPLEX, UPPER

TOLERANCE = 1e-8


@kernel
def is_within(blocks, low, high, x):
    """True when x is finite and lies in the support that `blocks`, `low` and `high` describe, or on its boundary."""
    for i in range(x.size):
        if not abs(x[i]) < math.inf:
            return False
    for b in range(blocks.shape[0]):
        kind, x0, nx = blocks[b, 0], blocks[b, 3], blocks[b, 4]
        block = x[x0 : x0 + nx]
        if kind == SIMPLEX:
            inside = _is_simplex(block)
        elif kind == CORRELATION:
            inside = _is_factor(block)
        else:
            inside = _is_between(kind, low[x0 : x0 + nx], high[x0 : x0 + nx], block)
        if not inside:
            return False
    return True


@kernel
def _is_between(kind, low, high, x):
    """Between bounds, or not decreasing."""
    for i in range(x.size):
        if (kind == LOWER or kind == INTERVAL) and x[i] < low[i]:
            return False
        if (kind == UPPER or kind == INTERVAL) and x[i] > high[i]:
            return False
        if kind == ORDERED and i > 0 and x[i] < x[i - 1]:
            return False
    return True


@kernel
def _is_simplex(x):
    """Not negative, sum one."""
    total = 0.0
    for i in range(x.size):
        if x[i] < 0.0:
            return False
        total += x[i]
    return abs(total - 1.0) < TOLERANCE


@kernel
def _is_factor(x):
    """Rows of length one, no negative diagonal."""
    order = int(round(math.sqrt(x.size)))
    for i in range(order):
        squares = 0.0
        for j in range(i + 1):
            squares += x[i * order + j] * x[i * order + j]
        if x[i * order + i] < 0.0 or not abs(squares - 1.0) < TOLERANCE:
            return False
    return True
