r"""Edges with a weight for each node, in time linear in nodes and edges: :math:`\lambda_{ij} = s\, a_i b_j`.

The probability is :math:`\min(1, \lambda)`, or that of at least one edge of a Poisson number, :math:`1 - e^{-\lambda}`. J. C. Miller, A. Hagberg, "Efficient
generation of networks with given expected degrees", WAW 2011, LNCS 6732: with the columns in falling order of b, a row skips as if every
further column had the probability p of the present one, and takes the column it lands on with probability q / p, q its own.
Rows are cut into stripes, each with a stream of its own.
"""

import numpy as np

from statsim.kernels.elementary import expm1, log, log1p
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import uniform, uniform_open


@inlined
def _probability(rate, is_poisson):
    return -expm1(-rate) if is_poisson else min(1.0, rate)


@inlined
def _row_edges(state, scaled, weights, nodes, column, node, is_ordered, allow_loops, is_poisson, edges, at):
    """Edges of one row among the columns from `column` on; where the next goes, or -1 where there is no room."""
    n = weights.size
    rate = scaled * weights[column] if column < n else 0.0
    p = _probability(rate, is_poisson)
    while p > 0.0:
        if p < 1.0:
            gap = np.floor(log(uniform_open(state)) / (-rate if is_poisson else log1p(-p)))
            if gap >= n - column:
                return at
            column += np.int64(gap)
        rate = scaled * weights[column]
        q = _probability(rate, is_poisson)
        taken = True if q == p else uniform(state) * p < q
        other = nodes[column]
        if taken and (allow_loops or other != node):
            if at == edges.shape[0]:
                return -1
            swapped = not is_ordered and other < node
            edges[at, 0], edges[at, 1] = (other, node) if swapped else (node, other)
            at += 1
        column += 1
        if column >= n:
            return at
        p = q
    return at


@kernel
def fill_weighted_stripe(key, graph, stripe, region, begin, end, edges, at):
    """Edges of the rows begin..end - 1 of a region; where the next goes, or -1 where `edges` (capacity, 2) is full.

    Parameters
    ----------
    key : (2,) uint64
    graph, stripe, begin, end : int64
    region : tuple
        scale, row weights and nodes, column weights (falling) and nodes, is_triangle (rows and columns are the same: columns after the row),
        is_ordered (an edge keeps its direction), allow_loops, is_poisson.
    edges : (capacity, 2) int64
    at : int64
    """
    scale, row_weights, row_nodes, column_weights, column_nodes, is_triangle, is_ordered, allow_loops, is_poisson = region
    state = np.empty(4, np.uint64)
    seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(stripe), state)
    for row in range(begin, end):
        column = (row if allow_loops else row + 1) if is_triangle else 0
        scaled = scale * row_weights[row]
        at = _row_edges(state, scaled, column_weights, column_nodes, column, row_nodes[row], is_ordered, allow_loops, is_poisson, edges, at)
        if at < 0:
            return at
    return at


@kernel
def expected_edges(region):
    """An upper bound of the expected edges of a region: the sum of the rates, each row cut at its width."""
    scale, row_weights, _, column_weights, _, is_triangle, _, allow_loops, _ = region
    total, tail = 0.0, 0.0
    for j in range(column_weights.size):
        tail += column_weights[j]
    for i in range(row_weights.size):
        if is_triangle and not allow_loops:
            tail -= column_weights[i]
        total += min(scale * row_weights[i] * max(tail, 0.0), np.float64(column_weights.size))
        if is_triangle and allow_loops:
            tail -= column_weights[i]
    return total


@kernel
def no_edge_log_likelihood(region):
    """(sum of log(1 - p) over the pairs with p < 1, how many pairs have p = 1) of a region as `fill_weighted_stripe` takes it."""
    scale, row_weights, row_nodes, column_weights, column_nodes, is_triangle, _, allow_loops, is_poisson = region
    total, certain = 0.0, 0
    for i in range(row_weights.size):
        start = (i if allow_loops else i + 1) if is_triangle else 0
        for j in range(start, column_weights.size):
            if allow_loops or row_nodes[i] != column_nodes[j]:
                rate = scale * row_weights[i] * column_weights[j]
                if is_poisson:
                    total -= rate
                elif rate < 1.0:
                    total += log1p(-rate)
                else:
                    certain += 1
    return total, certain
