"""Graphs as the metrics take them: nodes 0..n-1, a table of edges, and weights."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError

_MOST_NODES = 2**31 - 1


@dataclass(frozen=True)
class EdgeTable:
    """An undirected graph: edges (m, 2) int64 and weights (m,) of `n_nodes` nodes."""

    n_nodes: int
    edges: np.ndarray
    weights: np.ndarray

    @cached_property
    def simple(self):
        """Edges (k, 2) with the smaller node first, in rising order, none twice, loops left out."""
        edges = np.sort(self.edges[self.edges[:, 0] != self.edges[:, 1]], axis=1)
        return np.unique(edges, axis=0).reshape(-1, 2)

    @cached_property
    def neighbours(self):
        """(bounds (n + 1,), columns) of the simple graph: the neighbours of each node in rising order."""
        both = np.concatenate([self.simple, self.simple[:, ::-1]])
        both = both[np.lexsort((both[:, 1], both[:, 0]))]
        counts = np.bincount(both[:, 0], minlength=self.n_nodes)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.ascontiguousarray(both[:, 1])

    @property
    def degrees(self):
        """Degrees (n,) in the simple graph."""
        return np.diff(self.neighbours[0])


def edge_table(graph, weights=None, *, n_nodes=None, name="graph"):
    """A checked `EdgeTable`; directions are left out.

    Parameters
    ----------
    graph : scipy.sparse or dense matrix (n, n), edges (m, 2) or networkx graph
        Entries of a matrix are weights, 0 is no edge; a 2 x 2 array is a matrix unless `n_nodes` says otherwise.
    weights : array (m,), optional
        Of a table of edges.
    n_nodes : int, optional
        Of a table of edges; default one more than its largest node.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if weights is not None and (hasattr(graph, "tocoo") or hasattr(graph, "adj")):
        raise ArgumentTypeError(f"weights go with a table of edges (m, 2); those of a {type(graph).__name__} are its own")
    if hasattr(graph, "adj") and hasattr(graph, "is_directed"):
        n, edges, values = _of_networkx(graph, name)
    elif hasattr(graph, "tocoo"):
        n, edges, values = _of_matrix(graph, name)
    else:
        n, edges, values = _of_array(graph, weights, n_nodes, name)
    if not np.isfinite(values).all():
        bad = np.flatnonzero(~np.isfinite(values))
        raise ArgumentError(f"{name} has a weight that is not finite: edge {tuple(edges[bad[0]].tolist())} weighs {values[bad[0]]}; drop the edge or cap the weight")
    if n > _MOST_NODES:
        raise ArgumentError(f"{name} has {n} nodes; at most 2^31 - 1 are taken")
    return EdgeTable(n, np.ascontiguousarray(edges, np.int64), np.ascontiguousarray(values, np.float64))


def _of_networkx(graph, name):
    places = {node: place for place, node in enumerate(graph.nodes)}
    found = list(graph.edges(data="weight", default=1.0))
    edges = np.array([(places[a], places[b]) for a, b, _ in found], np.int64).reshape(-1, 2)
    try:
        return len(places), edges, np.array([weight for _, _, weight in found], np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"{name} must have numbers as weights: {error}") from error


def _of_matrix(matrix, name):
    """Edges of a sparse matrix; of a symmetric one each pair once."""
    if len(matrix.shape) != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ArgumentError(f"{name} must be a square matrix (n, n), got shape {matrix.shape}")
    part = matrix.tocsr()
    symmetric = (part != part.T).nnz == 0
    coo = part.tocoo()
    kept = coo.data != 0
    if symmetric:
        kept &= coo.row <= coo.col
    return matrix.shape[0], np.stack([coo.row[kept], coo.col[kept]], axis=1).astype(np.int64), np.asarray(coo.data[kept], np.float64)


def _of_array(graph, weights, n_nodes, name):
    array = np.asarray(graph)
    if array.size and (array.dtype.kind not in "biuf" or array.ndim != 2):
        raise ArgumentTypeError(f"{name} must be a matrix (n, n), edges (m, 2) or a networkx graph, got {array.dtype} of shape {array.shape}")
    square = array.ndim == 2 and array.shape[0] == array.shape[1] and weights is None and not (array.shape[0] == 2 and n_nodes not in (None, 2))
    if square:
        from scipy import sparse

        if not np.isfinite(array).all():
            raise ArgumentError(f"{name} has a weight that is not finite: {array[~np.isfinite(array)][0]}; 0 is no edge")
        return _of_matrix(sparse.csr_array(array), name)
    edges = _node_pairs(array, n_nodes, name)
    n = int(edges.max(initial=-1)) + 1 if n_nodes is None else checks.integer(n_nodes, "n_nodes", minimum=0)
    values = np.ones(len(edges)) if weights is None else np.asarray(weights, np.float64)
    if values.shape != (len(edges),):
        raise ArgumentError(f"weights must be one number for each of the {len(edges)} edges, got shape {values.shape}")
    return n, edges, values


def _node_pairs(array, n_nodes, name):
    if not array.size:
        return np.zeros((0, 2), np.int64)
    if array.shape[1] != 2 or array.dtype.kind not in "iu":
        raise ArgumentError(f"{name} must be edges (m, 2) of whole numbers, the nodes 0..n-1, got {array.dtype} of shape {array.shape}")
    most = _MOST_NODES if n_nodes is None else n_nodes
    if array.min() < 0 or array.max() >= most:
        e, side = np.argwhere((array < 0) | (array >= most))[0]
        raise ArgumentError(f"{name} names node {array[e, side]} in edge {e}, outside 0..{'n-1' if n_nodes is None else n_nodes - 1}; number nodes from 0, or give n_nodes")
    return array.astype(np.int64, copy=False)
