"""Triangles at each node: for each edge the common neighbours of its ends (T. Schank, D. Wagner, WEA 2005, LNCS 3503, the forward algorithm).

The graph is undirected, as neighbours of each node in rising order: those of i are columns[bounds[i]:bounds[i + 1]].
"""

import numpy as np

from statsim.kernels.jit import kernel


@kernel
def triangles_at_nodes(bounds, columns, out):
    """Write the triangles through each node into out (n,) int64."""
    out[:] = 0
    for i in range(out.size):
        for at in range(bounds[i], bounds[i + 1]):
            j = columns[at]
            if j <= i:
                continue
            a, b = at + 1, bounds[j]
            while a < bounds[i + 1] and b < bounds[j + 1]:
                x, y = columns[a], columns[b]
                if x == y:
                    out[i] += 1
                    out[j] += 1
                    out[x] += 1
                a += np.int64(x <= y)
                b += np.int64(y <= x)
