"""Spanning trees of least weight: J. B. Kruskal, Proceedings of the AMS 7 (1956), with a radix sort before and a forest of disjoint sets after.

Weights become 32-bit numbers on the line from the least to the largest, which keeps their order, and are sorted with their edge's number in
three passes of eleven bits; runs of equal numbers are put right by the weights themselves. Edges of equal weight keep their order.
"""

import numpy as np

from statsim.kernels.graphs.union_find import find, unite
from statsim.kernels.jit import inlined, kernel

_BITS, _CELLS = 11, 2048
_U32, _MASK, _LOW = np.uint64(32), np.uint64(2047), np.uint64(0xFFFFFFFF)
_SHORT = 32
_TOP = 4294967295.0


@kernel
def _pack(weights, packed, counts):
    """32-bit numbers above the edges' own, and how often each eleven bits occur."""
    least, largest = weights[0], weights[0]
    for e in range(weights.size):
        least, largest = min(least, weights[e]), max(largest, weights[e])
    half = 0.5 * least
    spread = 0.5 * largest - half
    scale = _TOP / spread if spread > 0.0 else 0.0
    scale = scale if scale < np.inf else 1.7e308
    for e in range(weights.size):
        number = np.uint64(np.int64(min((0.5 * weights[e] - half) * scale, _TOP)))
        packed[e] = (number << _U32) | np.uint64(e)
        counts[0, number & _MASK] += 1
        counts[1, (number >> np.uint64(_BITS)) & _MASK] += 1
        counts[2, number >> np.uint64(2 * _BITS)] += 1


@kernel
def _scatter(source, target, counts, shift):
    """One stable pass over eleven bits."""
    begin = np.int64(0)
    for c in range(counts.size):
        here = counts[c]
        counts[c] = begin
        begin += here
    for e in range(source.size):
        cell = (source[e] >> shift) & _MASK
        target[counts[cell]] = source[e]
        counts[cell] += 1


@inlined
def _put_right(packed, weights, begin, end):
    """Order packed[begin:end], all of one number, by weight; equal ones stay as they are."""
    if end - begin > _SHORT:
        run = packed[begin:end].copy()
        values = np.empty(run.size)
        for i in range(run.size):
            values[i] = weights[np.int64(run[i] & _LOW)]
        order = np.argsort(values, kind="mergesort")
        for i in range(run.size):
            packed[begin + i] = run[order[i]]
        return
    for i in range(begin + 1, end):
        word = packed[i]
        weight = weights[np.int64(word & _LOW)]
        at = i
        while at > begin and weights[np.int64(packed[at - 1] & _LOW)] > weight:
            packed[at] = packed[at - 1]
            at -= 1
        packed[at] = word


@kernel
def sort_edges(weights):
    """Words (m,) uint64 whose low halves are the edges in the order of rising weights."""
    m = weights.size
    packed, spare = np.empty(m, np.uint64), np.empty(m, np.uint64)
    counts = np.zeros((3, _CELLS), np.int64)
    if m == 0:
        return packed
    _pack(weights, packed, counts)
    _scatter(packed, spare, counts[0], _U32)
    _scatter(spare, packed, counts[1], np.uint64(32 + _BITS))
    _scatter(packed, spare, counts[2], np.uint64(32 + 2 * _BITS))
    begin = 0
    for e in range(1, m + 1):
        if e == m or (spare[e] >> _U32) != (spare[begin] >> _U32):
            if e - begin > 1:
                _put_right(spare, weights, begin, e)
            begin = e
    return spare


@kernel
def minimum_spanning_forest(edges, weights, n, chosen):
    """Write the numbers of the forest's edges into chosen (n,) int64, by rising weight; how many there are.

    Parameters
    ----------
    edges : (m, 2) int64
    weights : (m,)
        Finite; the least sum is found, so that negated weights give the largest.
    n : int64
        Nodes.
    """
    order = sort_edges(weights)
    parent = np.full(n, -1, np.int32)
    count = 0
    for k in range(order.size):
        e = np.int64(order[k] & _LOW)
        a, b = find(parent, edges[e, 0]), find(parent, edges[e, 1])
        if a != b:
            unite(parent, a, b)
            chosen[count] = e
            count += 1
            if count == n - 1:
                break
    return count
