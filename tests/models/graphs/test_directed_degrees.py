"""Directed graphs with given degrees: a first graph, a chain whose limit is uniform, and swaps that alone do not reach every graph."""

import networkx as nx
import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.graphs.arc_swaps import swap_arcs
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.graphs.swaps import table_find
from statsim.models.graphs.first_graph import first_directed_graph
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of
from tests.reference import graphs as twin

PAIRS = np.array(twin.space_pairs(4, True))
ROWS = twin.all_rows(12).astype(int)
OUT, INTO = (np.array([[(PAIRS[:, side] == i) for i in range(4)]])[0].astype(int) for side in (0, 1))


def with_degrees(out, into):
    """Numbers of all directed graphs on four nodes with these degrees."""
    return np.flatnonzero((ROWS @ OUT.T == out).all(axis=1) & (ROWS @ INTO.T == into).all(axis=1))


def test_the_first_graph_is_found_whenever_there_is_one():
    """Every pair of degree sequences of four nodes with at most two edges out: as many have a graph as enumeration says."""
    degrees = {(tuple(row @ OUT.T), tuple(row @ INTO.T)) for row in ROWS}
    rng, refused = np.random.default_rng(0), 0
    for out, into in degrees:
        edges = first_directed_graph(np.array(out), np.array(into))
        assert np.bincount(edges[:, 0], minlength=4).tolist() == list(out) and np.bincount(edges[:, 1], minlength=4).tolist() == list(into)
        assert (edges[:, 0] != edges[:, 1]).all() and len(np.unique(edges, axis=0)) == len(edges)
    for _ in range(3000):
        out, into = rng.integers(0, 4, 4), rng.integers(0, 4, 4)
        if out.sum() == into.sum() and (tuple(out), tuple(into)) not in degrees:
            refused += 1
            assert not nx.is_digraphical(into.tolist(), out.tolist())
            with pytest.raises(ArgumentError, match="no simple directed graph has these degrees"):
                first_directed_graph(out, into)
    assert refused > 50


CASES = {"derangements": ([1, 1, 1, 1], [1, 1, 1, 1]), "mixed": ([2, 1, 1, 0], [1, 1, 1, 1]), "hub": ([3, 1, 1, 1], [1, 2, 2, 1]), "two each": ([2, 2, 2, 2], [2, 2, 2, 2])}


@pytest.mark.parametrize("name", CASES)
def test_moves_lead_to_the_uniform_law(name, seed):
    model, states = ss.DegreeSequenceGraph.from_parameters(degrees=CASES[name], directed=True), with_degrees(*CASES[name])
    graphs = model.sample(8000, rng=seed, as_="edges")
    testing.assert_follows(codes_of(graphs, model._space()), {int(code): 1 / len(states) for code in states}, detects=0.12)


def test_a_cycle_of_three_is_reversed_which_swaps_alone_cannot(seed):
    model = ss.DegreeSequenceGraph.from_parameters(degrees=[[1, 1, 1], [1, 1, 1]], directed=True)
    ahead = [bool((edges == [0, 1]).all(axis=1).any()) for edges in model.sample(4000, rng=seed, as_="edges")]
    testing.assert_probability(sum(ahead), 4000, 0.5, detects=0.1)


def _moved(code, seed, number, *, until_moved):
    """Edges after one move of graph `code`."""
    edges = PAIRS[[bool(code >> k & 1) for k in range(12)]]
    sources, targets, table = edges[:, 0].copy(), edges[:, 1].copy(), np.zeros(32, np.int64)
    for i, j in edges:
        table[table_find(table, i * 4 + j + 1)] = i * 4 + j + 1
    bounds, state = np.concatenate([[0], np.cumsum(np.bincount(sources, minlength=4))]), np.empty(4, np.uint64)
    seed_stripe(np.uint64(seed), np.uint64(1), np.uint64(number), np.uint64(0), state)
    made = swap_arcs(state, 4, 1, sources, targets, bounds, table)
    while until_moved and not made:
        made = swap_arcs(state, 4, 1, sources, targets, bounds, table)
    held = set((table[table != 0] - 1).tolist())
    assert held == set((sources * 4 + targets).tolist()) and len(held) == len(edges)
    return np.stack([sources, targets], axis=1)


def test_a_chain_in_equilibrium_stays_uniform(seed):
    """One move from every graph, drawn uniformly: the law stays uniform, and a chain that tries until it moves leaves it."""
    states, rng = with_degrees([2, 1, 1, 1], [1, 2, 1, 1]), np.random.default_rng(seed)
    starts = [int(code) for code in rng.choice(states, 12_000)]
    space, law = ss.BernoulliGraph.from_parameters(n_nodes=4, p=0.5, directed=True)._space(), {int(code): 1 / len(states) for code in states}
    testing.assert_follows(codes_of([_moved(code, seed, k, until_moved=False) for k, code in enumerate(starts)], space), law, detects=0.12)
    assert not judge_follows(codes_of([_moved(code, seed, k, until_moved=True) for k, code in enumerate(starts)], space), law).passed


def test_degrees_are_kept_in_large_graphs(tmp_path):
    graph = ss.BernoulliGraph.from_parameters(n_nodes=400, p=0.02, directed=True).sample(rng=0)
    model = ss.DegreeSequenceGraph(directed=True).fit(graph)
    drawn = model.sample(2, rng=3)
    for one in drawn:
        assert all((one.sum(axis=axis) == graph.sum(axis=axis)).all() for axis in (0, 1)) and one.diagonal().sum() == 0 and one.max() == 1
    assert (drawn[0] != drawn[1]).nnz > 0 and (model.sample(rng=3, start=1) != drawn[1]).nnz == 0
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and (again.sample(rng=3) != drawn[0]).nnz == 0


@pytest.mark.parametrize(
    ("degrees", "words"),
    [
        ([[1, 0], [0, 0]], "one sum for out and in, got 1 and 0"), ([[2, 0], [1, 1]], r"degrees\[0\]\[0\] = 2"), ([[1, -1], [0, 0]], r"degrees\[0\]\[1\] = -1"),
        ([1, 1], r"shape \(2, n_nodes\), out and in, got int64 of shape \(2,\)"), ([[1, 0, 0], [1, 0, 0]], "node 0 has 1 edges to send, but only 0 other nodes"),
    ],
)  # fmt: skip
def test_wrong_degrees_are_refused(degrees, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        ss.DegreeSequenceGraph.from_parameters(degrees=degrees, directed=True)
