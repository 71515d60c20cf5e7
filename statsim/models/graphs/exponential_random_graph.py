"""Exponential-family graphs: Frank, Strauss (1986); Robins, Pattison, Kalish, Lusher, "An introduction to exponential random graph models", Social Networks 29 (2007)."""

import warnings

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError, FitWarning
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.posterior import Posterior
from statsim.kernels.elementary import exp
from statsim.model import closed
from statsim.models.graphs.coefficient_posterior import CoefficientSteps
from statsim.models.graphs.edge_source import whole_source
from statsim.models.graphs.graph_family import GraphStatistics, adjacency_of, family_of
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.graph_model import GraphModel
from statsim.models.graphs.monte_carlo_mle import MonteCarloMLE
from statsim.models.graphs.pair_space import flag, pair_space
from statsim.models.graphs.picked_draw import picked_draw
from statsim.models.posterior.document import read_posterior, write_posterior

_MOST_SWEEPS = 10**6
_SECONDS_PER_FLIP, _PER_NODE = 4e-8, 3e-10


class ExponentialRandomGraph(GraphModel):
    r"""Simple graphs, :math:`P(g) \propto \exp(\sum_t \theta_t s_t(g))`.

    The statistics s count edges, two-stars, three-stars and triangles; of a directed graph edges, mutual pairs, two-stars out and in, transitive and
    cyclic triples. A draw is the end of a Gibbs chain of its own, `sweeps` passes over all pairs from independent edges, so its law is that of
    the model in the limit; the time of a draw is that of sweeps times pairs, with triangles or triples times nodes.

    Parameters
    ----------
    n_nodes : int, optional
        Number of nodes; left out, `fit` takes it from the graph.
    terms : sequence of str
        "edges", "two_stars", "three_stars", "triangles"; of a directed graph "edges", "mutual", "out_two_stars", "in_two_stars", "transitive_triples"
        (i to j, j to k, i to k), "cyclic_triples" (i to j, j to k, k to i).
    directed : bool
    sweeps : int
        Passes over all pairs that make a draw.
    method : str or method object
        "mcmle" is `MonteCarloMLE()`; "map" the mode under normal priors, which exists for every graph; "bayes" draws by the exchange algorithm. Priors: one law for all
        coefficients, or a dict by term; default Normal(0, 5).
    rng : None, int, SeedSequence or Generator
        Seeds `fit`, nothing else.

    Attributes
    ----------
    coefficients_ : dict of str to float
    standard_errors_, monte_carlo_errors_ : dict of str to float, only after a fit
        From the information at the estimate; and what its simulation adds.
    pseudo_likelihood_ : dict of str to float, only after a fit
        Where the fit began.
    posterior_ : Draws or None
        Of a Bayesian fit, by term; the coefficients are its means, their standard errors its spreads. Graphs are drawn under its draws.
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

    _methods = {"mcmle": MonteCarloMLE, "map": MAP, "bayes": Bayes}

    def __init__(self, n_nodes=None, *, terms=("edges", "triangles"), directed=False, sweeps=200, method="mcmle", rng=None):
        self.n_nodes = n_nodes
        self.terms = terms
        self.directed = directed
        self.sweeps = sweeps
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ making one

    def fit(self, graph, y=None):
        """Monte Carlo maximum likelihood (Geyer, Thompson 1992), started at the maximum of the pseudo-likelihood.

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
            Without loops.
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
        family = family_of(flag(self.directed, "directed"))
        terms = family.checked_terms(self.terms)
        n = None if self.n_nodes is None else checks.integer(self.n_nodes, "n_nodes", minimum=2)
        method, key = self._method(), rngs.stream_key(self.rng, rngs.Purpose.FIT)
        checks.integer(self.sweeps, "sweeps", minimum=1, maximum=_MOST_SWEEPS)
        found = as_graph(graph, n_nodes=n, directed=family.directed)
        if found.n_nodes < 2:
            raise ArgumentError(f"a graph of {found.n_nodes} node(s) has no pair of nodes, so that nothing can be learned; give a larger graph")
        statistics = GraphStatistics(adjacency_of(found), terms, family)
        estimate, result = method.fit(statistics if method.name == "mcmle" else CoefficientSteps(statistics), key=key)
        if isinstance(estimate, Posterior):
            self._set_posterior(estimate, terms, found.n_nodes, result)
            return self
        self._set(dict(zip(terms, estimate.theta.tolist(), strict=True)), found.n_nodes)
        self.standard_errors_ = dict(zip(terms, estimate.standard_errors.tolist(), strict=True))
        self.monte_carlo_errors_ = dict(zip(terms, estimate.monte_carlo_errors.tolist(), strict=True))
        self.pseudo_likelihood_ = dict(zip(terms, estimate.start.tolist(), strict=True))
        self.fit_result_ = result
        self.fit_document_ = {"method": method.name, **result.to_document()}
        if not result.converged:
            warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=2)
        return self

    @classmethod
    def from_parameters(cls, *, n_nodes, coefficients, directed=False, sweeps=200):
        """A family with known coefficients.

        Parameters
        ----------
        n_nodes : int
        coefficients : dict of str to float
            By term.
        directed : bool
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
        directed = flag(directed, "directed")
        terms = family_of(directed).checked_terms(tuple(coefficients))
        values = {term: checks.real(coefficients[term], f"coefficients[{term!r}]") for term in terms}
        n = pair_space(n_nodes, directed=directed).n_nodes
        model = cls(n, terms=terms, directed=directed, sweeps=checks.integer(sweeps, "sweeps", minimum=1, maximum=_MOST_SWEEPS))
        model._set(values, n)
        return model

    def _set(self, coefficients, n):
        self.coefficients_, self.n_nodes_ = coefficients, n
        self._log_normalizer, self.posterior_ = None, None

    def _set_posterior(self, posterior, terms, n, result):
        self._set(dict(zip(terms, posterior.mean.tolist(), strict=True)), n)
        self.posterior_, self.fit_result_ = posterior.draws, result
        self.monte_carlo_errors_ = self.pseudo_likelihood_ = None
        self.standard_errors_ = dict(zip(terms, posterior.rows.std(axis=0).tolist(), strict=True))
        self.fit_document_ = {"method": "bayes", **result.to_document()}
        if result.warnings:
            warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=3)

    @property
    def _family(self):
        return family_of(self.directed)

    def _theta(self):
        """Coefficients of all counts in the order of the kernels."""
        return np.array([self.coefficients_.get(term, 0.0) for term in self._family.terms])

    # ------------------------------------------------------------ steps

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_, directed=self.directed)

    def _source(self, streams, graph):
        return self._chain_end(streams, graph, self._theta())

    def _predictive_source(self, streams, graph):
        rows = self.posterior_.values.reshape(-1, self.posterior_.dim)
        coefficients = dict(zip(self.posterior_.names, rows[picked_draw(streams, graph, len(rows))], strict=True))
        return self._chain_end(streams, graph, np.array([coefficients.get(term, 0.0) for term in self._family.terms]))

    def _chain_end(self, streams, graph, theta):
        matrix = np.zeros((self.n_nodes_, self.n_nodes_), np.uint8)
        start = 1.0 / (1.0 + exp(-min(max(theta[0], -30.0), 30.0)))
        self._family.run_chain(streams.key(), graph, theta, start, self.sweeps, matrix)
        return whole_source(np.argwhere(matrix if self.directed else np.triu(matrix))), None

    def _core_seconds(self):
        is_wide = any(value for term, value in self.coefficients_.items() if term.endswith(("triangles", "triples")))
        return self.sweeps * self._space().n_pairs * (_SECONDS_PER_FLIP + _PER_NODE * self.n_nodes_ * is_wide)

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
        counts = GraphStatistics(adjacency_of(self._graph(graph)), tuple(self.coefficients_), self._family).observed
        return dict(zip(self.coefficients_, counts.tolist(), strict=True))

    def _log_likelihoods(self, graphs):
        n, family = self.n_nodes_, self._family
        if n > family.enumerated:
            raise ArgumentError(
                f"the normalising constant is a sum over 2^{family.n_pairs(n)} graphs, exact only up to n_nodes={family.enumerated}; to compare graphs use the "
                f"differences of statistics(graph) times coefficients_, which need no constant"
            )
        if self._log_normalizer is None:
            self._log_normalizer = float(np.logaddexp.reduce(family.counts_of_all(n) @ self._theta()))
        found = np.array([GraphStatistics(adjacency_of(graph), family.terms, family).observed for graph in graphs])
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
        return FamilyTarget(self._family, self._theta(), self._space(), checks.choice(move, "move", ("gibbs", "metropolis")))

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        document = {"n_nodes": self.n_nodes_, "coefficients": dict(self.coefficients_), "sweeps": self.sweeps}
        document |= write_posterior(self)
        return {**document, "directed": True} if self.directed else document  # files of undirected families stay as they were

    @classmethod
    def _from_parameters_document(cls, parameters):
        parameters = {"directed": False, **parameters}
        closed(parameters, ("n_nodes", "coefficients", "sweeps", "directed"), ("posterior",))
        model = cls.from_parameters(**{name: value for name, value in parameters.items() if name != "posterior"})
        model.posterior_ = read_posterior(parameters, tuple(model.coefficients_))
        return model
