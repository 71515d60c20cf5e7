"""Disjoint sets with path halving and union by size: R. E. Tarjan, J. van Leeuwen, "Worst-case analysis of set union algorithms", JACM 31 (1984).

parent (n,) int32: a root holds minus the size of its set, any other node a node nearer to its root.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel


@inlined
def find(parent, x):
    """Root of x; each second link on the way is shortened."""
    up = parent[x]
    while up >= 0:
        above = parent[up]
        if above < 0:
            return up
        parent[x] = above
        x = above
        up = parent[x]
    return np.int32(x)


@inlined
def unite(parent, a, b):
    """Join the sets of the different roots a and b."""
    if parent[a] <= parent[b]:
        parent[a] += parent[b]
        parent[b] = a
    else:
        parent[b] += parent[a]
        parent[a] = b


@kernel
def label_components(edges, n, labels):
    """Write the number of its component into labels (n,) int64 for each node, in the order of their first nodes; the count of components."""
    parent = np.full(n, -1, np.int32)
    for e in range(edges.shape[0]):
        a, b = find(parent, edges[e, 0]), find(parent, edges[e, 1])
        if a != b:
            unite(parent, a, b)
    names = np.full(n, -1, np.int64)
    count = 0
    for i in range(n):
        root = find(parent, i)
        if names[root] < 0:
            names[root] = count
            count += 1
        labels[i] = names[root]
    return count
