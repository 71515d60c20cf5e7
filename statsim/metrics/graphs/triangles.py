"""Triangles at the nodes of a graph, and clustering with its uncertainty."""

import numpy as np

from statsim.kernels.graphs.triangles import triangles_at_nodes
from statsim.metrics.graphs.edge_table import edge_table
from statsim.metrics.graphs.node_jackknife import jackknife_error


def triangle_counts(graph, *, n_nodes=None):
    """Triangles (n,) through each node; their sum is three times the number of triangles.

    Parameters
    ----------
    graph : scipy.sparse or dense matrix (n, n), edges (m, 2) or networkx graph
        Directions, loops and weights are left out.
    n_nodes : int, optional
        Of a table of edges.

    Returns
    -------
    ndarray (n,) int64

    Examples
    --------
    >>> triangle_counts([[0, 1], [1, 2], [0, 2], [2, 3]]).tolist()
    [1, 1, 1, 0]
    """
    return _counts(edge_table(graph, n_nodes=n_nodes))


def clustering(graph, *, n_nodes=None):
    r"""Transitivity, 3 triangles over two-stars, with the standard error of the network jackknife.

    Parameters
    ----------
    graph : scipy.sparse or dense matrix (n, n), edges (m, 2) or networkx graph
    n_nodes : int, optional
        Of a table of edges.

    Returns
    -------
    value : float
        NaN where there is no two-star.
    standard_error : float

    References
    ----------
    Q. Lin, R. Lunde, P. Sarkar (2020), On the theoretical properties of the network jackknife, ICML.

    Examples
    --------
    >>> clustering([[0, 1], [1, 2], [0, 2], [2, 3]])[0]
    0.6
    """
    table = edge_table(graph, n_nodes=n_nodes)
    whole, without = transitivity_without(table)
    return whole, jackknife_error(without)


def _counts(table):
    out = np.zeros(table.n_nodes, np.int64)
    triangles_at_nodes(*table.neighbours, out)
    return out


def transitivity_without(table):
    """Transitivity of the graph, and (n,) of it without each node in turn."""
    triangles, stars = triangles_and_stars(table)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratios = 3.0 * triangles / stars
    return float(ratios[0]), ratios[1:]


def triangles_and_stars(table):
    """Triangles and two-stars (n + 1,): of the graph, then without each node."""
    at, degrees = _counts(table).astype(np.float64), table.degrees.astype(np.float64)
    bounds, columns = table.neighbours
    own = degrees * (degrees - 1) / 2
    lost = own + np.bincount(np.repeat(np.arange(table.n_nodes), np.diff(bounds)), weights=degrees[columns] - 1, minlength=table.n_nodes)
    triangles, stars = at.sum() / 3, own.sum()
    return np.concatenate([[triangles], triangles - at]), np.concatenate([[stars], stars - lost])
