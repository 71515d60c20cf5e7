"""Ratio of uniforms: points of a box, kept when they fall into the region of the density.

Kinderman, Monahan (1977), ACM TOMS 3(3); in d dimensions with power r: Wakefield, Gelfand, Smith (1991), Statistics and
Computing 1. With f scaled to maximum one, (u, v) uniform on the region 0 < u^(r d + 1) <= f(m + v / u^r) gives x = m + v / u^r
from f.
"""

import math

import numpy as np

from statsim.kernels.elementary import exp, log
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block, uniform, uniform_open
from statsim.kernels.targets.call import call_by_address
from statsim.kernels.targets.transforms import is_inside

SLACK = 1e-9


@inlined
def _draw_box(state, low, high, power, center, x):
    """Draw (u, v) from the box, write m + v / u^r into x, return log u."""
    log_u = log(uniform_open(state))
    scale = exp(-power * log_u)
    for j in range(x.size):
        x[j] = center[j] + scale * (low[j] + (high[j] - low[j]) * uniform(state))
    return log_u


@kernel
def _is_outside(context, x):
    for j in range(x.size):
        if not abs(x[j]) < math.inf:
            return True
    return context[3].shape[0] > 0 and not is_inside(context[3], context[4], context[5], x)


@kernel
def _escapes(x, value, center, low, high, power, root):
    """Which bound of the box the point of the region farthest out over x breaks: -1 none, 0 the maximum, 1 + j coordinate j."""
    if value > SLACK:
        return 0
    reach = exp(power * root * value)
    for j in range(x.size):
        v, slack = (x[j] - center[j]) * reach, SLACK * (high[j] - low[j])
        if not low[j] - slack <= v <= high[j] + slack:
            return 1 + j
    return -1


@kernel
def fill_ratio(context, shift, key, block, block_rows, center, low, high, power, rows, places, report):
    """Draw one block of candidates; returns how many were accepted.

    Parameters
    ----------
    context : tuple
        See `statsim.kernels.targets.evaluate`; the density is not asked outside its support.
    shift : float64
        The largest log density.
    key : (2,) uint64
    block, block_rows : int64
    center, low, high : (d,)
        m, and the box of v.
    power : float64
        r.
    rows : (block_rows, d), places : (block_rows,)
        Filled: accepted points, and which candidates they were.
    report : (4 + d,)
        Filled: evaluations; place of the first candidate that shows the box to be too small, -1 where there is none; its
        log density; which bound (see `_escapes`); the point.
    """
    d = center.size
    state, x = np.empty(4, np.uint64), np.empty(d)
    seed_block(key[0], key[1], np.uint64(block), state)
    root = 1.0 / (power * d + 1.0)
    count = 0
    report[0], report[1] = 0.0, -1.0
    for i in range(block_rows):
        log_u = _draw_box(state, low, high, power, center, x)
        if _is_outside(context, x):
            continue
        value = call_by_address(context[0], x, context[6][1], context[2]) - shift
        report[0] += 1.0
        broken = _escapes(x, value, center, low, high, power, root) if value == value else 0
        if broken >= 0:
            report[1], report[2], report[3], report[4:] = i, value, broken, x
            return count
        if log_u < root * value:
            rows[count], places[count] = x, i
            count += 1
    return count
