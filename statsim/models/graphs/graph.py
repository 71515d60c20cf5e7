"""A graph as every model computes on it: its nodes 0..n-1 and a sorted table of edges; and as users have it."""

from dataclasses import dataclass

import numpy as np

from statsim import checks

FORMS = ("sparse", "edges", "dense", "networkx")


@dataclass(frozen=True)
class Graph:
    """A simple graph.

    Attributes
    ----------
    n_nodes : int
    edges : ndarray (m, 2) int64
        In rising order, none twice; an undirected edge has its smaller node first.
    directed : bool
    """

    n_nodes: int
    edges: np.ndarray
    directed: bool = False

    @property
    def n_edges(self):
        """Number of edges."""
        return len(self.edges)

    def degrees(self, axis=None):
        """Degrees (n,); of a directed graph axis=0 gives out-degrees and axis=1 in-degrees. A loop counts twice."""
        columns = self.edges.ravel() if axis is None else self.edges[:, axis]
        return np.bincount(columns, minlength=self.n_nodes).astype(np.int64)

    def neighbours(self, *, incoming=False, both=None):
        """(bounds (n + 1,), columns) of the neighbours of each node in rising order; undirected edges count from both ends."""
        both = not self.directed if both is None else both
        ends = self.edges[:, ::-1] if incoming else self.edges
        if both:
            off = ends[ends[:, 0] != ends[:, 1]]
            ends = np.concatenate([ends, off[:, ::-1]])
        order = np.lexsort((ends[:, 1], ends[:, 0]))
        counts = np.bincount(ends[:, 0], minlength=self.n_nodes)
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64), np.ascontiguousarray(ends[order, 1])


def as_form(edges, n_nodes, *, directed, form):
    """Edges (m, 2) of a graph on `n_nodes` nodes in one of `FORMS`.

    "sparse" is a `scipy.sparse.csr_array` (n, n) of ones, symmetric for an undirected graph; "edges" the array itself; "dense" a matrix of zeros
    and ones; "networkx" a `Graph` or `DiGraph`.
    """
    form = checks.choice(form, "as_", FORMS)
    if form == "edges":
        return edges
    if form == "networkx":
        import networkx

        graph = networkx.DiGraph() if directed else networkx.Graph()
        graph.add_nodes_from(range(n_nodes))
        graph.add_edges_from(edges.tolist())
        return graph
    if form == "dense":
        matrix = np.zeros((n_nodes, n_nodes), np.int64)
        matrix[edges[:, 0], edges[:, 1]] = 1
        if not directed:
            matrix[edges[:, 1], edges[:, 0]] = 1
        return matrix
    return _sparse(edges, n_nodes, directed)


def _sparse(edges, n_nodes, directed):
    from scipy import sparse

    rows, columns = edges[:, 0], edges[:, 1]
    if not directed:
        off = rows != columns
        rows, columns = np.concatenate([rows, columns[off]]), np.concatenate([columns, rows[off]])
    dtype = np.int32 if max(n_nodes, len(rows)) < 2**31 else np.int64
    parts = rows.astype(dtype, copy=False), columns.astype(dtype, copy=False)
    matrix = sparse.coo_array((np.ones(len(rows), np.int64), parts), shape=(n_nodes, n_nodes)).tocsr()
    matrix.sort_indices()
    return matrix


def form_bytes(n_nodes, n_edges, form):
    """Bytes that a graph of `n_edges` edges takes in a form, about."""
    if form == "dense":
        return 8 * n_nodes**2
    per_edge, per_node = {"edges": (16, 0), "sparse": (72, 8), "networkx": (400, 400)}[form]
    return per_edge * n_edges + per_node * n_nodes
