"""The law of degrees of one graph or several, with intervals."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.metrics.graphs.edge_table import edge_table


@dataclass(frozen=True)
class DegreeLaw:
    """How often each degree occurs.

    Attributes
    ----------
    degrees : ndarray (k,) int64
        0, 1, ..., the largest.
    counts : ndarray (k,) int64
        Nodes of that degree.
    probabilities : ndarray (k,)
    low, high : ndarray (k,)
        Wilson's interval of each probability.
    mean, variance : float
    """

    degrees: np.ndarray
    counts: np.ndarray
    probabilities: np.ndarray
    low: np.ndarray
    high: np.ndarray
    mean: float
    variance: float


def degree_law(graphs, *, level=0.95, n_nodes=None):
    """The law of degrees, nodes of all graphs together.

    Parameters
    ----------
    graphs : graph or list of graphs
        scipy.sparse or dense matrices (n, n), edges (m, 2) or networkx graphs; directions, loops and weights are left out.
    level : float
        Of the intervals, each by itself, for nodes taken as independent; degrees of one sparse random graph nearly are.
    n_nodes : int, optional
        Of tables of edges.

    Returns
    -------
    DegreeLaw

    Raises
    ------
    ArgumentError, ArgumentTypeError

    Examples
    --------
    >>> law = degree_law([[0, 1], [1, 2]], n_nodes=4)
    >>> law.counts.tolist(), law.mean
    ([1, 2, 1], 1.0)
    """
    from scipy.special import ndtri

    level = checks.real(level, "level", minimum=0.0, maximum=1.0, open_minimum=True)
    tables = tables_of(graphs, n_nodes)
    degrees = np.concatenate([table.degrees for table in tables])
    if not degrees.size:
        raise ArgumentError("graphs has no node, so there is no degree; give a graph with nodes")
    counts = np.bincount(degrees)
    n, z = len(degrees), float(ndtri((1 + level) / 2))
    p = counts / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return DegreeLaw(np.arange(len(counts)), counts, p, np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0), float(degrees.mean()), float(degrees.var()))


def tables_of(graphs, n_nodes=None):
    """Several graphs as a list of `EdgeTable`; a list of two-dimensional things is several."""
    if isinstance(graphs, list) and graphs and (hasattr(graphs[0], "tocoo") or hasattr(graphs[0], "adj") or np.ndim(graphs[0]) == 2):
        return [edge_table(graph, n_nodes=n_nodes, name=f"graphs[{place}]") for place, graph in enumerate(graphs)]
    return [edge_table(graphs, n_nodes=n_nodes)]
