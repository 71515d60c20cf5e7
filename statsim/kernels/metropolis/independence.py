"""A stretch of an independence sampler, whose proposals are drawn beforehand.

Hastings (1970), Biometrika 57; Tierney (1994), Ann. Statist. 22. A proposal is taken with probability min(1, w(x') / w(x)), w = p / q; all in the
user's coordinates, where no Jacobian is needed.
"""

import math

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.metropolis.accept import DONE, WRONG, acceptance
from statsim.kernels.streams import uniform
from statsim.kernels.targets.call import call_by_address
from statsim.kernels.targets.transforms import is_inside, unconstrain

LOG_DENSITY, LOG_WEIGHT = range(2)


@inlined
def log_density_at(context, x):
    """log p(x); minus infinity outside the support, NaN where the target is wrong."""
    if context[3].shape[0] > 0 and not is_inside(context[3], context[4], context[5], x):
        return -math.inf
    value = call_by_address(context[0], x, context[6][1], context[2])
    return value if value < math.inf else math.nan


@kernel
def place(context, x, y):
    """Write the unconstrained y of x."""
    if context[3].shape[0] == 0:
        y[:] = x
    else:
        unconstrain(context[3], context[4], context[5], x, y)


@kernel
def advance_independence(context, random, point, x, numbers, proposals, log_q, values, stats):
    """Make `len(values)` draws.

    Parameters
    ----------
    context : see `statsim.kernels.targets.evaluate`
    random : (4,) uint64
    point : (1, reals), x : (dim,)
        Present point, unconstrained and as the user sees it; replaced.
    numbers : (2,)
        Log density at x, and log of p / q there; replaced.
    proposals : (n, dim), log_q : (n,)
        Points drawn from q, and its log density there.
    values : (n, dim), stats : (n, 4)
        Filled; statistics are log density, acceptance, evaluations and log weight.

    Returns
    -------
    status : int
        1 when the target is wrong at the point that now stands in `point[0]`.
    done : int
    """
    for n in range(values.shape[0]):
        value = log_density_at(context, proposals[n])
        if value != value:
            place(context, proposals[n], point[0])
            return WRONG, n
        accepted = acceptance(value - log_q[n] - numbers[LOG_WEIGHT])
        if uniform(random) < accepted:
            x[:] = proposals[n]
            numbers[LOG_DENSITY], numbers[LOG_WEIGHT] = value, value - log_q[n]
            place(context, x, point[0])
        values[n] = x
        stats[n, 0], stats[n, 1], stats[n, 2], stats[n, 3] = numbers[LOG_DENSITY], accepted, 1.0, numbers[LOG_WEIGHT]
    return DONE, values.shape[0]


@kernel
def points_at(context, points, values):
    """`log_density_at` each row of `points` (n, dim), into `values` (n,)."""
    for n in range(values.size):
        values[n] = log_density_at(context, points[n])
