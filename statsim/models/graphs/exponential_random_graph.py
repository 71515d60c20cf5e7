"""Exponential-family graphs: Frank, Strauss (1986); Robins, Pattison, Kalish, Lusher, "An introduction to exponential random graph models", Social Networks 29 (2007)."""

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError, FitWarning
from statsim.kernels.elementary import exp
from statsim.kernels.graphs.edge_flips import run_chain
from statsim.kernels.graphs.subgraphs import count_subgraphs, enumerate_subgraphs
from statsim.model import closed
from statsim.models.graphs.edge_source import whole_source
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.graph_model import GraphModel
from statsim.models.graphs.monte_carlo_mle import MonteCarloMLE
from statsim.models.graphs.pair_space import pair_space

TERMS = ("edges", "two_stars", "three_stars", "triangles")
_MOST_SWEEPS = 10**6
_ENUMERATED = 7  # nodes up to which all graphs are summed over: 2 ** 21


class ExponentialRandomGraph(GraphModel):
    r"""Undirected simple graphs, :math:`P(g) \propto \exp(\sum_t \theta_t s_t(g))`.

    The statistics s count edges, two-stars, three-stars and triangles. A draw is the end of a Gibbs chain of its own, `sweeps` passes over all
    pairs from independent edges, so its law is that of the model in the limit.

    Parameters
    ----------
    n_nodes : int, optional
        Number of nodes; left out, `fit` takes it from the graph.
    terms : sequence of {"edges", "two_stars", "three_stars", "triangles"}
    sweeps : int
        Passes over all pairs that make a draw.
    method : str or MonteCarloMLE
        "mcmle" is `MonteCarloMLE()`.
    rng : None, int, SeedSequence or Generator
        Seeds `fit`, nothing else.

    Attributes
    ----------
    coefficients_ : dict of str to float
    standard_errors_, monte_carlo_errors_ : dict of str to float, only after a fit
        From the information at the estimate; and what its simulation adds.
    pseudo_likelihood_ : dict of str to float, only after a fit
        Where the fit began.
    fit_result_ : FitResult
    n_nodes_ : int

    Examples
    --------
    >>> model = ExponentialRandomGraph.from_parameters(n_nodes=5, coefficients={"edges": -0.5, "triangles": 0.3})
    >>> model.sample(rng=0).shape
    (5, 5)
    >>> round(model.log_likelihood([[0] * 5] * 5), 4)  # exact: at most 7 nodes
    -4.9474
    """

    _methods = {"mcmle": MonteCarloMLE}

    def __init__(self, n_nodes=None, *, terms=("edges", "triangles"), sweeps=200, method="mcmle", rng=None):
        self.n_nodes = n_nodes
        self.terms = terms
        self.sweeps = sweeps
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ making one

    def fit(self, graph, y=None):
        """Monte Carlo maximum likelihood (Geyer, Thompson 1992), started at the maximum of the pseudo-likelihood.

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
            Undirected, without loops.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ArgumentError, ArgumentTypeError
        FitError
            When there is no maximum: a statistic is at the boundary of what graphs can have, or the model is degenerate.
        """
        terms = checked_terms(self.terms)
        n = None if self.n_nodes is None else checks.integer(self.n_nodes, "n_nodes", minimum=2)
        method, key = self._method(), rngs.stream_key(self.rng, rngs.Purpose.FIT)
        checks.integer(self.sweeps, "sweeps", minimum=1, maximum=_MOST_SWEEPS)
        found = as_graph(graph, n_nodes=n)
        if found.n_nodes < 2:
            raise ArgumentError(f"a graph of {found.n_nodes} node(s) has no pair of nodes, so that nothing can be learned; give a larger graph")
        matrix = adjacency_of(found)
        estimate, result = method.fit(GraphStatistics(matrix, terms), key=key)
        self._set(dict(zip(terms, estimate.theta.tolist(), strict=True)), found.n_nodes)
        self.standard_errors_ = dict(zip(terms, estimate.standard_errors.tolist(), strict=True))
        self.monte_carlo_errors_ = dict(zip(terms, estimate.monte_carlo_errors.tolist(), strict=True))
        self.pseudo_likelihood_ = dict(zip(terms, estimate.start.tolist(), strict=True))
        self.fit_result_ = result
        self.fit_document_ = {"method": method.name, **result.to_document()}
        if not result.converged:
            import warnings

            warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=2)
        return self

    @classmethod
    def from_parameters(cls, *, n_nodes, coefficients, sweeps=200):
        """A family with known coefficients.

        Parameters
        ----------
        n_nodes : int
        coefficients : dict of str to float
            By term.
        sweeps : int

        Returns
        -------
        ExponentialRandomGraph

        Raises
        ------
        ArgumentError, ArgumentTypeError
        """
        if not isinstance(coefficients, dict):
            raise ArgumentTypeError(f"coefficients must be a dict of term to number, got {coefficients!r:.200}")
        terms = checked_terms(tuple(coefficients))
        values = {term: checks.real(coefficients[term], f"coefficients[{term!r}]") for term in terms}
        model = cls(pair_space(n_nodes).n_nodes, terms=terms, sweeps=checks.integer(sweeps, "sweeps", minimum=1, maximum=_MOST_SWEEPS))
        model._set(values, model.n_nodes)
        return model

    def _set(self, coefficients, n):
        self.coefficients_, self.n_nodes_ = coefficients, n
        self._log_normalizer = None

    def _theta(self):
        """Coefficients (4,) in the order of the kernels."""
        return np.array([self.coefficients_.get(term, 0.0) for term in TERMS])

    # ------------------------------------------------------------ steps

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_)

    def _source(self, streams, graph):
        matrix, theta = np.zeros((self.n_nodes_, self.n_nodes_), np.uint8), self._theta()
        start = 1.0 / (1.0 + exp(-min(max(theta[0], -30.0), 30.0)))
        run_chain(streams.key(), graph, theta, start, self.sweeps, matrix)
        return whole_source(np.argwhere(np.triu(matrix))), None

    def _expected_edges(self):
        return self._space().n_pairs

    def statistics(self, graph):
        """The statistics of a graph, a dict by term.

        Parameters
        ----------
        graph : graph

        Returns
        -------
        dict of str to float
        """
        self._require_fitted()
        counts = GraphStatistics(adjacency_of(self._graph(graph)), tuple(self.coefficients_)).observed
        return dict(zip(self.coefficients_, counts.tolist(), strict=True))

    def _log_likelihoods(self, graphs):
        n = self.n_nodes_
        if n > _ENUMERATED:
            raise ArgumentError(
                f"the normalising constant is a sum over 2^{n * (n - 1) // 2} graphs, exact only up to n_nodes={_ENUMERATED}; to compare graphs use the "
                f"differences of statistics(graph) times coefficients_, which need no constant"
            )
        if self._log_normalizer is None:
            counts = np.empty((2 ** (n * (n - 1) // 2), 4))
            enumerate_subgraphs(n, counts)
            self._log_normalizer = float(np.logaddexp.reduce(counts @ self._theta()))
        found, counts = np.empty((len(graphs), 4)), np.empty(4)
        for row, graph in zip(found, graphs, strict=True):
            count_subgraphs(adjacency_of(graph), counts)
            row[:] = counts
        return found @ self._theta() - self._log_normalizer

    def to_target(self, *, move="gibbs"):
        """The law over the pairs, coordinates 0 and 1, as a target: `sample(model, Gibbs())` moves an edge at a time.

        Parameters
        ----------
        move : {"gibbs", "metropolis"}
            Each pair drawn in turn given the others, or flips of random pairs proposed.

        Returns
        -------
        FamilyTarget
        """
        from statsim.models.graphs.family_target import FamilyTarget

        self._require_fitted()
        return FamilyTarget(self._theta(), self._space(), checks.choice(move, "move", ("gibbs", "metropolis")))

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return {"n_nodes": self.n_nodes_, "coefficients": dict(self.coefficients_), "sweeps": self.sweeps}

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, ("n_nodes", "coefficients", "sweeps"))
        return cls.from_parameters(**parameters)


class GraphStatistics:
    """One graph, its statistics of some terms, and the places of the terms among the counts of the kernels."""

    def __init__(self, adjacency, terms):
        self.adjacency, self.terms = adjacency, terms
        self.places = np.array([TERMS.index(term) for term in terms])
        counts = np.empty(4)
        count_subgraphs(adjacency, counts)
        self.observed = counts[self.places]

    def full(self, theta):
        """Coefficients (4,) of the kernels from those of the terms."""
        wide = np.zeros(4)
        wide[self.places] = theta
        return wide


def adjacency_of(graph):
    """Matrix (n, n) uint8 of an undirected `Graph`."""
    checks.memory(graph.n_nodes**2, None, what=f"the matrix of {graph.n_nodes} nodes", remedy="use a graph of fewer nodes")
    matrix = np.zeros((graph.n_nodes, graph.n_nodes), np.uint8)
    matrix[graph.edges[:, 0], graph.edges[:, 1]] = 1
    matrix[graph.edges[:, 1], graph.edges[:, 0]] = 1
    return matrix


def checked_terms(terms):
    """Terms as a tuple, each known and none twice."""
    if isinstance(terms, str) or not len(tuple(terms)):
        raise ArgumentTypeError(f"terms must be one or more of {TERMS}, got {terms!r}")
    for term in terms:
        checks.choice(term, "terms", TERMS)
    if len(set(terms)) < len(tuple(terms)):
        raise ArgumentError(f"terms must not repeat, got {tuple(terms)!r}")
    return tuple(terms)
