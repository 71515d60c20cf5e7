"""Stochastic block models, plain or degree-corrected, directed or not.

P. Holland, K. Laskey, S. Leinhardt, "Stochastic blockmodels: first steps", Social Networks 5 (1983); B. Karrer, M. Newman, "Stochastic
blockmodels and community structure in networks", Physical Review E 83 (2011).
"""

import warnings
from dataclasses import replace

import numpy as np

from statsim import checks, files
from statsim import rng as rngs
from statsim.errors import ArgumentError, FitWarning
from statsim.estimators.bayes import Bayes
from statsim.estimators.map import MAP
from statsim.estimators.posterior import Posterior
from statsim.estimators.variational_em import VariationalEM
from statsim.estimators.vb import VB
from statsim.model import closed
from statsim.models.graphs.block_parameters import block_counts, checked_labels, checked_parameters
from statsim.models.graphs.block_principles import BlockPrinciples
from statsim.models.graphs.block_selection import chosen_blocks, icl
from statsim.models.graphs.block_steps import BlockState, BlockSteps, degree_strengths
from statsim.models.graphs.degree_matching import matched_rates
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.independent_edges import IndependentEdgesGraph
from statsim.models.graphs.label_enumeration import integrated_log_likelihood
from statsim.models.graphs.label_draws import label_draws, read_label_draws, write_label_draws
from statsim.models.graphs.label_gibbs import LabelGibbs, mean_state
from statsim.models.graphs.pair_space import flag, pair_space
from statsim.models.graphs.picked_draw import picked_draw
from statsim.samplers.draws.independent import independent_draws

_MOST_BLOCKS = 20
_PRINCIPLES = ("map", "bayes", "vb")
_LABELS = 1  # path of the stream of labels: edges have none


class StochasticBlockModel(IndependentEdgesGraph):
    r"""Independent edges given labels of the nodes, :math:`P(\text{edge } ij) = B_{z_i z_j}`.

    A degree-corrected model has :math:`1 - \exp(-\theta_i \theta_j B_{z_i z_j})`: at least one edge of the Poisson number of Karrer and Newman, whose
    likelihood `fit` uses to find labels; the rates B then give as many edges between blocks as were seen.

    Parameters
    ----------
    n_blocks : int or "auto"
        Number of blocks; "auto" lets `fit` take the one with the highest integrated classification likelihood.
    directed : bool
    loops : bool
    degree_corrected : bool
        Nodes of one block may have different degrees.
    method : str or method object
        How `fit` finds labels: "vem" (`VariationalEM`), the bound of the likelihood; "map", the same under a prior that keeps probabilities off 0 and 1; "vb", variational
        Bayes; "bayes", Gibbs chains; "gibbs" (`LabelGibbs`), one of them. Priors: `BlockPrior`, by default uniform, for "map" two pairs of the graph's density in each cell.
    rng : None, int, SeedSequence or Generator
        Seeds the starts of `fit`, nothing else.

    Attributes
    ----------
    block_probabilities_ : ndarray (K, K)
    weights_ : ndarray (K,)
    labels_ : ndarray (n,) int64, or None where labels are drawn for each graph
    degree_weights_ : ndarray (n,), (2, n) or None
        Of mean 1 in each block.
    label_probabilities_ : ndarray (n, K), only after a fit
    posterior_ : LabelDraws or None
        Of "bayes", "gibbs" and "vb": weights[q], probabilities[q,r] and the `labels` (draws, n) that go with them. Graphs are drawn under its draws, unless the model is
        degree-corrected.
    icl_ : float, only after a fit
    icl_path_ : dict of int to float, only after a fit with "auto"
    fit_result_ : FitResult
    n_nodes_ : int

    Examples
    --------
    >>> model = StochasticBlockModel.from_parameters(block_probabilities=[[0.9, 0.05], [0.05, 0.9]], labels=[0] * 20 + [1] * 20)
    >>> graph = model.sample(rng=1)
    >>> found = StochasticBlockModel(2, rng=0).fit(graph)
    >>> bool(abs(found.labels_[:20].mean() - found.labels_[20:].mean()) == 1.0)
    True
    """

    _methods = {"vem": VariationalEM, "gibbs": LabelGibbs, "map": MAP, "bayes": Bayes, "vb": VB}

    def __init__(self, n_blocks=2, *, directed=False, loops=False, degree_corrected=False, method="vem", rng=None):
        self.n_blocks = n_blocks
        self.directed = directed
        self.loops = loops
        self.degree_corrected = degree_corrected
        self.method = method
        self.rng = rng

    # ------------------------------------------------------------ making one

    def fit(self, graph, y=None, *, labels=None, n_nodes=None):
        """Learn labels and probabilities.

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
        y : ignored
        labels : array (n,), optional
            Known labels 0..K-1: only the probabilities are learned.
        n_nodes : int, optional
            For a table of edges.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError, ArgumentTypeError
        FitError
        """
        auto = isinstance(self.n_blocks, str) and checks.choice(self.n_blocks, "n_blocks", ("auto",)) == "auto"
        K = None if auto else checks.integer(self.n_blocks, "n_blocks", minimum=1)
        corrected, loops, directed = flag(self.degree_corrected, "degree_corrected"), flag(self.loops, "loops"), flag(self.directed, "directed")
        if corrected and loops:
            raise ArgumentError("loops=True with degree_corrected=True: the degrees of a graph with loops do not tell its weights; drop the loops")
        found = as_graph(graph, n_nodes=n_nodes, directed=directed, loops=loops)
        if found.n_nodes < max(2, K or 1):
            raise ArgumentError(f"a graph of {found.n_nodes} node(s) cannot have n_blocks={self.n_blocks}; it needs 2 nodes and as many as blocks")
        method, key = self._method(), rngs.stream_key(self.rng, rngs.Purpose.FIT)
        criteria = {}
        if labels is not None:
            known = checked_labels(labels, _known(K, labels), found.n_nodes)
            steps = BlockSteps(found, _known(K, labels), loops=loops, degree_corrected=corrected)
            state, result = _with_labels(steps, known, method, key), None
        elif auto and method.name in _PRINCIPLES:
            raise ArgumentError(f"n_blocks='auto' goes with method='vem' or 'gibbs'; with {method.name!r} give a number (the bound of 'vb', fit_result_.objective, compares them)")
        elif auto:
            numbers = range(1, min(_MOST_BLOCKS, found.n_nodes) + 1)
            steps, state, result, criteria = chosen_blocks(found, numbers, method, key=key, loops=loops, degree_corrected=corrected)
        else:
            steps = BlockSteps(found, K, loops=loops, degree_corrected=corrected)
            state, result = method.fit(BlockPrinciples(steps) if method.name in _PRINCIPLES else steps, key=key)
        if isinstance(state, Posterior):
            steps.posterior, state = _drawn(state)
        self._learned(steps, state, result, method.name if labels is None else "labels")
        self.icl_path_ = criteria
        return self

    def _learned(self, steps, state, result, how):
        labels = state.tau.argmax(axis=1)
        probabilities, weights = state.rates, np.maximum(state.alpha, 0.0)
        theta = None
        if steps.degree_corrected:
            probabilities, theta = _degree_corrected(steps, labels)
        self._set(checked_parameters(
            block_probabilities=_forgotten(probabilities, steps), labels=labels, weights=weights / weights.sum(), n_nodes=None,
            degree_weights=theta, directed=self.directed, loops=self.loops,
        ))  # fmt: skip
        self.label_probabilities_, self.icl_, self.fit_result_ = state.tau, icl(steps, labels), result
        self.posterior_ = getattr(steps, "posterior", None)
        self.fit_document_ = {"method": how, "n_edges": steps.graph.n_edges, **({} if result is None else result.to_document())}
        if result is not None and not result.converged:
            warnings.warn("; ".join(result.warnings), FitWarning, stacklevel=3)

    @classmethod
    def from_parameters(cls, *, block_probabilities, labels=None, weights=None, n_nodes=None, degree_weights=None, directed=False, loops=False):
        """A block model with known parameters, ready to use.

        Parameters
        ----------
        block_probabilities : array (K, K)
            Symmetric unless directed.
        labels : array (n,), optional
            Of the nodes, 0..K-1, the same in every graph.
        weights : array (K,), optional
            Without labels: the label of each node is drawn for each graph with these probabilities.
        n_nodes : int, optional
            Without labels.
        degree_weights : array (n,), or (2, n) for a directed graph, optional
            Makes the model degree-corrected; an edge has the probability 1 - exp(-weight_i weight_j block_probabilities).
        directed, loops : bool

        Returns
        -------
        StochasticBlockModel

        Raises
        ------
        ArgumentError, ArgumentTypeError
        """
        parameters = checked_parameters(
            block_probabilities=block_probabilities, labels=labels, weights=weights, n_nodes=n_nodes, degree_weights=degree_weights,
            directed=flag(directed, "directed"), loops=flag(loops, "loops"),
        )  # fmt: skip
        model = cls(parameters.n_blocks, directed=parameters.directed, loops=parameters.loops, degree_corrected=degree_weights is not None)
        model._set(parameters)
        return model

    def _set(self, parameters):
        self._blocks, self.posterior_ = parameters, None
        self.block_probabilities_, self.weights_, self.labels_ = parameters.probabilities, parameters.weights, parameters.labels
        self.degree_weights_, self.n_nodes_ = parameters.degree_weights, parameters.n_nodes
        self._fixed = None if parameters.labels is None else parameters.tables(parameters.labels)

    # ------------------------------------------------------------ steps

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_, directed=self.directed, loops=self.loops)

    def _source(self, streams, graph):
        labels = self._blocks.drawn_labels(streams.key(_LABELS), graph)
        tables, relabelled = self._fixed or self._blocks.tables(labels)
        key = streams.key()
        return (tables.source(key, graph) if self.degree_weights_ is not None else tables.source(key, graph, relabelled)), labels.copy()

    def _predicts(self):
        return self.posterior_ is not None and self.degree_weights_ is None

    def _predictive_source(self, streams, graph):
        t = picked_draw(streams, graph, len(self.posterior_.labels))
        labels = self.posterior_.labels[t]
        tables, relabelled = replace(self._blocks, probabilities=self.posterior_.probabilities[t]).tables(labels)
        return tables.source(streams.key(), graph, relabelled), labels.copy()

    def _expected_edges(self):
        if self._fixed is not None:
            return self._fixed[0].expected
        mean = float(self.weights_ @ self.block_probabilities_ @ self.weights_)
        heavy = 1.0 if self.degree_weights_ is None else float(np.max(self.degree_weights_, initial=0.0) ** 2)
        return min(mean * heavy, 1.0) * self._space().n_pairs

    def _log_likelihoods(self, graphs):
        if self.labels_ is not None:
            return np.array([self._blocks.log_likelihood(graph, self.labels_) for graph in graphs])
        return np.array([integrated_log_likelihood(self._blocks, graph) for graph in graphs])

    def log_likelihood_given(self, graph, labels):
        """Log probability of a graph given labels.

        Parameters
        ----------
        graph : graph
        labels : array (n,)
            Of 0..K-1.

        Returns
        -------
        float
        """
        self._require_fitted()
        return self._blocks.log_likelihood(self._graph(graph), checked_labels(labels, len(self.weights_), self.n_nodes_))

    def _pair_probabilities(self):
        if self.labels_ is None:
            raise ArgumentError("the labels of this model are drawn for each graph, so pairs are not independent; fix them: from_parameters(labels=...)")
        i, j = self._space().pairs().T
        out, into = self._blocks.strengths()
        rates = self.block_probabilities_[self.labels_[i], self.labels_[j]] * out[i] * into[j]
        return rates if self.degree_weights_ is None else -np.expm1(-rates)

    def labels_given(self, graph):
        """The law of the labels given a graph and these parameters: a target for `sample(target, Gibbs())`.

        Parameters
        ----------
        graph : graph

        Returns
        -------
        LabelTarget

        Raises
        ------
        ArgumentError
            For a degree-corrected model, whose labels `fit` draws with method="gibbs".
        """
        from statsim.models.graphs.label_target import LabelTarget

        self._require_fitted()
        if self.degree_weights_ is not None:
            raise ArgumentError("labels_given needs a model without degree weights; for a degree-corrected one use fit(graph) with method='gibbs'")
        return LabelTarget(self._graph(graph), self._blocks)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        optional = {"labels": self.labels_, "degree_weights": self.degree_weights_}
        return {
            "block_probabilities": files.array_to_document(self.block_probabilities_), "weights": files.array_to_document(self.weights_),
            "n_nodes": self.n_nodes_, "directed": self.directed, "loops": self.loops,
            **{name: None if value is None else files.array_to_document(value) for name, value in optional.items()}, **write_label_draws(self),
        }  # fmt: skip

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, ("block_probabilities", "weights", "n_nodes", "directed", "loops", "labels", "degree_weights"), ("posterior", "posterior_labels"))
        labels, theta = parameters["labels"], parameters["degree_weights"]
        model = cls.from_parameters(
            block_probabilities=files.array_from_document(parameters["block_probabilities"], "block_probabilities", shape=(None, None)),
            weights=files.array_from_document(parameters["weights"], "weights", shape=(None,)),
            labels=None if labels is None else files.array_from_document(labels, "labels", shape=(None,), dtype=np.int64),
            degree_weights=None if theta is None else files.array_from_document(theta, "degree_weights", shape=(2, None) if parameters["directed"] is True else (None,)),
            n_nodes=parameters["n_nodes"], directed=parameters["directed"], loops=parameters["loops"],
        )  # fmt: skip
        model.posterior_ = read_label_draws(parameters, len(model.weights_), model.n_nodes_)
        return model


def _with_labels(steps, labels, method, key):
    """The state, or the exact posterior, given labels."""
    if method.name == "map":
        return BlockPrinciples(steps).regularised(method.prior, method.penalty).of_labels(labels, certainty=1.0)
    if method.name not in ("bayes", "vb"):
        return steps.of_labels(labels, certainty=1.0)
    law = BlockPrinciples(steps).variational(method.prior).of_memberships(np.eye(steps.K)[labels])
    draws = method.draws * (method.chains if method.name == "bayes" else 1)
    return Posterior(independent_draws(law.sample(draws, key), law, method), law)


def _drawn(posterior):
    """`LabelDraws` of a posterior, and their means as a state; of a variational law its own."""
    law = posterior.approximation
    if law is None:
        return posterior.draws, mean_state(posterior.draws)
    K, rows = len(law.delta), posterior.rows
    draws = label_draws(rows[:, :K], rows[:, K:].reshape(-1, K, K), law.labels, method=posterior.draws.method)
    return draws, BlockState(law.delta / law.delta.sum(), law.a / (law.b if law.steps.base.degree_corrected else law.a + law.b), law.tau)


def _known(K, labels):
    return K if K is not None else int(np.max(labels, initial=0)) + 1


def _forgotten(probabilities, steps):
    """Rates at the bounds that keep logarithms finite are 0 and 1 again."""
    low = np.where(probabilities <= 1e-12, 0.0, probabilities)
    return low if steps.degree_corrected else np.where(low >= 1.0 - 1e-12, 1.0, low)


def _degree_corrected(steps, labels):
    """Weights of nodes with mean 1 in each block, and the rates that go with them."""
    strengths = degree_strengths(steps.graph)
    sizes = np.maximum(np.bincount(labels, minlength=steps.K), 1)
    means = np.stack([np.bincount(labels, weights=row, minlength=steps.K) / sizes for row in strengths])
    theta = strengths / np.where(means > 0, means, 1.0)[:, labels]
    rates = matched_rates(block_counts(steps.graph, labels, steps.K), labels, theta, directed=steps.graph.directed)
    return rates, theta if steps.graph.directed else theta[0]
