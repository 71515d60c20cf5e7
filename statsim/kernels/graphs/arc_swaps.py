r"""Moves that keep every out-degree and in-degree: swaps of two arcs, and reversals of a cycle of three.

a to b and c to d become a to d and c to b; a to b to c to a becomes a to c to b to a. Swaps alone do not reach every simple directed graph, both together do:
A. Rao, R. Jana, S. Bandyopadhyay, "A Markov chain Monte Carlo method for generating random (0, 1)-matrices with given marginals", Sankhya A 58 (1996).
A swap draws two arcs uniformly. A reversal draws an arc a to b, an arc b to c of those that leave b, and needs c to a: since out-degrees are fixed, the
cycle and its reverse are drawn alike, with probability sum of 1 / (m out-degree) over its three nodes. Steps are symmetric and a refused one stays: the law is uniform in the limit.

Arcs stand by their sources: those of node i go to targets[bounds[i]:bounds[i + 1]], and a move changes targets alone.
"""

import numpy as np

from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.graphs.swaps import table_find, table_remove
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import next_uint64
from statsim.kernels.variates.bounded_integers import integer_below

_ONE = np.uint64(1)


@inlined
def _key(i, j, n):
    return i * n + j + 1  # 0 is an empty place


@inlined
def _has(table, i, j, n):
    key = i * n + j + 1
    return table[table_find(table, key)] == key


@inlined
def _turn(table, targets, slot, source, target, n):
    """The arc in `slot` goes to `target` instead."""
    table_remove(table, _key(source, targets[slot], n))
    key = _key(source, target, n)
    table[table_find(table, key)] = key
    targets[slot] = target


@inlined
def _swap(state, n, sources, targets, table):
    m = targets.size
    e, f = integer_below(state, m), integer_below(state, m)
    a, b, c, d = sources[e], targets[e], sources[f], targets[f]
    if a == c or b == d or a == d or c == b or _has(table, a, d, n) or _has(table, c, b, n):
        return 0
    _turn(table, targets, e, a, d, n)
    _turn(table, targets, f, c, b, n)
    return 1


@inlined
def _reverse(state, n, sources, targets, bounds, table):
    e = integer_below(state, targets.size)
    a, b = sources[e], targets[e]
    leaving = bounds[b + 1] - bounds[b]
    if leaving == 0:
        return 0
    f = bounds[b] + integer_below(state, leaving)
    c = targets[f]
    if c == a or not _has(table, c, a, n) or _has(table, b, a, n) or _has(table, c, b, n) or _has(table, a, c, n):
        return 0
    g = bounds[c]
    while targets[g] != a:
        g += 1
    _turn(table, targets, e, a, c, n)
    _turn(table, targets, f, b, a, n)
    _turn(table, targets, g, c, b, n)
    return 1


@kernel
def swap_arcs(state, n, moves, sources, targets, bounds, table):
    """Try `moves` moves of the arcs, a swap or a reversal with probability 1/2 each; `table` holds their keys. How many were made."""
    made = 0
    for _ in range(moves):
        if next_uint64(state) & _ONE:
            made += _swap(state, n, sources, targets, table)
        else:
            made += _reverse(state, n, sources, targets, bounds, table)
    return made


@kernel
def fill_swapped_arcs(key, graph, n, moves, sources, targets, bounds):
    """Move the arcs of graph number `graph`: `targets` (m,) changes; how many moves were made."""
    size = 4
    while size < 2 * targets.size:
        size *= 2
    table = np.zeros(size, np.int64)
    for e in range(targets.size):
        own = _key(sources[e], targets[e], n)
        table[table_find(table, own)] = own
    state = np.empty(4, np.uint64)
    seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(0), state)
    return swap_arcs(state, n, moves, sources, targets, bounds, table) if targets.size > 1 else 0
