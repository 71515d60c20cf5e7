"""A first simple graph with given degrees.

V. Havel (1955); S. L. Hakimi, Journal of SIAM 10 (1962); of a directed graph D. Kleitman, D. Wang, Discrete Mathematics 6 (1973).
"""

import heapq

import numpy as np

from statsim.errors import ArgumentError


def _require_range(degrees, name):
    n = len(degrees)
    bad = np.flatnonzero((degrees < 0) | (degrees >= max(n, 1)))
    if bad.size:
        raise ArgumentError(f"degrees must lie in 0..{max(n - 1, 0)} for {n} nodes, got {name}[{bad[0]}] = {degrees[bad[0]]}")


def first_graph(degrees):
    """Edges (m, 2) of a simple graph with these degrees: the node of most missing edges is joined to those that come next.

    Raises
    ------
    ArgumentError
        When there is none (P. Erdos, T. Gallai 1960).
    """
    _require_range(degrees, "degrees")
    if int(degrees.sum()) % 2:
        raise ArgumentError(f"degrees must have an even sum, two for each edge, got {int(degrees.sum())}")
    heap, edges = [(-d, i) for i, d in enumerate(degrees.tolist()) if d], []
    heapq.heapify(heap)
    while heap:
        missing, i = heapq.heappop(heap)
        if len(heap) < -missing:
            raise ArgumentError(f"no simple graph has these degrees: node {i} needs {-missing} more edges than the others can take (Erdos-Gallai)")
        partners = [heapq.heappop(heap) for _ in range(-missing)]
        edges += [(min(i, j), max(i, j)) for _, j in partners]
        for left, j in partners:
            if left + 1:
                heapq.heappush(heap, (left + 1, j))
    return np.array(sorted(edges), np.int64).reshape(-1, 2)


def first_directed_graph(out, into):
    """Edges (m, 2) in rising order of a simple directed graph: each node in turn sends its edges to those that still need most.

    Among equal needs those with more edges to send come first, which makes the choice right whenever any is.

    Raises
    ------
    ArgumentError
        When there is none.
    """
    _require_range(out, "degrees[0]")
    _require_range(into, "degrees[1]")
    if int(out.sum()) != int(into.sum()):
        raise ArgumentError(f"degrees must have one sum for out and in, got {int(out.sum())} and {int(into.sum())}; every edge leaves one node and enters one")
    need, send, edges = into.tolist(), out.tolist(), []
    heap = [(-need[i], -send[i], i) for i in range(len(need)) if need[i]]
    heapq.heapify(heap)
    for i in np.flatnonzero(out).tolist():
        chosen, aside = [], []
        while len(chosen) < out[i]:
            if not heap:
                raise ArgumentError(f"no simple directed graph has these degrees: node {i} has {int(out[i])} edges to send, but only {len(chosen)} other nodes can take one")
            entry = heapq.heappop(heap)
            if entry[:2] == (-need[entry[2]], -send[entry[2]]):  # else a newer entry of this node stands elsewhere
                (aside if entry[2] == i else chosen).append(entry[2])
        send[i] = 0
        edges += [(i, j) for j in chosen]
        for j in chosen:
            need[j] -= 1
        for j in {*chosen, *aside, i}:
            if need[j]:
                heapq.heappush(heap, (-need[j], -send[j], j))
    return np.array(sorted(edges), np.int64).reshape(-1, 2)
