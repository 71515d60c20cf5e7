r"""Swaps that keep every degree: edges a-b and c-d become a-d and c-b, unless that makes a loop or a second edge.

R. Taylor, "Constrained switchings in graphs", Combinatorial Mathematics VIII (1981): on simple graphs of given degrees the swaps reach every
one; two edges and an orientation are drawn uniformly, so that steps are symmetric and a refused step stays: the law is uniform in
the limit. Edges stand in a list and in a table of keys with linear probing (D. Knuth, TAOCP 3, section 6.4, algorithms L and R).
"""

import numpy as np

from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import next_uint64
from statsim.kernels.variates.bounded_integers import integer_below

_MIX = np.uint64(0x9E3779B97F4A7C15)
_ONE = np.uint64(1)
_SHIFT = np.uint64(32)


@inlined
def _key(i, j, n):
    return (i * n + j if i < j else j * n + i) + 1  # 0 is an empty place


@inlined
def _home(key, mask):
    return np.int64((np.uint64(key) * _MIX) >> _SHIFT) & mask


@kernel
def table_find(table, key):
    """Place of `key`, or of the empty place where it would go."""
    mask = np.int64(table.size - 1)
    at = _home(key, mask)
    while table[at] != 0 and table[at] != key:
        at = (at + 1) & mask
    return at


@kernel
def table_remove(table, key):
    """Take `key` out and move up what stood behind it."""
    mask = np.int64(table.size - 1)
    hole = table_find(table, key)
    at = hole
    while True:
        at = (at + 1) & mask
        if table[at] == 0:
            break
        if ((at - _home(table[at], mask)) & mask) >= ((at - hole) & mask):
            table[hole] = table[at]
            hole = at
    table[hole] = 0


@kernel
def swap_edges(state, n, swaps, edges, table):
    """Try `swaps` swaps of `edges` (m, 2), each with its smaller node first; `table` holds their keys. How many were made."""
    m, made = edges.shape[0], 0
    for _ in range(swaps):
        e, f = integer_below(state, m), integer_below(state, m)
        turned = next_uint64(state) & _ONE
        a, b = edges[e, 0], edges[e, 1]
        c, d = (edges[f, 1], edges[f, 0]) if turned else (edges[f, 0], edges[f, 1])
        if a == d or c == b or a == c or b == d:
            continue
        first, second = _key(a, d, n), _key(c, b, n)
        if table[table_find(table, first)] == first or table[table_find(table, second)] == second:
            continue
        table_remove(table, _key(a, b, n))
        table_remove(table, _key(c, d, n))
        table[table_find(table, first)] = first
        table[table_find(table, second)] = second
        edges[e, 0], edges[e, 1] = min(a, d), max(a, d)
        edges[f, 0], edges[f, 1] = min(c, b), max(c, b)
        made += 1
    return made


@kernel
def fill_swapped(key, graph, n, swaps, edges):
    """Swap the edges of graph number `graph` in place; how many swaps were made."""
    m = edges.shape[0]
    size = 4
    while size < 2 * m:
        size *= 2
    table = np.zeros(size, np.int64)
    for e in range(m):
        own = _key(edges[e, 0], edges[e, 1], n)
        table[table_find(table, own)] = own
    state = np.empty(4, np.uint64)
    seed_stripe(key[0], key[1], np.uint64(graph), np.uint64(0), state)
    return swap_edges(state, n, swaps, edges, table) if m > 1 else 0
