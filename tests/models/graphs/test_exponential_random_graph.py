"""Exponential families: draws and chains against enumeration, the fit against the exact maximum, and graphs without one."""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.models.graphs.graph_family import GraphStatistics, adjacency_of
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.monte_carlo_mle import MonteCarloMLE
from statsim.models.graphs.pseudo_likelihood import maximum_pseudo_likelihood
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of, codes_of_rows
from tests.reference import graphs as twin

TERMS = ("edges", "two_stars", "three_stars", "triangles")
COEFFICIENTS = {"edges": -0.4, "two_stars": -0.2, "three_stars": 0.1, "triangles": 0.7}


def family(n, coefficients):
    """Statistics (graphs, terms) and probabilities of all graphs on n nodes."""
    pairs = twin.space_pairs(n)
    rows = twin.all_rows(len(pairs))
    places = [TERMS.index(term) for term in coefficients]
    statistics = np.array([twin.counts(twin.matrix(row, pairs, n)) for row in rows])[:, places]
    weights = np.exp(statistics @ np.array(list(coefficients.values())))
    return statistics, weights / weights.sum()


@pytest.fixture(scope="module")
def small():
    return ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients=COEFFICIENTS), family(4, COEFFICIENTS)[1]


def test_draws_and_scores_are_the_law(small, seed):
    model, law = small
    space = model._space()
    testing.assert_follows(codes_of(model.sample(10_000, rng=seed, as_="edges"), space), law, detects=0.13)
    graphs = [(space.pairs()[row == 1], 4) for row in twin.all_rows(6)]
    assert np.exp(model.score_samples(graphs)) == pytest.approx(law, abs=1e-12)
    assert model.statistics((space.pairs(), 4)) == {"edges": 6.0, "two_stars": 12.0, "three_stars": 4.0, "triangles": 4.0}


def test_a_family_without_its_triangles_is_found(small, seed):
    wrong = ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={**COEFFICIENTS, "triangles": 0.0})
    assert not judge_follows(codes_of(wrong.sample(6000, rng=seed, as_="edges"), wrong._space()), small[1]).passed


@pytest.mark.parametrize("move", ["gibbs", "metropolis"])
def test_chains_of_the_target_have_the_law(small, move, seed):
    model, law = small
    draws = ss.sample(model.to_target(move=move), ss.Gibbs(), draws=25_000, warmup=50, rng=seed, diagnose=False)
    testing.assert_follows(codes_of_rows(draws.values[:, ::10]), law, detects=0.12)
    target = model.to_target()
    assert target.log_density(np.full(6, 0.5)) == -np.inf
    logs = target.log_density(twin.all_rows(6))
    assert np.exp(logs - np.logaddexp.reduce(logs)) == pytest.approx(law, abs=1e-12)


def test_a_chain_that_forgets_the_hastings_term_is_found(small, rng):
    """The broken twin: an edge or a gap is chosen with probability 1/2 and flipped, and their different numbers are left out of the ratio."""
    model, law = small
    logs, code, seen = model.to_target().log_density(twin.all_rows(6)), 0, []
    for _ in range(40_000):
        wanted = rng.integers(2)
        places = [k for k in range(6) if (code >> k & 1) == wanted]
        if places:
            moved = code ^ (1 << int(rng.choice(places)))
            code = moved if rng.random() < np.exp(min(0.0, logs[moved] - logs[code])) else code
        seen.append(code)
    assert not judge_follows(np.array(seen[::10]), law).passed


def test_edges_alone_are_independent_edges():
    model = ss.ExponentialRandomGraph.from_parameters(n_nodes=5, coefficients={"edges": -0.8})
    plain = ss.BernoulliGraph.from_parameters(n_nodes=5, p=1 / (1 + np.exp(0.8)))
    graph = plain.sample(rng=0)
    assert model.log_likelihood(graph) == pytest.approx(plain.log_likelihood(graph), abs=1e-10)
    fitted = ss.ExponentialRandomGraph(terms=("edges",), rng=0).fit(graph)
    p = graph.nnz / 20
    assert fitted.pseudo_likelihood_["edges"] == pytest.approx(np.log(p / (1 - p)), abs=1e-8)
    assert fitted.coefficients_["edges"] == pytest.approx(np.log(p / (1 - p)), abs=6 * fitted.monte_carlo_errors_["edges"])


def exact_maximum(observed, terms):
    """Newton's steps on the likelihood summed over all graphs."""
    statistics, _ = family(5, dict.fromkeys(terms, 0.0))
    theta = np.zeros(len(terms))
    for _ in range(200):
        weights = np.exp(statistics @ theta)
        weights /= weights.sum()
        mean = weights @ statistics
        information = (statistics * weights[:, None]).T @ statistics - np.outer(mean, mean)
        step = np.linalg.solve(information, observed - mean)
        theta = theta + step / max(1.0, np.abs(step).max())
    return theta, np.sqrt(np.diag(np.linalg.inv(information)))


@pytest.mark.parametrize("terms", [("edges", "triangles"), ("edges", "two_stars")])
def test_the_fit_is_the_exact_maximum(terms):
    graph = as_graph(([[0, 1], [1, 2], [0, 2], [2, 3], [3, 4]], 5))
    observed = GraphStatistics(adjacency_of(graph), terms).observed
    theta, errors = exact_maximum(observed, terms)
    model = ss.ExponentialRandomGraph(terms=terms, method=MonteCarloMLE(draws=4000), rng=1).fit(graph)
    found = np.array([model.coefficients_[term] for term in terms])
    noise = np.array([model.monte_carlo_errors_[term] for term in terms])
    assert (np.abs(found - theta) < 6 * noise + 1e-9).all() and (noise < 0.2 * errors).all()
    assert np.array([model.standard_errors_[term] for term in terms]) == pytest.approx(errors, rel=0.15)


def test_the_pseudo_likelihood_is_a_logistic_regression():
    from sklearn.linear_model import LogisticRegression

    graph = as_graph(ss.BernoulliGraph.from_parameters(n_nodes=12, p=0.4).sample(rng=1))
    statistics = GraphStatistics(adjacency_of(graph), ("edges", "triangles", "two_stars"))
    rows, there = [], []
    for i, j in twin.space_pairs(12):
        a = statistics.adjacency.astype(int)
        there.append(a[i, j])
        a[i, j] = a[j, i] = 1
        b = a.copy()
        b[i, j] = b[j, i] = 0
        change = np.subtract(twin.counts(a), twin.counts(b))
        rows.append([change[3], change[1]])
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(rows, there)
    assert maximum_pseudo_likelihood(statistics) == pytest.approx([peer.intercept_[0], *peer.coef_[0]], abs=1e-4)


@pytest.mark.parametrize(
    ("graph", "terms", "words"),
    [
        ((np.zeros((0, 2), int), 6), ("edges",), "0 edges, the least"), (1 - np.eye(6), ("edges",), "15 edges, the most"),
        (([[0, 1], [1, 2]], 6), ("edges", "triangles"), r"0 triangles, the least.*terms=\('edges',\)"), (([[0, 1]], 6), ("edges", "two_stars"), "0 two-stars"),
        (([[0, 1], [0, 2], [0, 3], [0, 4], [0, 5]], 6), ("edges", "two_stars"), "no single maximum|no maximum|degenerate"),
    ],
)  # fmt: skip
def test_a_graph_at_the_boundary_has_no_maximum(graph, terms, words):
    with pytest.raises(FitError, match=words):
        ss.ExponentialRandomGraph(terms=terms, rng=0).fit(graph)


def test_starts_threads_and_files(small, tmp_path):
    model, _ = small
    graphs = model.sample(5, rng=2, num_threads=2)
    assert (model.sample(rng=2, start=3, num_threads=1) != graphs[3]).nnz == 0
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and (again.sample(rng=2) != graphs[0]).nnz == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={"squares": 1.0}), "'squares'"),
        (lambda: ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={"edges": np.nan}), "nan"),
        (lambda: ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients=[1.0]), "dict"),
        (lambda: ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={"edges": 1.0}, sweeps=0), "sweeps"),
        (lambda: ss.ExponentialRandomGraph(terms=("edges", "edges")).fit(np.zeros((4, 4))), "must not repeat"),
        (lambda: ss.ExponentialRandomGraph(terms=()).fit(np.zeros((4, 4))), "one or more"),
        (lambda: ss.ExponentialRandomGraph(method="gibbs").fit(np.zeros((4, 4))), "'mcmle'"),
        (lambda: ss.ExponentialRandomGraph.from_parameters(n_nodes=9, coefficients={"edges": 1.0}).score_samples(np.zeros((9, 9))), "n_nodes=7"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused(make, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        make()
