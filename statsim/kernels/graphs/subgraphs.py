"""Subgraphs of an undirected graph on a matrix of zeros and ones: edges, two-stars, three-stars, triangles, and what one edge adds to them.

O. Frank, D. Strauss, "Markov graphs", JASA 81 (1986). A k-star is a node with k of its edges. `adjacency` (n, n) uint8 is symmetric with a
diagonal of zeros; degrees (n,) int64.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel

EDGES, TWO_STARS, THREE_STARS, TRIANGLES = 0, 1, 2, 3


@inlined
def common_neighbours(adjacency, i, j):
    """Nodes joined to both i and j."""
    shared = np.int64(0)
    for k in range(adjacency.shape[0]):
        shared += np.int64(adjacency[i, k] & adjacency[j, k])
    return shared


@inlined
def added_by_edge(adjacency, degrees, i, j, with_triangles, change):
    """Write into change (4,) what the edge i, j adds to the four counts, whether or not it is there."""
    there = np.int64(adjacency[i, j])
    a, b = degrees[i] - there, degrees[j] - there
    change[EDGES] = 1.0
    change[TWO_STARS] = np.float64(a + b)
    change[THREE_STARS] = 0.5 * np.float64(a * (a - 1) + b * (b - 1))
    change[TRIANGLES] = np.float64(common_neighbours(adjacency, i, j)) if with_triangles else 0.0


@kernel
def count_subgraphs(adjacency, out):
    """Write the four counts into out (4,)."""
    n = adjacency.shape[0]
    out[:] = 0.0
    for i in range(n):
        degree = np.int64(0)
        for j in range(n):
            degree += np.int64(adjacency[i, j])
            if j > i and adjacency[i, j]:
                out[EDGES] += 1.0
                out[TRIANGLES] += np.float64(common_neighbours(adjacency, i, j))
        d = np.float64(degree)
        out[TWO_STARS] += 0.5 * d * (d - 1.0)
        out[THREE_STARS] += d * (d - 1.0) * (d - 2.0) / 6.0
    out[TRIANGLES] /= 3.0


@kernel
def count_subgraphs_of_rows(rows, n, out):
    """The four counts (m, 4) of graphs on n nodes given as rows (m, n (n - 1) / 2) of pairs in the order (0, 1), (0, 2), ..."""
    adjacency = np.zeros((n, n), np.uint8)
    for r in range(rows.shape[0]):
        set_pairs(rows[r], adjacency)
        count_subgraphs(adjacency, out[r])


@kernel
def set_pairs(x, adjacency):
    """Fill the symmetric `adjacency` (n, n) from pairs x (n (n - 1) / 2,)."""
    at = 0
    for i in range(adjacency.shape[0]):
        adjacency[i, i] = 0
        for j in range(i + 1, adjacency.shape[0]):
            bit = np.uint8(1) if x[at] != 0.0 else np.uint8(0)
            adjacency[i, j], adjacency[j, i] = bit, bit
            at += 1


@kernel
def get_pairs(adjacency, x):
    """Write the pairs of `adjacency` into x (n (n - 1) / 2,)."""
    at = 0
    for i in range(adjacency.shape[0]):
        for j in range(i + 1, adjacency.shape[0]):
            x[at] = np.float64(adjacency[i, j])
            at += 1


@kernel
def enumerate_subgraphs(n, out):
    """The four counts (2 ** (n (n - 1) / 2), 4) of every graph on n nodes; bit b of the number is pair b."""
    adjacency = np.zeros((n, n), np.uint8)
    for number in range(out.shape[0]):
        at = 0
        for i in range(n):
            for j in range(i + 1, n):
                bit = np.uint8((number >> at) & 1)
                adjacency[i, j], adjacency[j, i] = bit, bit
                at += 1
        count_subgraphs(adjacency, out[number])


@kernel
def fill_changes(adjacency, degrees, out):
    """What the edge of each pair adds to the four counts, (N, 4) in the order (0, 1), (0, 2), ..."""
    at = 0
    for i in range(adjacency.shape[0]):
        for j in range(i + 1, adjacency.shape[0]):
            added_by_edge(adjacency, degrees, i, j, True, out[at])
            at += 1
