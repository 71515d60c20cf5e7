"""Edges by features: probabilities by the definition, the fit against scikit-learn, and what is refused."""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of, independent_law
from tests.reference import graphs as twin

X = np.array([[0.5, -1.0], [1.5, 0.3], [-0.7, 0.2], [0.1, 1.1]])
UNDIRECTED = {"distance": -1.1, "product": 0.4, "difference": [0.3, -0.2], "sum": [0.5, 0.1]}
DIRECTED = {"distance": -1.1, "product": 0.4, "difference": [0.3, -0.2], "sender": [0.8, 0.1], "receiver": [-0.6, 0.2]}


def log_odds(x, y, intercept, c):
    total = intercept + c.get("distance", 0) * np.linalg.norm(x - y) + c.get("product", 0) * (x @ y)
    total += np.sum(np.multiply(c.get("difference", 0), np.abs(x - y))) + np.sum(np.multiply(c.get("sum", 0), x + y))
    return total + np.sum(np.multiply(c.get("sender", 0), x)) + np.sum(np.multiply(c.get("receiver", 0), y))


def law_of(rows, coefficients, directed):
    eta = np.array([log_odds(rows[i], rows[j], 0.2, coefficients) for i, j in twin.space_pairs(len(rows), directed)])
    return independent_law(1 / (1 + np.exp(-eta)))


@pytest.mark.parametrize("directed", [False, True])
def test_every_graph_has_its_probability(directed, seed):
    rows, coefficients = (X[:3], DIRECTED) if directed else (X, UNDIRECTED)
    model = ss.LatentPositionGraph.from_parameters(intercept=0.2, coefficients=coefficients, X=rows, directed=directed)
    law, space = law_of(rows, coefficients, directed), model._space()
    drawn = codes_of(model.sample(10_000, rng=seed, as_="edges"), space)
    testing.assert_follows(drawn, law, detects=0.13)
    if directed:
        swapped = {**DIRECTED, "sender": DIRECTED["receiver"], "receiver": DIRECTED["sender"]}
        assert not judge_follows(drawn, law_of(rows, swapped, True)).passed
    graphs = [(space.pairs()[row == 1], model.n_nodes_) for row in twin.all_rows(space.n_pairs)]
    assert np.exp(model.score_samples(graphs)) == pytest.approx(law, abs=1e-12)


def plane():
    return ss.GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[0.0, 0.0], [2.0, 0.0]], covariances=[np.eye(2)] * 2)


def test_features_are_drawn_by_a_row_model():
    model = ss.LatentPositionGraph.from_parameters(n_nodes=400, features=plane(), intercept=1.0, coefficients={"distance": -2.0})
    graphs, positions = model.sample(2, rng=3, return_latent=True, num_threads=2)
    again, own = model.sample(rng=3, start=1, return_latent=True, num_threads=1)
    assert (again != graphs[1]).nnz == 0 and (own == positions[1]).all() and (positions[0] != positions[1]).all()
    both = np.concatenate(positions)
    z = (both.mean(axis=0) - [1.0, 0.0]) / np.sqrt(np.array([2.0, 1.0]) / len(both))
    assert (np.abs(z) < 6).all()
    near = np.linalg.norm(positions[0][:, None] - positions[0][None], axis=-1)
    assert near[graphs[0].toarray() == 1].mean() < 0.6 * near.mean()
    assert model.log_likelihood_given(graphs[0], positions[0]) > model.log_likelihood_given(graphs[0], positions[1])


@pytest.mark.parametrize(("terms", "directed"), [(("distance", "sum"), False), (("product", "difference"), False), (("distance", "sender", "receiver"), True)])
def test_the_fit_is_a_logistic_regression(terms, directed):
    from sklearn.linear_model import LogisticRegression

    rows = plane().sample(60, rng=1)
    coefficients = {term: ({**UNDIRECTED, **DIRECTED})[term] for term in terms}
    graph = ss.LatentPositionGraph.from_parameters(intercept=0.2, coefficients=coefficients, X=rows, directed=directed).sample(rng=2, as_="dense")
    model = ss.LatentPositionGraph(terms=terms, directed=directed).fit(graph, rows)
    columns = {
        "distance": lambda x, y: [np.linalg.norm(x - y)], "product": lambda x, y: [x @ y], "difference": lambda x, y: np.abs(x - y),
        "sum": lambda x, y: x + y, "sender": lambda x, y: x, "receiver": lambda x, y: y,
    }  # fmt: skip
    pairs = twin.space_pairs(60, directed)
    design = np.array([np.concatenate([columns[term](rows[i], rows[j]) for term in terms]) for i, j in pairs])
    peer = LogisticRegression(C=np.inf, tol=1e-12, max_iter=100_000).fit(design, [graph[i, j] for i, j in pairs])
    found = np.concatenate([[model.intercept_], *model.coefficients_.values()])
    assert found == pytest.approx(np.concatenate([peer.intercept_, peer.coef_[0]]), abs=2e-4)
    assert model.log_likelihood(graph) == pytest.approx(np.log(peer.predict_proba(design)[np.arange(len(pairs)), [graph[i, j] for i, j in pairs]]).sum(), rel=1e-6)
    eta = design @ peer.coef_[0] + peer.intercept_
    full = np.column_stack([np.ones(len(pairs)), design])
    information = (full * (1 / (2 + np.exp(eta) + np.exp(-eta)))[:, None]).T @ full
    assert np.concatenate(list(model.standard_errors_.values())) == pytest.approx(np.sqrt(np.diag(np.linalg.inv(information))), rel=1e-3)


@pytest.mark.parametrize("options", [{"X": X}, {"features": plane(), "n_nodes": 5}], ids=["known", "drawn"])
def test_save_and_load_are_the_identity(options, tmp_path):
    model = ss.LatentPositionGraph.from_parameters(intercept=0.2, coefficients=UNDIRECTED, **options)
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and (again.sample(rng=1) != model.sample(rng=1)).nnz == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=0.0, coefficients={"distance": 1.0}), "either features=.*or X="),
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=0.0, coefficients={"colour": 1.0}, X=X), "'colour'"),
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=0.0, coefficients={"sum": [1.0]}, X=X), r"coefficients\['sum'\] must be 2"),
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=0.0, coefficients={"sender": [1.0, 1.0]}, X=X), "directed graphs; use sum"),
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=np.nan, coefficients={"distance": 1.0}, X=X), "intercept.*nan"),
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=0.0, coefficients={"distance": 1.0}, features=3, n_nodes=4), "fitted model of rows, got 3"),
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=0.0, coefficients={"distance": 1.0}, X=X, n_nodes=5), "X has 4 rows"),
        (lambda: ss.LatentPositionGraph().fit(np.zeros((4, 4))), r"fit\(graph, X\)"),
        (lambda: ss.LatentPositionGraph().fit(np.zeros((3, 3)), X), "3 nodes|4"),
        (lambda: ss.LatentPositionGraph().fit(np.zeros((4, 4)), X), "no maximum|no single maximum"),
        (lambda: ss.LatentPositionGraph(terms=("distance", "difference")).fit(1 - np.eye(4), X[:, :1]), "maximum"),
        (lambda: ss.LatentPositionGraph.from_parameters(intercept=0.0, coefficients={"distance": 1.0}, features=plane(), n_nodes=4).score_samples(np.zeros((4, 4))), "log_likelihood_given"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused(make, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError), match=words):
        make()
