"""Graphs with independent edges of one probability: G(n, p), directed or not, with loops or not, bipartite or not.

E. N. Gilbert, "Random graphs", Annals of Mathematical Statistics 30 (1959).
"""

import math
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.errors import ArgumentError, FileRefusedError
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.mle import MLE
from statsim.estimators.posterior import Posterior
from statsim.model import closed
from statsim.models.graphs.edge_probability_posterior import EdgeSteps
from statsim.models.graphs.edge_source import SkippingTables
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.independent_edges import IndependentEdgesGraph
from statsim.models.graphs.pair_space import pair_space
from statsim.models.graphs.picked_draw import picked_draw
from statsim.models.posterior.document import read_posterior, write_posterior


class BernoulliGraph(IndependentEdgesGraph):
    r"""Independent edges, :math:`P(g) = p^{m} (1 - p)^{N - m}` for m edges among N pairs.

    Parameters
    ----------
    n_nodes : int, optional
        Number of nodes; left out, `fit` takes it from the graph.
    directed : bool
        Ordered pairs.
    loops : bool
        A node may be joined to itself.
    bipartite : int, optional
        Nodes of the first part, 0..bipartite-1; edges join them to the others.
    method : str or method object
        "mle", edges over pairs; "map" and "bayes" under a prior `Beta`, its default Beta(2, 2) for the mode, which is then off 0 and 1, and
        uniform for the posterior, both in closed form.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a Bayesian fit, nothing else.

    Attributes
    ----------
    p_ : float
        Probability of an edge; of a Bayesian fit the mean of its draws.
    posterior_ : Draws or None
    fit_result_ : FitResult
    n_nodes_ : int
    n_pairs_ : int
    n_edges_ : int
        Of the graph that was fitted.

    Examples
    --------
    >>> BernoulliGraph.from_parameters(n_nodes=4, p=0.5).sample(rng=3, as_="edges").tolist()
    [[0, 1]]
    >>> BernoulliGraph().fit([[0, 1, 0], [1, 0, 0], [0, 0, 0]]).p_
    0.3333333333333333
    """

    _methods: ClassVar[dict] = {"mle": MLE, "map": MAP, "bayes": Bayes}

    def __init__(self, n_nodes=None, *, directed=False, loops=False, bipartite=None, method="mle", rng=None):
        self.n_nodes = n_nodes
        self.directed = directed
        self.loops = loops
        self.bipartite = bipartite
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ making one

    def fit(self, graph, y=None):
        """Learn the probability of an edge.

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
            See `statsim.models.graphs.graph_input.as_graph`.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        ArgumentError, ArgumentTypeError
            For what is no simple graph of this kind, and for a graph without pairs.
        """
        method = self._method()
        n = None if self.n_nodes is None else checks.integer(self.n_nodes, "n_nodes", minimum=0)
        found = as_graph(graph, n_nodes=n, directed=self.directed, loops=self.loops, bipartite=self.bipartite)
        space = pair_space(found.n_nodes, directed=self.directed, loops=self.loops, bipartite=self.bipartite)
        if space.n_pairs == 0:
            raise ArgumentError(f"a graph of n_nodes={found.n_nodes} has no pair of nodes, so that no probability can be learned; give a larger graph")
        state, result = method.fit(EdgeSteps(found.n_edges, space.n_pairs), key=rngs.stream_key(self.rng, rngs.Purpose.FIT))
        self._set(space, float(state.mean[0]) if isinstance(state, Posterior) else state)
        self.posterior_ = state.draws if isinstance(state, Posterior) else None
        self.n_edges_, self.fit_result_ = found.n_edges, result
        self.fit_document_ = {**result.to_document(), "method": method.name, "n_edges": found.n_edges}
        return self

    @classmethod
    def from_parameters(cls, *, n_nodes, p, directed=False, loops=False, bipartite=None):
        """A graph law with a known probability, ready to use.

        Parameters
        ----------
        n_nodes : int
        p : float
            In [0, 1].
        directed, loops, bipartite
            As for the constructor.

        Returns
        -------
        BernoulliGraph

        Raises
        ------
        ArgumentError, ArgumentTypeError

        Examples
        --------
        >>> BernoulliGraph.from_parameters(n_nodes=3, p=1.0).sample(rng=0).toarray().tolist()
        [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
        """
        space = pair_space(n_nodes, directed=directed, loops=loops, bipartite=bipartite)
        probability = checks.real(p, "p", minimum=0.0, maximum=1.0, remedy="p is the probability of an edge")
        model = cls(space.n_nodes, directed=space.directed, loops=space.loops, bipartite=space.bipartite)
        model._set(space, probability)
        return model

    def _set(self, space, p):
        self.p_, self.n_nodes_, self.n_pairs_, self.posterior_ = p, space.n_nodes, space.n_pairs, None
        self._tables = SkippingTables.of(space.regions, [p] * len(space.regions))

    def interval(self, level=0.95):
        """An interval of p: of Clopper and Pearson, which covers with probability at least `level` whatever p is; of a Bayesian fit between quantiles of the draws.

        Parameters
        ----------
        level : float
            In (0, 1).

        Returns
        -------
        (float, float)

        Raises
        ------
        ArgumentError
            When the model was not fitted to a graph.

        Examples
        --------
        >>> model = BernoulliGraph().fit([[0, 1, 0], [1, 0, 0], [0, 0, 0]])
        >>> [round(end, 4) for end in model.interval()]
        [0.0084, 0.9057]
        """
        from scipy.special import betaincinv

        self._require_fitted()
        level = checks.real(level, "level", minimum=0.0, maximum=1.0, open_minimum=True)
        if not hasattr(self, "n_edges_"):
            raise ArgumentError("this model has a given p, not one learned from a graph, so there is no interval; call fit(graph)")
        if self.posterior_ is not None:
            return tuple(float(end) for end in np.quantile(self.posterior_.values, [(1.0 - level) / 2.0, (1.0 + level) / 2.0]))
        m, n, tail = self.n_edges_, self.n_pairs_, (1.0 - level) / 2.0
        low = float(betaincinv(m, n - m + 1, tail)) if m > 0 else 0.0
        high = float(betaincinv(m + 1, n - m, 1.0 - tail)) if m < n else 1.0
        return low, high

    # ------------------------------------------------------------ steps

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_, directed=self.directed, loops=self.loops, bipartite=self.bipartite)

    def _source(self, streams, graph):
        return self._tables.source(streams.key(), graph), None

    def _predictive_source(self, streams, graph):
        draws, space = self.posterior_.values.ravel(), self._space()
        p = float(draws[picked_draw(streams, graph, len(draws))])
        return SkippingTables.of(space.regions, [p] * len(space.regions)).source(streams.key(), graph), None

    def _expected_edges(self):
        return self._tables.expected

    def _log_likelihoods(self, graphs):
        edges = np.array([graph.n_edges for graph in graphs], np.float64)
        if self.posterior_ is not None:
            draws = self.posterior_.values.reshape(-1, 1)
            with np.errstate(divide="ignore"):
                logs = _times_log(edges, None, np.log(draws)) + _times_log(self.n_pairs_ - edges, None, np.log1p(-draws))
            return np.logaddexp.reduce(logs, axis=0) - math.log(len(draws))
        return _times_log(edges, self.p_) + _times_log(self.n_pairs_ - edges, 1.0 - self.p_, math.log1p(-self.p_) if self.p_ < 1.0 else -math.inf)

    def _pair_probabilities(self):
        return np.full(self.n_pairs_, self.p_)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return {"n_nodes": self.n_nodes_, "p": self.p_, "directed": self.directed, "loops": self.loops, "bipartite": self.bipartite, **write_posterior(self)}

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, ("n_nodes", "p", "directed", "loops", "bipartite"), ("posterior",))
        model = cls.from_parameters(**{name: value for name, value in parameters.items() if name != "posterior"})
        model.posterior_ = read_posterior(parameters, ("p",))
        if model.posterior_ is not None and not ((model.posterior_.values >= 0) & (model.posterior_.values <= 1)).all():
            raise FileRefusedError("the posterior holds a draw of p outside [0, 1]")
        return model

    @classmethod
    def from_document(cls, document):
        """The model in a document made by `to_document`; the number of edges that were counted comes with it."""
        model = super().from_document(document)
        edges = model.fit_document_.get("n_edges")
        if type(edges) is int and 0 <= edges <= model.n_pairs_:
            model.n_edges_ = edges
        return model


def _times_log(count, p, log=None):
    """count log p, 0 where the count is 0."""
    if log is None:
        log = math.log(p) if p > 0.0 else -math.inf
    return np.where(count == 0, 0.0, np.where(count == 0, 1.0, count) * log)
