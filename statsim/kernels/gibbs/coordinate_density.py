"""The log density of a target as a function of one constrained coordinate: what slice and enumeration moves look at."""

import math

from statsim.kernels.jit import inlined
from statsim.kernels.targets.call import call_by_address
from statsim.kernels.targets.transforms import is_inside


@inlined
def density_at(context, x):
    """log p(x) at constrained x, minus infinity off the support; NaN or plus infinity mean that the target is wrong."""
    if context[3].shape[0] > 0 and not is_inside(context[3], context[4], context[5], x):
        return -math.inf
    return call_by_address(context[0], x, context[6][1], context[2])
