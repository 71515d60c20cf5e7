"""The spectral gap: how quickly a random walk forgets where it began."""

import numpy as np

from statsim.metrics.graphs.edge_table import edge_table

_DENSE = 500


def spectral_gap(graph, *, n_nodes=None):
    r"""Second least eigenvalue of the normalised Laplacian :math:`I - D^{-1/2} A D^{-1/2}`; 0 for a graph that is not connected.

    Parameters
    ----------
    graph : scipy.sparse or dense matrix (n, n), edges (m, 2) or networkx graph
        Directions, loops and weights are left out.
    n_nodes : int, optional
        Of a table of edges.

    Returns
    -------
    float
        NaN for fewer than two nodes.

    References
    ----------
    F. Chung (1997), Spectral Graph Theory, chapter 1.

    Examples
    --------
    >>> round(spectral_gap([[0, 1], [1, 2], [0, 2]]), 6)
    1.5
    """
    return gap_of(edge_table(graph, n_nodes=n_nodes))


def gap_of(table):
    """`spectral_gap` of an `EdgeTable`."""
    from statsim.kernels.graphs.union_find import label_components

    n = table.n_nodes
    if n < 2:
        return float("nan")
    if label_components(table.edges, n, np.empty(n, np.int64)) > 1:
        return 0.0
    return max(0.0, 1.0 - _second_eigenvalue(table))


def _second_eigenvalue(table):
    """Second largest eigenvalue of the normalised adjacency of a connected graph."""
    from scipy import sparse

    bounds, columns = table.neighbours
    scale = 1.0 / np.sqrt(table.degrees.astype(np.float64))
    values = scale[np.repeat(np.arange(table.n_nodes), np.diff(bounds))] * scale[columns]
    matrix = sparse.csr_array((values, columns, bounds), shape=(table.n_nodes, table.n_nodes))
    if table.n_nodes <= _DENSE:
        return float(np.linalg.eigvalsh(matrix.toarray())[-2])
    from scipy.sparse.linalg import eigsh

    start = np.cos(np.arange(table.n_nodes))  # any fixed vector, so that the answer is the same each time
    return float(np.sort(eigsh(matrix, k=2, which="LA", v0=start, return_eigenvectors=False))[0])
