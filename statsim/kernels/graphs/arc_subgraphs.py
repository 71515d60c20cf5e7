r"""Subgraphs of a directed graph on a matrix of zeros and ones, and what one arc adds to them.

M. Morris, M. Handcock, D. Hunter, "Specification of exponential-family random graph models", Journal of Statistical Software 24(4) (2008): arcs; mutual
pairs, both i to j and j to i; two-stars out and in, a node with two of its arcs; transitive triples i to j, j to k, i to k; cyclic triples i to j, j to k, k to i.
`adjacency` (n, n) uint8 has a diagonal of zeros; degrees (2, n) int64 are out and in.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel

EDGES, MUTUAL, OUT_STARS, IN_STARS, TRANSITIVE, CYCLIC = 0, 1, 2, 3, 4, 5
N_COUNTS = 6


@inlined
def added_by_arc(adjacency, degrees, i, j, with_triples, change):
    """Write into change (6,) what the arc i to j adds to the six counts, whether or not it is there."""
    there = np.int64(adjacency[i, j])
    change[EDGES] = 1.0
    change[MUTUAL] = np.float64(adjacency[j, i])
    change[OUT_STARS] = np.float64(degrees[0, i] - there)
    change[IN_STARS] = np.float64(degrees[1, j] - there)
    transitive, cyclic = np.int64(0), np.int64(0)
    if with_triples:
        for k in range(adjacency.shape[0]):
            from_i, to_i, from_j, to_j = adjacency[i, k], adjacency[k, i], adjacency[j, k], adjacency[k, j]
            transitive += np.int64(from_i & to_j) + np.int64(from_i & from_j) + np.int64(to_i & to_j)
            cyclic += np.int64(from_j & to_i)
    change[TRANSITIVE] = np.float64(transitive)
    change[CYCLIC] = np.float64(cyclic)


@kernel
def count_arc_degrees(adjacency, degrees):
    """Write the degrees (2, n), out and in."""
    degrees[:] = 0
    for i in range(adjacency.shape[0]):
        for j in range(adjacency.shape[0]):
            degrees[0, i] += np.int64(adjacency[i, j])
            degrees[1, j] += np.int64(adjacency[i, j])


@kernel
def count_arc_subgraphs(adjacency, out):
    """Write the six counts into out (6,)."""
    n = adjacency.shape[0]
    degrees, change = np.empty((2, n), np.int64), np.empty(N_COUNTS)
    count_arc_degrees(adjacency, degrees)
    out[:] = 0.0
    for i in range(n):
        for j in range(n):
            if adjacency[i, j]:
                added_by_arc(adjacency, degrees, i, j, True, change)
                for k in range(N_COUNTS):
                    out[k] += change[k]
    for k in range(MUTUAL, IN_STARS + 1):
        out[k] /= 2.0  # each was met at both of its arcs
    out[TRANSITIVE] /= 3.0
    out[CYCLIC] /= 3.0


@kernel
def set_arcs(x, adjacency):
    """Fill `adjacency` (n, n) from pairs x (n (n - 1),) in the order (0, 1), (0, 2), ..., (1, 0), ..."""
    at = 0
    for i in range(adjacency.shape[0]):
        for j in range(adjacency.shape[0]):
            adjacency[i, j] = 0
            if i != j:
                adjacency[i, j] = np.uint8(1) if x[at] != 0.0 else np.uint8(0)
                at += 1


@kernel
def get_arcs(adjacency, x):
    """Write the pairs of `adjacency` into x (n (n - 1),)."""
    at = 0
    for i in range(adjacency.shape[0]):
        for j in range(adjacency.shape[0]):
            if i != j:
                x[at] = np.float64(adjacency[i, j])
                at += 1


@kernel
def enumerate_arc_subgraphs(n, out):
    """The six counts (2 ** (n (n - 1)), 6) of every directed graph on n nodes; bit b of the number is pair b."""
    adjacency, x = np.zeros((n, n), np.uint8), np.empty(n * (n - 1))
    for number in range(out.shape[0]):
        for b in range(x.size):
            x[b] = np.float64((number >> b) & 1)
        set_arcs(x, adjacency)
        count_arc_subgraphs(adjacency, out[number])


@kernel
def fill_arc_changes(adjacency, degrees, out):
    """What the arc of each pair adds to the six counts, (n (n - 1), 6); `degrees` (2, n)."""
    at = 0
    for i in range(adjacency.shape[0]):
        for j in range(adjacency.shape[0]):
            if i != j:
                added_by_arc(adjacency, degrees, i, j, True, out[at])
                at += 1
