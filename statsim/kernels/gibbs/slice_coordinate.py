"""One coordinate by slice sampling: Neal (2003), Slice sampling, Annals of Statistics 31, figures 3 (stepping out) and 5 (shrinkage).

A height below the density at the present point is drawn, an interval of the slice is found by stepping out from a randomly
placed one of width w, and points are drawn in it, each miss shrinking it, until one is on the slice.
"""

import math

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.gibbs.coordinate_density import density_at
from statsim.kernels.jit import kernel
from statsim.kernels.streams import uniform, uniform_open

STEPS, SHRINKS = 1000, 2000
"""Steps out are limited (Neal's m, shared between the sides at random, which keeps the law); shrinking ends long before."""


@kernel
def slice_coordinate(context, x, i, width, random):
    """Replace x[i] by a draw that leaves its conditional law invariant; return how far it moved, NaN where the target is wrong."""
    here = x[i]
    level = density_at(context, x)
    if not abs(level) < math.inf:
        return math.nan
    level += log(uniform_open(random))
    left = here - width * uniform(random)
    right = left + width
    outward_left = int(STEPS * uniform(random))
    left = _stepped_out(context, x, i, left, -width, outward_left, level)
    if left != left:
        return math.nan
    right = _stepped_out(context, x, i, right, width, STEPS - 1 - outward_left, level)
    if right != right:
        return math.nan
    for _ in range(SHRINKS):
        x[i] = left + (right - left) * uniform(random)
        value = density_at(context, x)
        if not value < math.inf:
            return math.nan
        if value >= level:
            return abs(x[i] - here)
        if x[i] < here:
            left = x[i]
        else:
            right = x[i]
    x[i] = here
    return 0.0


@kernel
def _stepped_out(context, x, i, edge, step, most, level):
    """`edge` moved by `step` until it is off the slice, at most `most` times; NaN where the target is wrong, which x then shows."""
    for _ in range(most):
        x[i] = edge
        value = density_at(context, x)
        if not value < math.inf:
            return math.nan
        if value < level:
            break
        edge += step
    return edge
