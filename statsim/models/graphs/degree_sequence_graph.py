"""Uniform random simple graphs with given degrees, by swaps of edges from a first one that Havel and Hakimi's construction gives.

V. Havel (1955); S. L. Hakimi, Journal of SIAM 10 (1962). The swaps are those of `statsim.kernels.graphs.swaps`.
"""

import heapq

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.graphs.swaps import fill_swapped
from statsim.model import closed
from statsim.models.graphs.edge_source import whole_source
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.graph_model import GraphModel
from statsim.models.graphs.pair_space import pair_space


class DegreeSequenceGraph(GraphModel):
    """Every simple undirected graph with the given degrees alike likely, in the limit of many swaps.

    Each graph is a chain of its own from the same first graph, `swaps_per_edge` times the edges long, so graphs are independent given that
    the chain is long enough: 10 to 100 swaps an edge (Milo et al. 2003) serve most graphs.

    Parameters
    ----------
    n_nodes : int, optional
        Number of nodes; left out, `fit` takes it from the graph.
    swaps_per_edge : float
        Swaps tried for each edge.

    Attributes
    ----------
    degrees_ : ndarray (n,) int64
    n_nodes_ : int

    Examples
    --------
    >>> model = DegreeSequenceGraph.from_parameters(degrees=[2, 2, 1, 1])
    >>> sorted(model.sample(rng=0).sum(axis=0).tolist())
    [1, 1, 2, 2]
    """

    def __init__(self, n_nodes=None, *, swaps_per_edge=30.0):
        self.n_nodes = n_nodes
        self.swaps_per_edge = swaps_per_edge

    def fit(self, graph, y=None):
        """Take the degrees of a graph.

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
            Undirected, without loops.
        y : ignored

        Returns
        -------
        self
        """
        n = None if self.n_nodes is None else checks.integer(self.n_nodes, "n_nodes", minimum=0)
        self._set(as_graph(graph, n_nodes=n).degrees())
        self.fit_document_ = {"method": "degrees"}
        return self

    @classmethod
    def from_parameters(cls, *, degrees, swaps_per_edge=30.0):
        """A law of graphs with known degrees.

        Parameters
        ----------
        degrees : array (n,) of int
        swaps_per_edge : float

        Returns
        -------
        DegreeSequenceGraph

        Raises
        ------
        ArgumentError, ArgumentTypeError
            When no simple graph has these degrees.
        """
        array = np.asarray(degrees)
        if array.ndim != 1 or (array.size and array.dtype.kind not in "iu"):
            raise ArgumentTypeError(f"degrees must be integers, one for each node, got {array.dtype} of shape {array.shape}")
        model = cls(len(array), swaps_per_edge=swaps_per_edge)
        model._set(array.astype(np.int64))
        return model

    def _set(self, degrees):
        checks.real(self.swaps_per_edge, "swaps_per_edge", minimum=0.0, maximum=1e6)
        self._first = first_graph(degrees)
        self.degrees_, self.n_nodes_ = degrees, len(degrees)

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_)

    def _source(self, streams, graph):
        edges = self._first.copy()
        swaps = int(round(self.swaps_per_edge * len(edges)))
        fill_swapped(streams.key(), graph, max(self.n_nodes_, 1), swaps, edges)
        return whole_source(edges), None

    def _expected_edges(self):
        return len(self._first)

    def _log_likelihoods(self, graphs):
        raise ArgumentError("the number of graphs with given degrees is not known in closed form, so their probability is not; graphs with the degrees are all alike likely")

    def _parameters_document(self):
        return {"degrees": files.array_to_document(self.degrees_), "swaps_per_edge": float(self.swaps_per_edge)}

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, ("degrees", "swaps_per_edge"))
        degrees = files.array_from_document(parameters["degrees"], "degrees", shape=(None,), dtype=np.int64)
        return cls.from_parameters(degrees=degrees, swaps_per_edge=parameters["swaps_per_edge"])


def first_graph(degrees):
    """Edges (m, 2) of a simple graph with these degrees: the node of most missing edges is joined to those that come next.

    Raises
    ------
    ArgumentError
        When there is none (P. Erdos, T. Gallai 1960).
    """
    n = len(degrees)
    bad = np.flatnonzero((degrees < 0) | (degrees >= max(n, 1)))
    if bad.size:
        raise ArgumentError(f"degrees must lie in 0..{max(n - 1, 0)} for {n} nodes, got degrees[{bad[0]}] = {degrees[bad[0]]}")
    if int(degrees.sum()) % 2:
        raise ArgumentError(f"degrees must have an even sum, two for each edge, got {int(degrees.sum())}")
    heap, edges = [(-d, i) for i, d in enumerate(degrees.tolist()) if d], []
    heapq.heapify(heap)
    while heap:
        missing, i = heapq.heappop(heap)
        if len(heap) < -missing:
            raise ArgumentError(f"no simple graph has these degrees: node {i} needs {-missing} more edges than the others can take (Erdos-Gallai)")
        partners = [heapq.heappop(heap) for _ in range(-missing)]
        edges += [(min(i, j), max(i, j)) for _, j in partners]
        for left, j in partners:
            if left + 1:
                heapq.heappush(heap, (left + 1, j))
    return np.array(sorted(edges), np.int64).reshape(-1, 2)
