r"""Graphs whose edges depend on features of the nodes: a row model draws the features, a logistic law the edges.

P. D. Hoff, A. E. Raftery, M. S. Handcock, "Latent space approaches to social network analysis", JASA 97 (2002).
"""

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.kernels.graphs.logistic import fill_logistic_stripe, logistic_log_likelihood, newton_sums
from statsim.model import closed
from statsim.models.graphs.edge_source import StripeSource
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.graph_model import GraphModel
from statsim.models.graphs.pair_space import flag, pair_space
from statsim.models.graphs.patience import require_patience

TERMS = ("distance", "product", "difference", "sum", "sender", "receiver")
_FEATURES = 2  # path of the stream of features
_MAX_ITER = 100
_SEPARATED = 1e-6  # sum of p (1 - p) over all pairs: below it every pair is settled
_STRIPE_PAIRS = 65_536
_SECONDS_PER_PAIR = 3e-8


class LatentPositionGraph(GraphModel):
    r"""Edges with :math:`\operatorname{logit} P(\text{edge } ij) = c_0 + \sum` of terms in the features x of both nodes.

    Drawing, scoring and fitting look at every pair of nodes, so their time grows with the square of the nodes: 10^4 nodes take seconds, 10^6 take hours
    (a warning says so before they begin).

    ========== ==================================== ============
    term       what is added                        coefficients
    ========== ==================================== ============
    distance   :math:`c\,|x_i - x_j|` (Euclidean)   1
    product    :math:`c\, x_i \cdot x_j`            1
    difference :math:`\sum_k c_k |x_{ik} - x_{jk}|` d
    sum        :math:`\sum_k c_k (x_{ik} + x_{jk})` d, undirected
    sender     :math:`\sum_k c_k x_{ik}`            d, directed
    receiver   :math:`\sum_k c_k x_{jk}`            d, directed
    ========== ==================================== ============

    Parameters
    ----------
    features : model
        A fitted model of rows (a `GaussianMixture`, for one) that draws the features of the nodes of each graph, or None: then `features_` of
        the fit are the features of every graph.
    terms : sequence of str
    directed : bool

    Attributes
    ----------
    intercept_ : float
    coefficients_ : dict of str to ndarray
        By term.
    standard_errors_ : dict of str to ndarray
        Of a fit, from the information matrix; "intercept" among them.
    features_ : ndarray (n, d) or None
        Known features of the nodes.
    n_nodes_ : int

    Examples
    --------
    >>> import statsim as ss
    >>> plane = ss.GaussianMixture.from_parameters(weights=[1.0], means=[[0.0, 0.0]], covariances=[[[1.0, 0.0], [0.0, 1.0]]])
    >>> model = LatentPositionGraph.from_parameters(n_nodes=30, features=plane, intercept=1.0, coefficients={"distance": -2.0})
    >>> graph, positions = model.sample(rng=0, return_latent=True)
    >>> graph.shape, positions.shape
    ((30, 30), (30, 2))
    """

    def __init__(self, features=None, *, terms=("distance",), directed=False):
        self.features = features
        self.terms = terms
        self.directed = directed

    # ------------------------------------------------------------ making one

    def fit(self, graph, X=None, *, n_nodes=None):
        """Learn the coefficients from a graph and the features of its nodes, by maximum likelihood (Newton).

        Parameters
        ----------
        graph : array (n, n), sparse matrix, table of edges (m, 2) or networkx graph
        X : array (n, d)
        n_nodes : int, optional
            For a table of edges.

        Returns
        -------
        self

        Raises
        ------
        ArgumentError, ArgumentTypeError
        FitError
            When the likelihood has no maximum: the terms separate edges from pairs without one, or say the same twice.
        """
        if X is None:
            raise ArgumentTypeError("fit needs X, the features (n_nodes, d) of the nodes: fit(graph, X)")
        directed = flag(self.directed, "directed")
        rows = checks.data_matrix(X, "X")
        found = as_graph(graph, n_nodes=len(rows) if n_nodes is None else n_nodes, directed=directed)
        if found.n_nodes != len(rows):
            raise ArgumentError(f"X has {len(rows)} rows, but the graph has {found.n_nodes} nodes; give the features of each node")
        terms = _checked_terms(self.terms, directed)
        used = _places(terms, rows.shape[1])
        checks.memory(found.n_nodes**2, None, what=f"the pairs of {found.n_nodes} nodes", remedy="fit a sample of the nodes")
        theta, errors = _newton(found, rows, used)
        self.intercept_, self.coefficients_ = float(theta[0]), _by_term(terms, theta[1:], rows.shape[1])
        self.standard_errors_ = {"intercept": errors[:1], **_by_term(terms, errors[1:], rows.shape[1])}
        self.features_, self.n_nodes_ = rows if self.features is None else None, found.n_nodes
        self._n_features = rows.shape[1]
        self.fit_document_ = {"method": "mle", "n_edges": found.n_edges}
        return self

    @classmethod
    def from_parameters(cls, *, intercept, coefficients, n_nodes=None, features=None, X=None, directed=False):
        """A law with known coefficients.

        Parameters
        ----------
        intercept : float
        coefficients : dict of str to float or array (d,)
            By term.
        n_nodes : int, optional
            With `features`.
        features : model, optional
            A fitted row model: the features are drawn for each graph.
        X : array (n, d), optional
            Instead of it: the features of the nodes, the same in every graph.
        directed : bool

        Returns
        -------
        LatentPositionGraph

        Raises
        ------
        ArgumentError, ArgumentTypeError
        """
        if (features is None) == (X is None):
            raise ArgumentError("give either features=, a fitted model that draws them for each graph, or X=, the features of the nodes")
        directed = flag(directed, "directed")
        if not isinstance(coefficients, dict):
            raise ArgumentTypeError(f"coefficients must be a dict by term, got {coefficients!r:.200}")
        model = cls(features, terms=_checked_terms(tuple(coefficients), directed), directed=directed)
        model.features_ = None if X is None else checks.data_matrix(X, "X")
        n_nodes = len(model.features_) if X is not None and n_nodes is None else n_nodes
        model.n_nodes_ = pair_space(n_nodes, directed=directed).n_nodes
        if X is not None and len(model.features_) != model.n_nodes_:
            raise ArgumentError(f"X has {len(model.features_)} rows, but n_nodes={n_nodes}")
        model._n_features = model.features_.shape[1] if X is not None else _width(features)
        model.intercept_ = checks.real(intercept, "intercept")
        model.coefficients_ = {term: _checked_coefficient(term, value, model._n_features) for term, value in coefficients.items()}
        return model

    # ------------------------------------------------------------ steps

    def _space(self):
        self._require_fitted()
        return pair_space(self.n_nodes_, directed=self.directed)

    def _tables(self):
        """scalars (3,), difference, sender and receiver (d,) as the kernels take them."""
        c, d = self.coefficients_, self._n_features
        scalars = np.array([self.intercept_, *(float(np.sum(c.get(term, 0.0))) for term in ("distance", "product"))])
        difference, sender, receiver = (np.zeros(d) + c.get(term, 0.0) for term in ("difference", "sender", "receiver"))
        both = np.zeros(d) + c.get("sum", 0.0)
        return scalars, difference, sender + both, receiver + both

    def _drawn_features(self, streams, graph):
        if self.features_ is not None:
            return self.features_
        words = streams.key(_FEATURES)
        own = np.random.SeedSequence([*(int(word) for word in words), graph])
        return checks.data_matrix(self.features.sample(self.n_nodes_, rng=own, num_threads=1), "features.sample()", n_features=self._n_features, minimum_rows=0)

    def _source(self, streams, graph):
        X, key, n = self._drawn_features(streams, graph), streams.key(), self.n_nodes_
        tables, rows = self._tables(), max(1, _STRIPE_PAIRS // max(n, 1))

        def fill_one(stripe, edges, at):
            begin = stripe * rows
            return fill_logistic_stripe(key, graph, stripe, begin, min(begin + rows, n), X, *tables, self.directed, edges, at)

        return StripeSource(-(-n // rows), float(self._expected_edges()), fill_one), X.copy()

    def _expected_edges(self):
        """Edges expected, from a thousand pairs of a first graph."""
        if not hasattr(self, "_density"):
            n = self.n_nodes_
            X = self.features_ if self.features_ is not None else np.asarray(self.features.sample(64, rng=0))
            some = np.ascontiguousarray(X[np.linspace(0, len(X) - 1, min(64, len(X))).astype(int)], np.float64) if len(X) else X
            graph = np.empty((len(some) ** 2, 2), np.int64)
            found = fill_logistic_stripe(np.zeros(2, np.uint64), 0, 0, 0, len(some), some, *self._tables(), self.directed, graph, 0)
            pairs = pair_space(len(some), directed=self.directed).n_pairs
            self._density = (found + 1.0) / (pairs + 1.0)
        return self._density * pair_space(self.n_nodes_, directed=self.directed).n_pairs

    def _core_seconds(self):
        return _SECONDS_PER_PAIR * (1.0 + self._n_features / 8.0) * self._space().n_pairs

    def _log_likelihoods(self, graphs):
        if self.features_ is None:
            raise ArgumentError("features are drawn for each graph and were not given, so a graph alone has no closed probability; use log_likelihood_given(graph, X)")
        return np.array([self._given(graph, self.features_) for graph in graphs])

    def _given(self, graph, X):
        require_patience(self._core_seconds(), "this likelihood")
        return float(logistic_log_likelihood(X, *self._tables(), self.directed, graph.edges))

    def log_likelihood_given(self, graph, X):
        """Log probability of a graph given the features of its nodes.

        Parameters
        ----------
        graph : graph
        X : array (n, d)

        Returns
        -------
        float
        """
        self._require_fitted()
        rows = checks.data_matrix(X, "X", n_features=self._n_features, minimum_rows=0)
        if len(rows) != self.n_nodes_:
            raise ArgumentError(f"X has {len(rows)} rows, but the model has {self.n_nodes_} nodes")
        return self._given(self._graph(graph), rows)

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        return {
            "intercept": self.intercept_, "coefficients": {term: np.asarray(value).tolist() for term, value in self.coefficients_.items()},
            "n_nodes": self.n_nodes_, "directed": bool(self.directed), "features": None if self.features is None else self.features.to_document(),
            "X": None if self.features_ is None else files.array_to_document(self.features_),
        }  # fmt: skip

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, ("intercept", "coefficients", "n_nodes", "directed", "features", "X"))
        X = parameters["X"]
        return cls.from_parameters(
            intercept=parameters["intercept"], coefficients=parameters["coefficients"], n_nodes=parameters["n_nodes"], directed=parameters["directed"],
            features=None if parameters["features"] is None else row_model_of(parameters["features"]),
            X=None if X is None else files.array_from_document(X, "X", shape=(None, None)),
        )  # fmt: skip


def row_model_of(document):
    """The row model inside a file: a Gaussian mixture."""
    from statsim.model import check_envelope
    from statsim.models.mixture.gaussian_mixture import GaussianMixture

    check_envelope(document)
    return GaussianMixture.from_document(document)


def _width(features):
    if not hasattr(features, "sample") or not hasattr(features, "to_document"):
        raise ArgumentTypeError(f"features must be a fitted model of rows, got {features!r}; known features go to X=")
    rows = np.asarray(features.sample(1, rng=0))
    if rows.ndim != 2 or rows.dtype.kind not in "fiu":
        raise ArgumentTypeError(f"features must draw rows of numbers, {type(features).__name__}.sample gave {rows.dtype} of shape {rows.shape}")
    return rows.shape[1]


def _checked_terms(terms, directed):
    if isinstance(terms, str) or not len(terms):
        raise ArgumentTypeError(f"terms must be one or more of {TERMS}, got {terms!r}")
    for term in terms:
        checks.choice(term, "terms", TERMS)
        if (term == "sum" and directed) or (term in ("sender", "receiver") and not directed):
            raise ArgumentError(f"the term {term!r} is for {'undirected' if directed else 'directed'} graphs; use {'sender and receiver' if directed else 'sum'}")
    if len(set(terms)) < len(terms):
        raise ArgumentError(f"terms must not repeat, got {tuple(terms)!r}")
    return tuple(terms)


def _checked_coefficient(term, value, d):
    name, size = f"coefficients[{term!r}]", 1 if term in ("distance", "product") else d
    try:
        array = np.atleast_1d(np.asarray(value, np.float64))
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"{name} must be numbers, got {value!r:.200}") from error
    if array.shape != (size,) or not np.isfinite(array).all():
        raise ArgumentError(f"{name} must be {size} finite number(s){', one for each feature' if size == d else ''}, got {value!r:.200}")
    return array


def _places(terms, d):
    """Columns of the full design (see `newton_sums`) of the intercept and the terms."""
    starts = {"distance": [1], "product": [2], "difference": range(3, 3 + d), "sum": range(3 + d, 3 + 2 * d), "sender": range(3 + d, 3 + 2 * d),
              "receiver": range(3 + 2 * d, 3 + 3 * d)}  # fmt: skip
    return np.array([0, *(place for term in terms for place in starts[term])], np.int64)


def _by_term(terms, values, d):
    found, at = {}, 0
    for term in terms:
        size = 1 if term in ("distance", "product") else d
        found[term] = np.array(values[at : at + size])
        at += size
    return found


def _newton(graph, X, used):
    """Maximum likelihood coefficients and their standard errors; steps are halved until they climb."""
    adjacency = np.zeros((graph.n_nodes, graph.n_nodes), np.uint8)
    adjacency[graph.edges[:, 0], graph.edges[:, 1]] = 1
    q = len(used)
    theta, gradient, information = np.zeros(q), np.empty(q), np.empty((q, q))
    value = newton_sums(X, used, theta, adjacency, graph.directed, gradient, information)
    for _ in range(_MAX_ITER):
        if information[0, 0] < _SEPARATED or np.linalg.cond(information) > 1e14:
            raise FitError("the likelihood has no single maximum: the terms separate edges from pairs without one, are constant, or say the same twice; use fewer terms")
        step = np.linalg.solve(information, gradient)
        if abs(step @ gradient) < 1e-12 * (1.0 + abs(value)):
            return theta, np.sqrt(np.diag(np.linalg.inv(information)))
        theta, value = _climbed(theta, step, value, (X, used, adjacency, graph.directed, gradient, information))
    raise FitError(f"the likelihood still rose after {_MAX_ITER} steps: it has no maximum; use fewer terms")


def _climbed(theta, step, value, arguments):
    X, used, adjacency, directed, gradient, information = arguments
    for halving in range(40):
        moved = theta + step * 0.5**halving
        found = newton_sums(X, used, moved, adjacency, directed, gradient, information)
        if np.isfinite(found) and found >= value - 1e-12 * abs(value):
            return moved, found
    raise FitError("no step raised the likelihood; scale the features to order one")
