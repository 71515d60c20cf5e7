"""Connected components by disjoint sets."""

import numpy as np

from statsim.kernels.graphs.union_find import label_components
from statsim.metrics.graphs.edge_table import edge_table


def connected_components(graph, *, n_nodes=None):
    """Components of a graph, directions left out.

    Parameters
    ----------
    graph : scipy.sparse or dense matrix (n, n), edges (m, 2) or networkx graph
    n_nodes : int, optional
        Of a table of edges.

    Returns
    -------
    n_components : int
    labels : ndarray (n,) int64
        0, 1, ... in the order of the components' first nodes.

    Examples
    --------
    >>> count, labels = connected_components([[0, 1], [2, 3]], n_nodes=5)
    >>> count, labels.tolist()
    (3, [0, 0, 1, 1, 2])
    """
    table = edge_table(graph, n_nodes=n_nodes)
    labels = np.empty(table.n_nodes, np.int64)
    return int(label_components(table.edges, table.n_nodes, labels)), labels
