"""Directed exponential families: counts by definition, draws and chains against all graphs of four nodes, the fit against the exact maximum."""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, FitError
from statsim.models.graphs.graph_family import DIRECTED, GraphStatistics, adjacency_of
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.monte_carlo_mle import MonteCarloMLE
from statsim.models.graphs.pseudo_likelihood import maximum_pseudo_likelihood
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of, codes_of_rows
from tests.reference import graphs as twin

COEFFICIENTS = {"edges": -0.8, "mutual": 0.9, "out_two_stars": -0.2, "in_two_stars": 0.3, "transitive_triples": 0.4, "cyclic_triples": -0.6}
PAIRS = twin.space_pairs(4, True)


def every(pairs, n):
    """Statistics (graphs, 6) of all directed graphs on n nodes, by their definitions."""
    return np.array([twin.arc_counts(twin.matrix(row, pairs, n, True)) for row in twin.all_rows(len(pairs))])


@pytest.fixture(scope="module")
def four():
    """The model, and statistics and probabilities of all 4096 graphs."""
    statistics = every(PAIRS, 4)
    weights = np.exp(statistics @ np.array(list(COEFFICIENTS.values())))
    return ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients=COEFFICIENTS, directed=True, sweeps=25), statistics, weights / weights.sum()


def test_counts_and_changes_are_the_definitions(four, rng):
    model, statistics, _ = four
    assert (model._family.counts_of_all(4) == statistics).all()
    a = (rng.random((7, 7)) < 0.4).astype(np.uint8)
    np.fill_diagonal(a, 0)
    found = GraphStatistics(a, DIRECTED.terms, DIRECTED)
    assert found.observed.tolist() == twin.arc_counts(a.astype(int))
    changes, there = found.changes()
    for (i, j), change, bit in zip(twin.space_pairs(7, True), changes, there, strict=True):
        on, off = a.astype(int), a.astype(int)
        on[i, j], off[i, j] = 1, 0
        assert change.tolist() == np.subtract(twin.arc_counts(on), twin.arc_counts(off)).tolist() and bit == a[i, j]
    complete = GraphStatistics((1 - np.eye(6)).astype(np.uint8), DIRECTED.terms, DIRECTED)
    assert complete.observed.tolist() == complete.most.tolist()


def test_draws_and_scores_are_the_law(four, seed):
    model, _, law = four
    space = model._space()
    testing.assert_follows(codes_of(model.sample(20_000, rng=seed, as_="edges"), space), law, detects=0.36)
    rows = twin.all_rows(12)[::97]
    graphs = [(space.pairs()[row == 1], 4) for row in rows]
    assert np.exp(model.score_samples(graphs)) == pytest.approx(law[::97], abs=1e-13)
    assert np.exp(model.to_target().log_density(rows) - model._log_normalizer) == pytest.approx(law[::97], abs=1e-13)


@pytest.mark.parametrize("wrong", [{"mutual": 0.0}, {"transitive_triples": -0.6, "cyclic_triples": 0.4}, {"out_two_stars": 0.3, "in_two_stars": -0.2}], ids=str)
def test_another_family_is_found(four, wrong, seed):
    other = ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={**COEFFICIENTS, **wrong}, directed=True, sweeps=25)
    assert not judge_follows(codes_of(other.sample(20_000, rng=seed, as_="edges"), other._space()), four[2]).passed


@pytest.mark.parametrize("move", ["gibbs", "metropolis"])
def test_chains_of_the_target_have_the_law(four, move, seed):
    draws = ss.sample(four[0].to_target(move=move), ss.Gibbs(), draws=25_000, warmup=50, rng=seed, diagnose=False)
    testing.assert_follows(codes_of_rows(draws.values[:, ::10]), four[2], detects=0.52)


def test_pairs_with_reciprocity_alone_are_independent():
    """Holland and Leinhardt's dyads: with edges and mutual pairs alone the probability is a product over pairs of nodes."""
    model = ss.ExponentialRandomGraph.from_parameters(n_nodes=3, coefficients={"edges": -0.7, "mutual": 1.1}, directed=True)
    dyad = 1 + 2 * np.exp(-0.7) + np.exp(-1.4 + 1.1)
    graph = np.array([[0, 1, 0], [1, 0, 1], [0, 0, 0]])
    assert model.log_likelihood(graph) == pytest.approx(3 * -0.7 + 1.1 - 3 * np.log(dyad), abs=1e-12)


def test_the_fit_is_the_exact_maximum(four):
    terms = ("edges", "mutual", "transitive_triples")
    graph = as_graph(np.array([[0, 1, 1, 0], [1, 0, 1, 0], [0, 0, 0, 1], [0, 0, 0, 0]]), directed=True)
    observed = GraphStatistics(adjacency_of(graph), terms, DIRECTED).observed
    statistics, theta = four[1][:, [0, 1, 4]], np.zeros(3)
    for _ in range(200):
        weights = np.exp(statistics @ theta)
        weights /= weights.sum()
        mean = weights @ statistics
        information = (statistics * weights[:, None]).T @ statistics - np.outer(mean, mean)
        step = np.linalg.solve(information, observed - mean)
        theta = theta + step / max(1.0, np.abs(step).max())
    model = ss.ExponentialRandomGraph(terms=terms, directed=True, method=MonteCarloMLE(draws=4000), rng=1).fit(graph)
    found, noise, errors = (np.array([part[term] for term in terms]) for part in (model.coefficients_, model.monte_carlo_errors_, model.standard_errors_))
    assert (np.abs(found - theta) < 6 * noise + 1e-9).all() and (noise < 0.2 * errors).all()
    assert errors == pytest.approx(np.sqrt(np.diag(np.linalg.inv(information))), rel=0.15)
    alone = GraphStatistics(adjacency_of(graph), ("edges",), DIRECTED)
    assert maximum_pseudo_likelihood(alone) == pytest.approx([np.log(5 / 7)], abs=1e-9)


def test_starts_threads_and_files(four, tmp_path):
    model = four[0]
    graphs = model.sample(5, rng=2, num_threads=2)
    assert (model.sample(rng=2, start=3, num_threads=1) != graphs[3]).nnz == 0
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and again.directed and (again.sample(rng=2) != graphs[0]).nnz == 0


@pytest.mark.parametrize(
    ("make", "error", "words"),
    [
        (lambda: ss.ExponentialRandomGraph(directed=True).fit(np.zeros((4, 4))), ArgumentError, "'triangles' is for directed=False"),
        (lambda: ss.ExponentialRandomGraph(terms=("mutual",)).fit(np.zeros((4, 4))), ArgumentError, "'mutual' is for directed=True"),
        (lambda: ss.ExponentialRandomGraph(terms=("edges", "mutual"), directed=True).fit(np.triu(np.ones((4, 4)), 1)), FitError, "0 mutual, the least"),
        (lambda: ss.ExponentialRandomGraph.from_parameters(n_nodes=6, coefficients={"mutual": 1.0}, directed=True).score(np.zeros((6, 6))), ArgumentError, r"2\^30 .*n_nodes=5"),
        (lambda: ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={"edges": 1.0}, directed="yes"), ArgumentError, "directed must be True or False, got 'yes'"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused(make, error, words):
    with pytest.raises(error, match=words):
        make()
