"""Sweeps of a Gibbs sampler: Geman, Geman (1984), IEEE PAMI 6; scans as in Liu, Wong, Kong (1995), JRSS B 57.

A plan has one row for each move, (kind, address or coordinate, begin, end): an update called by address with the words
[begin, end) of `tables`; a coordinate moved by slices, its width in `widths`; or a coordinate with the values [begin, end) of `values`.
"""

import math

import numpy as np

from statsim.kernels.gibbs.closed_support import is_within
from statsim.kernels.gibbs.coordinate_density import density_at
from statsim.kernels.gibbs.enumerate_coordinate import enumerate_coordinate
from statsim.kernels.gibbs.slice_coordinate import slice_coordinate
from statsim.kernels.jit import kernel
from statsim.kernels.streams import uniform
from statsim.kernels.targets.call import call_by_address

UPDATE, SLICE, ENUMERATE = range(3)


@kernel
def advance_gibbs(context, plan, tables, choices, widths, random, x, random_scan, adapting, with_density, out, stats):
    """Sweeps out.shape[0] times; writes x into the rows of `out` (n, d) and the log density into `stats` (n, 1).

    widths (moves, 2): the width of each slice move, and its number of adaptations. Returns (status, sweeps done, move):
    status 1 where `move` failed, 2 where it left x outside the support or not finite. A sweep that ends badly is made again from
    its start with a look at x after each move, so that looking costs one pass over x in a sweep, not one in a move.
    """
    scratch = np.empty(max(1, choices.size))
    x_before, random_before, widths_before = x.copy(), random.copy(), widths.copy()
    for n in range(out.shape[0]):
        x_before[:], random_before[:], widths_before[:] = x, random, widths
        status, m = _sweep(context, plan, tables, choices, widths, random, x, random_scan, adapting, scratch, False)
        if status or not is_within(context[3], context[4], context[5], x):
            x[:], random[:], widths[:] = x_before, random_before, widths_before
            status, m = _sweep(context, plan, tables, choices, widths, random, x, random_scan, adapting, scratch, True)
        if status:
            return status, n, m
        out[n] = x
        stats[n, 0] = density_at(context, x) if with_density else math.nan
    return 0, out.shape[0], -1


@kernel
def _sweep(context, plan, tables, choices, widths, random, x, random_scan, adapting, scratch, looking):
    """As many moves as there are rows in the plan; (0, -1), or a status and the move that it is about."""
    moves = plan.shape[0]
    for turn in range(moves):
        m = int(uniform(random) * moves) if random_scan else turn
        if not _move(context, plan, tables, choices, widths, random, x, m, adapting, scratch):
            return 1, m
        if looking and not is_within(context[3], context[4], context[5], x):
            return 2, m
    return 0, -1


@kernel
def _move(context, plan, tables, choices, widths, random, x, m, adapting, scratch):
    """Make move number m; False where it failed."""
    kind, what, begin, end = plan[m, 0], plan[m, 1], plan[m, 2], plan[m, 3]
    if kind == UPDATE:
        failed = call_by_address(what, x, random, tables[begin:end])
        return failed == 0.0
    if kind == ENUMERATE:
        failed = enumerate_coordinate(context, x, what, choices[begin:end], random, scratch[begin:end])
        return failed == 0.0
    moved = slice_coordinate(context, x, what, widths[m, 0], random)
    if adapting and moved == moved:
        widths[m, 1] += 1.0
        widths[m, 0] += (3.0 * moved - widths[m, 0]) / (widths[m, 1] + 10.0)  # the mean move is about a third of a good width
    return moved == moved
