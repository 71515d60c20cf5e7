"""Uniform random simple graphs with given degrees, by moves of edges from a first one: `statsim.kernels.graphs.swaps` and `arc_swaps`."""

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.graphs.arc_swaps import fill_swapped_arcs
from statsim.kernels.graphs.swaps import fill_swapped
from statsim.model import closed
from statsim.models.graphs.edge_source import whole_source
from statsim.models.graphs.first_graph import first_directed_graph, first_graph
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.graph_model import GraphModel
from statsim.models.graphs.pair_space import flag, pair_space


class DegreeSequenceGraph(GraphModel):
    """Every simple graph with the given degrees alike likely, in the limit of many swaps.

    Each graph is a chain of its own from the same first graph, `swaps_per_edge` times the edges long, so graphs are independent given that
    the chain is long enough: 10 to 100 swaps an edge (Milo et al. 2003) serve most graphs. A directed graph keeps out-degrees and in-degrees; half of
    its moves reverse cycles of three, without which some graphs are not reached.

    Parameters
    ----------
    n_nodes : int, optional
        Number of nodes; left out, `fit` takes it from the graph.
    directed : bool
    swaps_per_edge : float
        Swaps tried for each edge.

    Attributes
    ----------
    degrees_ : ndarray (n,) int64, or (2, n) of out- and in-degrees
    n_nodes_ : int

    Examples
    --------
    >>> model = DegreeSequenceGraph.from_parameters(degrees=[2, 2, 1, 1])
    >>> sorted(model.sample(rng=0).sum(axis=0).tolist())
    [1, 1, 2, 2]
    """

    def __init__(self, n_nodes=None, *, directed=False, swaps_per_edge=30.0):
        self.n_nodes = n_nodes
        self.directed = directed
        self.swaps_per_edge = swaps_per_edge

    def fit(self, graph, y=None):
        """Take the degrees of a graph.

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
            Without loops.
        y : ignored

        Returns
        -------
        self
        """
        n = None if self.n_nodes is None else checks.integer(self.n_nodes, "n_nodes", minimum=0)
        found = as_graph(graph, n_nodes=n, directed=flag(self.directed, "directed"))
        self._set(np.stack([found.degrees(0), found.degrees(1)]) if self.directed else found.degrees())
        self.fit_document_ = {"method": "degrees"}
        return self

    @classmethod
    def from_parameters(cls, *, degrees, directed=False, swaps_per_edge=30.0):
        """A law of graphs with known degrees.

        Parameters
        ----------
        degrees : array (n,) of int, or (2, n) of out- and in-degrees
        directed : bool
        swaps_per_edge : float

        Returns
        -------
        DegreeSequenceGraph

        Raises
        ------
        ArgumentError, ArgumentTypeError
            When no simple graph has these degrees.
        """
        array, directed = np.asarray(degrees), flag(directed, "directed")
        fits = array.ndim == 2 and len(array) == 2 if directed else array.ndim == 1
        if not fits or (array.size and array.dtype.kind not in "iu"):
            shape = "(2, n_nodes), out and in" if directed else "(n_nodes,)"
            raise ArgumentTypeError(f"degrees must be integers of shape {shape}, got {array.dtype} of shape {array.shape}")
        model = cls(array.shape[-1], directed=directed, swaps_per_edge=swaps_per_edge)
        model._set(array.astype(np.int64))
        return model

    def _set(self, degrees):
        checks.real(self.swaps_per_edge, "swaps_per_edge", minimum=0.0, maximum=1e6)
        self._first = first_directed_graph(*degrees) if self.directed else first_graph(degrees)
        self.degrees_, self.n_nodes_ = degrees, degrees.shape[-1]

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_, directed=self.directed)

    def _source(self, streams, graph):
        swaps, n = int(round(self.swaps_per_edge * len(self._first))), max(self.n_nodes_, 1)
        if not self.directed:
            edges = self._first.copy()
            fill_swapped(streams.key(), graph, n, swaps, edges)
            return whole_source(edges), None
        sources, targets = (np.ascontiguousarray(self._first[:, side]) for side in (0, 1))
        bounds = np.concatenate([[0], np.cumsum(self.degrees_[0])]).astype(np.int64)
        fill_swapped_arcs(streams.key(), graph, n, swaps, sources, targets, bounds)
        return whole_source(np.stack([sources, targets], axis=1)), None

    def _expected_edges(self):
        return len(self._first)

    def _log_likelihoods(self, graphs):
        raise ArgumentError("the number of graphs with given degrees is not known in closed form, so their probability is not; graphs with the degrees are all alike likely")

    def _parameters_document(self):
        document = {"degrees": files.array_to_document(self.degrees_), "swaps_per_edge": float(self.swaps_per_edge)}
        return {**document, "directed": True} if self.directed else document  # files of undirected graphs stay as they were

    @classmethod
    def _from_parameters_document(cls, parameters):
        parameters = {"directed": False, **parameters}
        closed(parameters, ("degrees", "swaps_per_edge", "directed"))
        shape = (2, None) if parameters["directed"] is True else (None,)
        degrees = files.array_from_document(parameters["degrees"], "degrees", shape=shape, dtype=np.int64)
        return cls.from_parameters(degrees=degrees, directed=parameters["directed"], swaps_per_edge=parameters["swaps_per_edge"])
