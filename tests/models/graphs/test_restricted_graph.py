"""Conditioned graphs and rare ones: rejection, chains and weighted draws against enumeration."""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError, TooLargeError
from statsim.metrics.graphs import connected_components, subgraph_counts
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of_rows, conditioned, independent_law
from tests.reference import graphs as twin

P = np.array([0.2, 0.5, 0.2, 0.2, 0.8, 0.2])  # of the block model below


@pytest.fixture(scope="module")
def model():
    return ss.StochasticBlockModel.from_parameters(block_probabilities=[[0.5, 0.2], [0.2, 0.8]], labels=[0, 1, 0, 1])


def every_graph():
    return [twin.matrix(row, twin.space_pairs(4), 4) for row in twin.all_rows(6)]


CASES = {
    "edges": ({"edges": (2, 3)}, lambda a: 2 <= a.sum() / 2 <= 3),
    "exact edges": ({"edges": (3, 3)}, lambda a: a.sum() == 6),
    "connected": ({"connected": True}, lambda a: connected_components(a)[0] == 1),
    "degrees": ({"degrees": (1, 2)}, lambda a: (a.sum(axis=0) >= 1).all() and (a.sum(axis=0) <= 2).all()),
    "one degree": ({"degrees": (None, [1, 3, 3, 3])}, lambda a: a[0].sum() <= 1),
    "all": ({"edges": (None, 4), "degrees": (1, None), "connected": True}, lambda a: a.sum() <= 8 and connected_components(a)[0] == 1),
}


def law_of(holds):
    return conditioned(independent_law(P), np.array([bool(holds(a)) for a in every_graph()]))


@pytest.mark.parametrize("name", CASES)
def test_rejection_is_exact(model, name, seed):
    options, holds = CASES[name]
    draws = ss.sample(model.where(**options), draws=9000, rng=seed)
    testing.assert_follows(codes_of_rows(draws.values), law_of(holds), detects=0.14)


def test_a_predicate_sees_matrices(model, seed):
    region = model.where(lambda A: np.einsum("mij,mjk,mki->m", A, A, A) > 0)
    draws = ss.sample(region, draws=9000, rng=seed)
    law = law_of(lambda a: np.trace(a @ a @ a) > 0)
    testing.assert_follows(codes_of_rows(draws.values), law, detects=0.14)
    assert not judge_follows(codes_of_rows(draws.values), independent_law(P)).passed
    graphs = region.graphs(draws, as_="dense")
    assert len(graphs) == 9000 and all((a == a.T).all() and np.trace(a @ a @ a) > 0 for a in graphs[:50])


@pytest.mark.parametrize("name", ["edges", "exact edges", "connected", "all"])
def test_chains_inside_constraints_have_the_law(model, name, seed):
    options, holds = CASES[name]
    draws = ss.sample(model.where(**options), ss.Gibbs(), draws=20_000, warmup=100, rng=seed, diagnose=False)
    testing.assert_follows(codes_of_rows(draws.values[:, ::8]), law_of(holds), detects=0.14)


def test_candidates_are_the_graphs_of_the_model(model):
    rows, accepted = model.where(edges=(0, None)).candidates(np.array([3, 4], np.uint64))(0)
    graphs = model.sample(1024, rng=np.random.SeedSequence([3, 4]), as_="edges")
    space = model._space()
    assert accepted.all() and [np.flatnonzero(row).tolist() for row in rows] == [np.sort(space.numbers(edges)).tolist() for edges in graphs]


@pytest.mark.parametrize("options", [{"directed": True}, {"loops": True}, {"bipartite": 1}], ids=str)
def test_other_kinds_of_graphs(options):
    region = ss.BernoulliGraph.from_parameters(n_nodes=3, p=0.4, **options).where(edges=(1, 2))
    draws = ss.sample(region, draws=200, rng=0)
    assert set(draws.values.sum(axis=-1).ravel().tolist()) == {1.0, 2.0}
    graph = region.graphs(draws)[0]
    assert graph.shape == (3, 3) and (bool(options.get("directed")) or (graph != graph.T).nnz == 0)


def test_weighted_draws_of_rare_graphs():
    """Three triangles and more on five nodes, by independent edges of few and by tilted ones: the exact probability."""
    model = ss.BernoulliGraph.from_parameters(n_nodes=5, p=0.05)
    rows = twin.all_rows(10)
    exact = independent_law(np.full(10, 0.05))[subgraph_counts(rows)["triangles"] >= 3].sum()
    assert exact < 1e-5
    draws = ss.sample(model, ss.Importance(proposal=model.tilted(12.0), normalized=True), draws=20_000, rng=1)
    value, error = draws.probability(lambda rows: subgraph_counts(rows)["triangles"] >= 3)
    assert abs(value - exact) < 6 * error and error < 0.1 * exact
    assert draws.log_normalizer.value == pytest.approx(0.0, abs=6 * draws.log_normalizer.standard_error)


def test_a_tilted_proposal_knows_its_density():
    model = ss.BernoulliGraph.from_parameters(n_nodes=4, p=0.1)
    proposal = model.tilted(9.0)
    assert proposal.probabilities == pytest.approx(np.full(6, 0.5))
    assert np.exp(proposal.score_samples(twin.all_rows(6))) == pytest.approx(np.full(64, 1 / 64))
    rows = proposal.sample(600, rng=3)
    assert (proposal.sample(100, rng=3, start=500, num_threads=2) == rows[500:]).all()
    with pytest.raises(ArgumentError, match="odds must be one positive number.*-1"):
        model.tilted(-1)


def test_what_cannot_be_is_said(model):
    with pytest.raises(SamplerError, match="loosen the predicate"):
        ss.sample(model.where(edges=(6, 6), degrees=(None, 1)), ss.Rejection(max_tries=5000), draws=10, rng=0)
    for options, words in (
        ({}, "needs a predicate"), ({"edges": (3, 2)}, r"low at most high, got \(3, 2\)"), ({"edges": 3}, "pair .low, high."), ({"edges": (1.5, 2)}, "whole numbers"),
        ({"degrees": ([1, 2], 3)}, "one for each node"), ({"connected": "yes"}, "'yes'"), ({"predicate": 3}, "function of adjacency matrices"),
    ):  # fmt: skip
        with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
            model.where(**options)
    with pytest.raises(ArgumentError, match="no constraint that a chain could keep"):
        ss.sample(model.where(lambda A: A[:, 0, 1] == 1), ss.Gibbs(), draws=10)
    with pytest.raises(ArgumentError, match=r"must map adjacency matrices of shape \(\d+, 4, 4\)"):
        ss.sample(model.where(lambda A: A.sum()), draws=10, rng=0)
    with pytest.raises(TooLargeError, match="condition smaller graphs"):
        ss.BernoulliGraph.from_parameters(n_nodes=10_000, p=0.1).where(edges=(1, 2))
    family = ss.ExponentialRandomGraph.from_parameters(n_nodes=4, coefficients={"edges": 0.0})
    with pytest.raises(ArgumentError, match="not independent"):
        ss.sample(family.where(edges=(1, 2)), ss.Gibbs(), draws=10)
    assert ss.sample(family.where(edges=(1, 2)), draws=50, rng=0).values.sum(axis=-1).max() == 2
