r"""Edges of equal probability by geometric skipping: the time is that of the edges, not of the pairs.

V. Batagelj, U. Brandes, "Efficient generation of large random networks", Physical Review E 71, 036113 (2005): between two edges lie
:math:`G = \lfloor \log U / \log(1 - p) \rfloor` pairs without one, a geometric number. Below p = 2**-26 a double has too few bits for
that: G is then 2**32 times a geometric number of the parameter 1 - (1 - p)**(2**32) plus an independent geometric number cut at 2**32.
The pairs of a region are cut into stripes, each with a stream of its own. Gaps are made in batches: `log` runs over arrays as
vector instructions.
"""

import math

import numpy as np

from statsim.kernels.elementary import expm1, log, log1p
from statsim.kernels.graphs.pairs import column_of, locate, row_width
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform, uniform_open

BATCH = 256
RARE = 2.0**-26
_COARSE = 2.0**32
_FAR_ROWS = 8
_BEYOND = 9.3e18  # above every pair number: there is no next edge


@inlined
def _fill_gaps(state, p, gaps, count):
    """Whole numbers of pairs without an edge before the next `count` edges, as doubles in gaps (BATCH,)."""
    log_q = log1p(-p)
    if p < RARE:
        coarse = expm1(_COARSE * log_q)  # minus the probability of an edge among 2**32 pairs
        for i in range(count):
            far = np.floor(log(uniform_open(state)) / (_COARSE * log_q))
            gaps[i] = far * _COARSE + min(np.floor(log1p(uniform(state) * coarse) / log_q), _COARSE - 1.0)
        return
    inverse = 1.0 / log_q
    for i in range(count):
        gaps[i] = uniform_open(state)
    for i in range(count):
        gaps[i] = np.floor(log(gaps[i]) * inverse)


@inlined
def _batch(p, left):
    """Gaps worth making for `left` pairs: what is expected and a little more."""
    expected = p * np.float64(left)
    return BATCH if expected > BATCH else min(BATCH, np.int64(expected + 3.0 * math.sqrt(expected)) + 2)


@kernel
def fill_stripe(state, p, kind, n_columns, size, first, last, row_first, column_first, gaps, edges, at):
    """Write the edges among the pairs first..last - 1 of a region of `size` pairs into edges[at:]; where the next goes, or -1.

    0 < p <= 1; -1 when `edges` (capacity, 2) is full.
    """
    row, place = locate(kind, n_columns, size, first)
    width, number = row_width(kind, n_columns, row), first
    while True:
        count = _batch(p, last - number)
        _fill_gaps(state, p, gaps, count)
        for i in range(count):
            if gaps[i] >= _BEYOND:
                return at
            step = np.int64(gaps[i])
            if step >= last - number:
                return at
            number += step
            place += step
            if place >= width:
                if step > _FAR_ROWS * width:
                    row, place = locate(kind, n_columns, size, number)
                    width = row_width(kind, n_columns, row)
                while place >= width:
                    place -= width
                    row += 1
                    width = row_width(kind, n_columns, row)
            if at == edges.shape[0]:
                return -1
            edges[at, 0] = row_first + row
            edges[at, 1] = column_first + column_of(kind, row, place)
            at += 1
            number += 1
            place += 1
            if number >= last:
                return at


@kernel
def fill_stripes(key, graph, first, last, bounds, lengths, probabilities, kinds, shapes, edges, at):
    """Edges of the stripes first..last - 1 of graph number `graph`; (stripe to go on with, where its edges go).

    Parameters
    ----------
    key : (2,) uint64
    graph, first, last : int64
    bounds : (k + 1,) int64
        Stripes of region r are bounds[r]..bounds[r + 1] - 1.
    lengths : (k,) int64
        Pairs in a stripe of each region.
    probabilities : (k,)
        In (0, 1].
    kinds : (k,) int64
    shapes : (k, 4) int64
        Columns, pairs, first row and first column of each region.
    edges : (capacity, 2) int64
        Filled from row `at` on.

    Returns
    -------
    (int64, int64)
        The first is `last` when all is done, else the stripe for which `edges` had no room.
    """
    state, gaps = np.empty(4, np.uint64), np.empty(BATCH)
    region = 0
    for stripe in range(first, last):
        while stripe >= bounds[region + 1]:
            region += 1
        size = shapes[region, 1]
        begin = (stripe - bounds[region]) * lengths[region]
        end = begin + min(lengths[region], size - begin)
        seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(stripe), state)
        after = fill_stripe(
            state, probabilities[region], kinds[region], shapes[region, 0], size, begin, end, shapes[region, 2], shapes[region, 3], gaps, edges, at
        )
        if after < 0:
            return stripe, at
        at = after
    return last, at


@kernel
def relabel(edges, order, is_directed):
    """Put order[i] for each node i of `edges` (m, 2); an undirected edge has its smaller node first."""
    for e in range(edges.shape[0]):
        i, j = order[edges[e, 0]], order[edges[e, 1]]
        if not is_directed and i > j:
            i, j = j, i
        edges[e, 0], edges[e, 1] = i, j
