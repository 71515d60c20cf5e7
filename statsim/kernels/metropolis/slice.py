"""A stretch of a slice sampler, one coordinate after the other.

Neal (2003), Slice sampling, Ann. Statist. 31, figures 3 (stepping out, at most m widths) and 5 (shrinkage): a level below the density at
the point is drawn, an interval about the point is widened until its ends lie below the level, and points of it are drawn, the interval
shrinking to each refused one, until one lies above. In warm-up the width of a coordinate follows the mean move along it.
"""

import math

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.metropolis.accept import DONE, WRONG
from statsim.kernels.streams import uniform, uniform_open
from statsim.kernels.targets.evaluate import evaluate_value, record

LOG_DENSITY, SWEEPS = range(2)
WIDTH_PER_MOVE = 2.5  # a choice, not tuned: stepping out and shrinking correct any width, at the cost of evaluations
FORGETTING = 3.0  # sweep t of n counts as t^2
SHRINKS = 2000  # an interval is a point long before; ends a target that is not a function of its point


@inlined
def step_out(context, y, i, level, width, most, random, interval, tally):
    """Write an interval about y[i] into `interval` (2,); False where the target is wrong, which y then is. Figure 3."""
    here = y[i]
    interval[0] = here - width * uniform(random)
    interval[1] = interval[0] + width
    left = int(math.floor(most * uniform(random)))
    for side in range(2):
        steps = left if side == 0 else most - 1 - left
        move = -width if side == 0 else width
        while steps > 0:
            y[i] = interval[side]
            value = evaluate_value(context, y)
            tally[0] += 1.0
            if value != value:
                return False
            if value <= level:
                break
            interval[side] += move
            steps -= 1
    y[i] = here
    return True


@inlined
def shrink(context, y, i, level, present, random, interval, tally):
    """Move y[i] to a point of the interval above the level; its log density, NaN where the target is wrong. Figure 5."""
    here = y[i]
    for _ in range(SHRINKS):
        place = interval[0] + uniform(random) * (interval[1] - interval[0])
        if place == here:
            break
        y[i] = place
        value = evaluate_value(context, y)
        tally[0] += 1.0
        tally[1] += 1.0
        if value != value or value > level:
            return value
        if place < here:
            interval[0] = place
        else:
            interval[1] = place
    y[i] = here
    return present


@kernel
def sweep(context, y, present, widths, moves, most, random, interval, tally):
    """Move each coordinate of y once; the log density there, NaN where the target is wrong. `moves` (d,) receives the distances."""
    for i in range(y.size):
        here, level = y[i], present + log(uniform_open(random))
        if not step_out(context, y, i, level, widths[i], most, random, interval, tally):
            return math.nan
        present = shrink(context, y, i, level, present, random, interval, tally)
        if present != present:
            return present
        moves[i] = abs(y[i] - here)
    return present


@kernel
def advance_slice(context, random, point, numbers, widths, most, learn, sweeps, work, values, stats):
    """Make `len(values)` draws of `sweeps` sweeps each.

    Parameters
    ----------
    context : see `statsim.kernels.targets.evaluate`
    random : (4,) uint64
    point : (1, d)
        Present y; replaced.
    numbers : (2,)
        Log density at the point, sweeps that the widths were learned from; replaced.
    widths : (d,)
        Replaced where `learn`.
    most : int
        Widths that an interval has at most.
    work : (d,), (2,), (2,)
    values : (n, dim), stats : (n, 4)
        Filled; statistics are log density, share of points taken, mean width and evaluations.

    Returns
    -------
    status : int
        1 when the target is wrong at the point that now stands in `point[0]`.
    done : int
    """
    moves, interval, tally = work
    y = point[0]
    for n in range(values.shape[0]):
        tally[0], tally[1] = 0.0, 0.0
        width = widths.mean()
        for _ in range(sweeps):
            present = sweep(context, y, numbers[LOG_DENSITY], widths, moves, most, random, interval, tally)
            if present != present:
                return WRONG, n
            numbers[LOG_DENSITY] = present
            if learn:
                numbers[SWEEPS] += 1.0
                weight = FORGETTING / (numbers[SWEEPS] + FORGETTING)
                for i in range(y.size):
                    widths[i] += weight * (WIDTH_PER_MOVE * moves[i] - widths[i])
        jacobian = record(context, y, values[n])
        stats[n, 0] = numbers[LOG_DENSITY] - jacobian
        stats[n, 1] = sweeps * y.size / max(tally[1], 1.0)
        stats[n, 2], stats[n, 3] = width, tally[0]
    return DONE, values.shape[0]
