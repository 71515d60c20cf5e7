"""A graph in a few numbers, each with its uncertainty."""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.graphs.union_find import label_components
from statsim.metrics.graphs.degree_law import tables_of
from statsim.metrics.graphs.node_jackknife import jackknife_error
from statsim.metrics.graphs.spectral_gap import gap_of
from statsim.metrics.graphs.triangles import triangles_and_stars

NAMES = ("density", "mean degree", "degree variance", "triangles", "transitivity", "components", "largest component", "spectral gap")


@dataclass(frozen=True)
class GraphSummary:
    """Numbers that describe graphs.

    Attributes
    ----------
    names : tuple of str
    values : ndarray (k,)
        Of the graph; means over several.
    standard_errors : ndarray (k,)
        Of several graphs from their spread; of one graph by the network jackknife, NaN where it says nothing (components, gap).
    n_graphs : int
    """

    names: tuple
    values: np.ndarray
    standard_errors: np.ndarray
    n_graphs: int

    def __getitem__(self, name):
        """(value, standard error) of one of `names`."""
        if name not in self.names:
            raise ArgumentError(f"there is no summary {name!r}; known are {', '.join(self.names)}")
        place = self.names.index(name)
        return float(self.values[place]), float(self.standard_errors[place])

    def __repr__(self):
        lines = [f"{name:>18}: {value:.6g} ± {error:.2g}" for name, value, error in zip(self.names, self.values, self.standard_errors, strict=True)]
        return f"GraphSummary of {self.n_graphs} graph(s)\n" + "\n".join(lines)


def summarise_graphs(graphs, *, n_nodes=None):
    """Density, degrees, triangles, transitivity, components and spectral gap of one graph or of several.

    Parameters
    ----------
    graphs : graph or list of graphs
        scipy.sparse or dense matrices (n, n), edges (m, 2) or networkx graphs; directions, loops and weights are left out.
    n_nodes : int, optional
        Of tables of edges.

    Returns
    -------
    GraphSummary

    Raises
    ------
    ArgumentError, ArgumentTypeError

    Examples
    --------
    >>> summary = summarise_graphs([[0, 1], [1, 2], [0, 2], [2, 3]])
    >>> summary["triangles"][0], summary["transitivity"][0], summary["components"][0]
    (1.0, 0.6, 1.0)
    """
    tables = tables_of(graphs, n_nodes)
    if min(table.n_nodes for table in tables) < 2:
        raise ArgumentError("graphs has a graph of fewer than 2 nodes, which has no pair to describe; leave it out")
    values = np.array([_values(table) for table in tables])
    if len(tables) == 1:
        return GraphSummary(NAMES, values[0], _jackknifed(tables[0], values[0]), 1)
    return GraphSummary(NAMES, values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(tables)), len(tables))


def _values(table):
    n, degrees = table.n_nodes, table.degrees
    triangles, stars = triangles_and_stars(table)
    labels = np.empty(n, np.int64)
    parts = label_components(table.edges, n, labels)
    clustered = 3 * triangles[0] / stars[0] if stars[0] else np.nan
    return degrees.mean() / (n - 1), degrees.mean(), degrees.var(), triangles[0], clustered, parts, np.bincount(labels).max(), gap_of(table)


def _jackknifed(table, values):
    """Standard errors (k,) from leaving out each node."""
    n, degrees = table.n_nodes, table.degrees.astype(np.float64)
    errors = np.full(len(NAMES), np.nan)
    if n < 4:
        return errors
    edges = degrees.sum() / 2 - degrees
    errors[0] = jackknife_error(edges / ((n - 1) * (n - 2) / 2))
    errors[1] = errors[0] * (n - 1)
    triangles, stars = triangles_and_stars(table)
    cells = (n - 1) * (n - 2) * (n - 3) / 6
    errors[3] = jackknife_error(triangles[1:] / cells) * n * (n - 1) * (n - 2) / 6
    with np.errstate(invalid="ignore", divide="ignore"):
        errors[4] = jackknife_error(3 * triangles[1:] / stars[1:])
    return errors
