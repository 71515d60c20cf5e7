"""The parameters of a block model, checked; its edge source and its log probabilities."""

from dataclasses import dataclass, replace

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.graphs.block_posterior import fill_labels
from statsim.kernels.graphs.pairs import RECTANGLE
from statsim.kernels.graphs.skipping import relabel
from statsim.kernels.variates.categorical import alias_table
from statsim.models.graphs.edge_source import SkippingTables
from statsim.models.graphs.node_weights import checked_weights
from statsim.models.graphs.pair_space import Region, inner_region, pair_space
from statsim.models.graphs.weighted_source import WeightedRegions, weighted_log_likelihood, weighted_region


@dataclass(frozen=True)
class BlockParameters:
    """A block model.

    Attributes
    ----------
    probabilities : ndarray (K, K)
        Of an edge from block q to block k; with degree weights its factor.
    weights : ndarray (K,)
        Of the blocks, where labels are drawn.
    labels : ndarray (n,) int64 or None
        None: drawn for each graph.
    degree_weights : ndarray (n,), (2, n) or None
    n_nodes : int
    directed, loops : bool
    """

    probabilities: np.ndarray
    weights: np.ndarray
    labels: np.ndarray | None
    degree_weights: np.ndarray | None
    n_nodes: int
    directed: bool
    loops: bool

    @property
    def n_blocks(self):
        """Number of blocks."""
        return len(self.weights)

    def with_labels(self, labels):
        """The model of known labels (n,)."""
        return replace(self, labels=labels)

    def drawn_labels(self, key, graph):
        """The labels of graph number `graph`: its own, or drawn by the weights."""
        if self.labels is not None:
            return self.labels
        labels = np.empty(self.n_nodes, np.int64)
        fill_labels(key, graph, *alias_table(self.weights), labels)
        return labels

    # ------------------------------------------------------------ edges

    def strengths(self):
        """Degree weights (2, n) out and in; ones without them."""
        if self.degree_weights is None:
            return np.ones((2, self.n_nodes))
        return np.ascontiguousarray(np.broadcast_to(self.degree_weights, (2, self.n_nodes)))

    def _block_pairs(self):
        K = self.n_blocks
        return [(q, k) for q in range(K) for k in range(0 if self.directed else q, K)]

    def tables(self, labels):
        """(edge tables, function that puts node numbers into filled edges, or None) for labels (n,)."""
        if self.degree_weights is not None:
            return self._weighted(labels), None
        order = np.argsort(labels, kind="stable")
        ends = np.concatenate([[0], np.cumsum(np.bincount(labels, minlength=self.n_blocks))]).tolist()
        regions = [self._region(ends, q, k) for q, k in self._block_pairs()]
        tables = SkippingTables.of(regions, [self.probabilities[q, k] for q, k in self._block_pairs()])
        if (np.diff(labels) >= 0).all():
            return tables, None
        return tables, lambda edges: relabel(edges, order, self.directed)

    def _region(self, ends, q, k):
        if q == k:
            return inner_region(ends[q], ends[q + 1] - ends[q], directed=self.directed, loops=self.loops)
        return Region(RECTANGLE, ends[q], ends[q + 1] - ends[q], ends[k], ends[k + 1] - ends[k])

    def _weighted(self, labels):
        out, into = self.strengths()
        nodes = [np.flatnonzero(labels == q) for q in range(self.n_blocks)]
        return WeightedRegions.of([
            weighted_region(self.probabilities[q, k], nodes[q], out[nodes[q]], nodes[k], into[nodes[k]], directed=self.directed, loops=self.loops, poisson=True)
            for q, k in self._block_pairs()
        ])  # fmt: skip

    # ------------------------------------------------------------ densities

    def log_likelihood(self, graph, labels):
        """Log probability of a `Graph` given labels (n,)."""
        if self.degree_weights is not None:
            out, into = self.strengths()
            i, j = graph.edges.T
            return weighted_log_likelihood(self._weighted(labels), self.probabilities[labels[i], labels[j]] * out[i] * into[j], poisson=True)
        edges, pairs = block_counts(graph, labels, self.n_blocks), block_pairs(labels, self.n_blocks, self.directed, self.loops)
        chosen = np.triu(np.ones((self.n_blocks, self.n_blocks), bool)) if not self.directed else slice(None)
        with np.errstate(divide="ignore", invalid="ignore"):
            there = np.where(edges > 0, edges * np.log(self.probabilities), 0.0)
            gone = np.where(pairs > edges, (pairs - edges) * np.log1p(-self.probabilities), 0.0)
        return float((there + gone)[chosen].sum())


def block_counts(graph, labels, K):
    """Edges (K, K) between blocks; of an undirected graph symmetric, each edge counted once in its cell."""
    i, j = labels[graph.edges[:, 0]], labels[graph.edges[:, 1]]
    counts = np.bincount(i * K + j, minlength=K * K).reshape(K, K).astype(np.float64)
    return counts if graph.directed else counts + counts.T - np.diag(np.diag(counts))


def block_pairs(labels, K, directed, loops):
    """Pairs (K, K) of nodes between blocks, as `block_counts` counts them."""
    sizes = np.bincount(labels, minlength=K).astype(np.float64)
    pairs = np.outer(sizes, sizes)
    inner = sizes * (sizes - 1) / (1 if directed else 2) + (sizes if loops else 0)
    pairs[np.diag_indices(K)] = inner
    return pairs


def checked_parameters(*, block_probabilities, labels, weights, n_nodes, degree_weights, directed, loops):
    """Checked `BlockParameters`.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    top = None if degree_weights is not None else 1.0
    probabilities = _checked_matrix(block_probabilities, directed, top)
    K = len(probabilities)
    if labels is not None:
        labels = checked_labels(labels, K, n_nodes)
        n_nodes = len(labels)
    elif n_nodes is None or weights is None:
        raise ArgumentError("give labels=, one for each node; or weights= of the blocks and n_nodes=, and labels are drawn for each graph")
    space = pair_space(n_nodes, directed=directed, loops=loops)
    if weights is None:
        weights = np.bincount(labels, minlength=K) / max(len(labels), 1) if len(labels) else np.full(K, 1 / K)
    weights = checks.sample_weights(weights, K, "weights")
    if abs(weights.sum() - 1.0) > 1e-8:
        raise ArgumentError(f"weights must sum to 1, got {weights.tolist()} with sum {weights.sum()}")
    if degree_weights is not None:
        degree_weights = checked_weights(degree_weights, "degree_weights", directed=directed, n_nodes=space.n_nodes)
    return BlockParameters(probabilities, weights, labels, degree_weights, space.n_nodes, space.directed, space.loops)


def checked_labels(labels, K, n_nodes=None):
    """Labels (n,) int64 of 0..K-1."""
    array = np.asarray(labels)
    if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
        raise ArgumentError(f"labels must be integers 0..{K - 1}, one for each node, got {array.dtype} of shape {array.shape}")
    bad = np.flatnonzero((array < 0) | (array >= K))
    if bad.size:
        raise ArgumentError(f"labels must lie in 0..{K - 1}, got labels[{bad[0]}] = {array[bad[0]]}; there are {K} blocks")
    if n_nodes is not None and len(array) != n_nodes:
        raise ArgumentError(f"labels has {len(array)} nodes, but the graph has {n_nodes}; give one label for each node")
    return array.astype(np.int64)


def _checked_matrix(values, directed, top):
    name = "block_probabilities"
    matrix = checks.data_matrix(values, name).copy()
    if matrix.shape[0] != matrix.shape[1]:
        raise ArgumentError(f"{name} must be square (n_blocks, n_blocks), got shape {matrix.shape}")
    bad = np.argwhere((matrix < 0) | (matrix > (np.inf if top is None else top)))
    if bad.size:
        i, j = bad[0]
        raise ArgumentError(f"{name} must lie in {'[0, 1]' if top else '[0, inf)'}, got {name}[{i}, {j}] = {matrix[i, j]}")
    if not directed and (matrix != matrix.T).any():
        i, j = np.argwhere(matrix != matrix.T)[0]
        raise ArgumentError(f"{name} must be symmetric for an undirected graph, got [{i}, {j}] = {matrix[i, j]} and [{j}, {i}] = {matrix[j, i]}; use directed=True")
    return matrix
