"""Draws under a hull of exponentials with a squeeze of chords, the two frozen while a block is drawn.

Gilks, Wild (1992), Adaptive rejection sampling for Gibbs sampling, Applied Statistics 41(2). A piece of the hull is an
exponential that falls away from its higher end c: log hull = top - rate |x - c|, on `width` (which may be infinite) in direction
`side` of c.
"""

import numpy as np

from statsim.kernels.elementary import log, log1p
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block, uniform, uniform_open
from statsim.kernels.targets.call import call_by_address
from statsim.kernels.variates.categorical import categorical_alias

SLACK = 1e-9


@inlined
def truncated_exponential(u, rate, width, drop):
    """Distance from the high end of a piece: the inverse distribution function of exp(-rate d), 0 <= d <= width; drop is expm1(-rate width)."""
    if rate * width < 1e-8:
        return u * width
    return min(-log1p(u * drop) / rate, width)


@kernel
def fill_under_hull(context, shift, key, block, block_rows, threshold, alias, pieces, chords, rows, places, report):
    """Draw one block of candidates; returns how many were accepted.

    Parameters
    ----------
    context : tuple
        See `statsim.kernels.targets.evaluate`.
    shift : float64
        What the log density is less in the hull.
    key : (2,) uint64
    block, block_rows : int64
    threshold, alias : (k,)
        Alias table of the areas of the pieces.
    pieces : (k, 6)
        c, top, rate, side, width, expm1(-rate width).
    chords : (k, 3)
        The squeeze over each piece: origin, value there, slope; value minus infinity where there is none.
    rows, places : (block_rows,)
        Filled: accepted values, and which candidates they were.
    report : (5,)
        Filled: evaluations; place, point, log density and hull (or squeeze) of the first candidate that contradicts the
        hull, place -1 where there is none.
    """
    state, point = np.empty(4, np.uint64), np.empty(1)
    seed_block(key[0], key[1], np.uint64(block), state)
    count = 0
    report[0], report[1] = 0.0, -1.0
    for i in range(block_rows):
        j = categorical_alias(state, threshold, alias)
        d = truncated_exponential(uniform(state), pieces[j, 2], pieces[j, 4], pieces[j, 5])
        x = pieces[j, 0] + pieces[j, 3] * d
        hull = pieces[j, 1] - pieces[j, 2] * d
        squeeze = chords[j, 1] + chords[j, 2] * (x - chords[j, 0])
        height = hull + log(uniform_open(state))
        accepted = height < squeeze
        if not accepted:
            point[0] = x
            value = call_by_address(context[0], point, context[6][1], context[2]) - shift
            report[0] += 1.0
            slack = SLACK + 1e-12 * (abs(hull) + abs(pieces[j, 2] * x))
            if not (squeeze - slack <= value <= hull + slack):
                report[1], report[2], report[3], report[4] = i, x, value, squeeze if value < squeeze else hull
                return count
            accepted = height < value
        if accepted:
            rows[count], places[count] = x, i
            count += 1
    return count
