"""Graphs with given expected degrees: F. Chung, L. Lu, "Connected components in random graphs with given expected degree sequences", Annals of Combinatorics 6 (2002)."""

import math

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError, FitWarning
from statsim.model import closed
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.independent_edges import IndependentEdgesGraph
from statsim.models.graphs.node_weights import checked_weights
from statsim.models.graphs.pair_space import flag, pair_space
from statsim.models.graphs.weighted_source import WeightedRegions, absent_certain_pair, weighted_log_likelihood, weighted_region

LINKS = ("cut", "poisson")
LEAST_SUM = 1e-300
"""Least sum of expected degrees but zero: its reciprocal is a double."""


class ChungLuGraph(IndependentEdgesGraph):
    r"""Independent edges of probability :math:`\min(1, w_i w_j / S)`, S the sum of the weights w.

    Node i then has the expected degree w_i, but for the loop that a simple graph lacks (w_i^2 / S) and for probabilities cut at 1.
    A directed graph has :math:`\min(1, u_i v_j / S)` with out-weights u and in-weights v of one sum S.

    Where :math:`w_i w_j \ge S` the edge is certain, and a graph without it has probability 0: also the very graph that was fitted, where two nodes of
    high degree are not joined (`fit` warns and names them). With ``link="poisson"`` the probability is :math:`1 - e^{-w_i w_j / S}`, never 1, so that
    every fitted graph has a likelihood (I. Norros, H. Reittu, "On a conditionally Poissonian graph process", Advances in Applied Probability 38, 2006);
    large degrees then come out smaller.

    Parameters
    ----------
    n_nodes : int, optional
        Number of nodes; left out, `fit` takes it from the graph.
    directed : bool
    loops : bool
    link : {"cut", "poisson"}
        How the rate w_i w_j / S becomes a probability.

    Attributes
    ----------
    expected_degrees_ : ndarray (n,), or (2, n) of out- and in-degrees
    n_nodes_ : int

    Examples
    --------
    >>> model = ChungLuGraph.from_parameters(expected_degrees=[3.0, 1.0, 1.0, 1.0])
    >>> model.sample(rng=1, as_="edges").tolist()
    [[0, 1], [0, 3], [1, 2]]
    """

    def __init__(self, n_nodes=None, *, directed=False, loops=False, link="cut"):
        self.n_nodes = n_nodes
        self.directed = directed
        self.loops = loops
        self.link = link

    def fit(self, graph, y=None):
        """Take the degrees of a graph as those expected.

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ArgumentError, ArgumentTypeError
        """
        n = None if self.n_nodes is None else checks.integer(self.n_nodes, "n_nodes", minimum=0)
        checks.choice(self.link, "link", LINKS)
        found = as_graph(graph, n_nodes=n, directed=self.directed, loops=self.loops)
        degrees = np.stack([found.degrees(0), found.degrees(1)]) if self.directed else found.degrees()
        self._set(np.asarray(degrees, np.float64))
        self.fit_document_ = {"method": "degrees", "n_edges": found.n_edges}
        self._warn_of_certain_edges(found)
        return self

    def _warn_of_certain_edges(self, graph):
        """Say so where the graph lacks an edge that its own degrees make certain."""
        if not np.isneginf(self._log_likelihoods([graph])[0]):
            return
        import warnings

        i, j = absent_certain_pair(self._regions.regions[0], graph)
        warnings.warn(
            f"the degrees of nodes {i} and {j} make the edge between them certain (their product is the sum of all degrees or more), but the graph does "
            f"not have it: this law gives the graph probability 0, and its graphs have smaller degrees there; use link='poisson'",
            FitWarning, stacklevel=3,
        )  # fmt: skip

    @classmethod
    def from_parameters(cls, *, expected_degrees, directed=False, loops=False, link="cut"):
        """A graph law with known expected degrees, ready to use.

        Parameters
        ----------
        expected_degrees : array (n,), or (2, n) for a directed graph
            Not negative; out- and in-degrees need one sum.
        directed, loops : bool
        link : {"cut", "poisson"}

        Returns
        -------
        ChungLuGraph

        Raises
        ------
        ArgumentError, ArgumentTypeError
        """
        directed, loops, link = flag(directed, "directed"), flag(loops, "loops"), checks.choice(link, "link", LINKS)
        weights = checked_weights(expected_degrees, "expected_degrees", directed=directed)
        with np.errstate(over="ignore"):
            sums = weights.sum(axis=-1)
        bad = [float(total) for total in np.atleast_1d(sums) if not np.isfinite(total) or 0.0 < total < LEAST_SUM]
        if bad:
            raise ArgumentError(f"expected_degrees must have a sum between {LEAST_SUM:g} and the largest double, or zero, got {bad[0]:g}; a degree is at most n_nodes")
        if directed and not np.isclose(sums[0], sums[1], rtol=1e-9, atol=0.0):
            raise ArgumentError(f"expected_degrees must have one sum for out- and in-degrees, got {sums[0]} and {sums[1]}; every edge leaves one node and enters one")
        model = cls(weights.shape[-1], directed=directed, loops=loops, link=link)
        model._set(weights)
        return model

    def _set(self, weights):
        self.expected_degrees_, self.n_nodes_ = weights, weights.shape[-1]
        self._regions = WeightedRegions.of([self._region()])

    def _region(self):
        nodes = np.arange(self.n_nodes_)
        out, into = (self.expected_degrees_, self.expected_degrees_) if not self.directed else self.expected_degrees_
        return weighted_region(self._scale(), nodes, out, nodes, into, directed=self.directed, loops=self.loops, poisson=self._is_poisson)

    @property
    def _is_poisson(self):
        return self.link == "poisson"

    def _scale(self):
        total = math.fsum(self.expected_degrees_[0] if self.directed else self.expected_degrees_)  # the same bits on every machine
        return 1.0 / total if total > 0 else 0.0

    # ------------------------------------------------------------ steps

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_, directed=self.directed, loops=self.loops)

    def _source(self, streams, graph):
        return self._regions.source(streams.key(), graph), None

    def _expected_edges(self):
        return self._regions.expected

    def _rates(self, edges):
        """w_i w_j / S (m,) of each edge; the larger weight first, as the kernels multiply, so that none is certain there and not here."""
        if self.directed:
            out, into = self.expected_degrees_[0][edges[:, 0]], self.expected_degrees_[1][edges[:, 1]]
        else:
            ends = self.expected_degrees_[edges]
            out, into = ends.max(axis=1), ends.min(axis=1)
        return self._scale() * out * into

    def _log_likelihoods(self, graphs):
        return np.array([weighted_log_likelihood(self._regions, self._rates(graph.edges), poisson=self._is_poisson) for graph in graphs])

    def _pair_probabilities(self):
        rates = self._rates(self._space().pairs())
        return -np.expm1(-rates) if self._is_poisson else np.minimum(rates, 1.0)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        document = {"expected_degrees": files.array_to_document(self.expected_degrees_), "directed": self.directed, "loops": self.loops}
        return {**document, "link": self.link} if self._is_poisson else document  # files of the law cut at 1 stay as they were

    @classmethod
    def _from_parameters_document(cls, parameters):
        parameters = {"link": "cut", **parameters}
        closed(parameters, ("expected_degrees", "directed", "loops", "link"))
        shape = (2, None) if parameters["directed"] is True else (None,)
        degrees = files.array_from_document(parameters["expected_degrees"], "expected_degrees", shape=shape)
        return cls.from_parameters(expected_degrees=degrees, directed=parameters["directed"], loops=parameters["loops"], link=parameters["link"])
