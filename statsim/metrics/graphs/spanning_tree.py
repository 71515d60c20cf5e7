"""Spanning trees (forests, where the graph is not connected) of largest and least weight, by Kruskal's algorithm on sorted edges."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.graphs.spanning_tree import minimum_spanning_forest
from statsim.metrics.graphs.edge_table import edge_table

_MOST_EDGES = 2**32


def maximum_spanning_tree(graph, weights=None, *, n_nodes=None):
    """Edges of a spanning tree of largest total weight, what Chow and Liu's trees are made of.

    Parameters
    ----------
    graph : scipy.sparse or dense matrix (n, n), edges (m, 2) or networkx graph
        Entries of a matrix are weights, 0 is no edge; directions are left out.
    weights : array (m,), optional
        Of a table of edges; default 1 each. Any finite numbers.
    n_nodes : int, optional
        Of a table of edges.

    Returns
    -------
    edges : ndarray (k, 2) int64
        By falling weight, of equal ones the first first; k is the number of nodes less that of components.
    weights : ndarray (k,)

    Raises
    ------
    ArgumentError, ArgumentTypeError

    References
    ----------
    J. B. Kruskal (1956), Proceedings of the American Mathematical Society 7.

    Examples
    --------
    >>> edges, weights = maximum_spanning_tree([[0, 1], [1, 2], [0, 2]], [3.0, 1.0, 2.0])
    >>> edges.tolist(), weights.tolist()
    ([[0, 1], [0, 2]], [3.0, 2.0])
    """
    return _spanning_tree(edge_table(graph, weights, n_nodes=n_nodes), largest=True)


def minimum_spanning_tree(graph, weights=None, *, n_nodes=None):
    """Edges of a spanning tree of least total weight; see `maximum_spanning_tree`.

    Parameters
    ----------
    graph : scipy.sparse or dense matrix (n, n), edges (m, 2) or networkx graph
    weights : array (m,), optional
    n_nodes : int, optional

    Returns
    -------
    edges : ndarray (k, 2) int64
        By rising weight.
    weights : ndarray (k,)

    Examples
    --------
    >>> minimum_spanning_tree([[0, 1], [1, 2], [0, 2]], [3.0, 1.0, 2.0])[1].tolist()
    [1.0, 2.0]
    """
    return _spanning_tree(edge_table(graph, weights, n_nodes=n_nodes), largest=False)


def _spanning_tree(table, *, largest):
    if len(table.edges) >= _MOST_EDGES:
        raise ArgumentError(f"graph has {len(table.edges)} edges; fewer than 2^32 are taken")
    chosen = np.empty(max(table.n_nodes - 1, 0), np.int64)
    count = 0
    if chosen.size:
        count = minimum_spanning_forest(table.edges, -table.weights if largest else table.weights, table.n_nodes, chosen)
    kept = chosen[:count]
    return table.edges[kept], table.weights[kept]
