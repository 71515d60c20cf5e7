"""The kernels of graphs against their twins."""

import math

import numpy as np
import pytest

from statsim.kernels.graphs import pairs, skipping, spanning_tree, stripes, subgraphs, swaps, triangles, union_find
from statsim.kernels.graphs.edge_flips import count_degrees, record_chain
from tests.reference import graphs as twin


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


def state_of(graph, stripe, key=(7, 9)):
    state = np.empty(4, np.uint64)
    stripes.seed_stripe(np.uint64(key[0]), np.uint64(key[1]), np.uint64(graph), np.uint64(stripe), state)
    return state


@pytest.mark.parametrize("kind", range(4))
@pytest.mark.parametrize("n", [2, 3, 7])
def test_pairs_are_numbered_in_the_order_of_rows(kind, n):
    expected = twin.region_pairs(kind, n, n)
    rows, columns = np.empty(len(expected), np.int64), np.empty(len(expected), np.int64)
    pairs.fill_pairs(kind, n, len(expected), 0, rows, columns)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == expected
    for number, (i, j) in enumerate(expected):
        row, place = pairs.locate(kind, n, len(expected), number)
        assert (row, pairs.column_of(kind, row, place)) == (i, j)


@pytest.mark.parametrize("n", [10**6, 3_037_000_499, 4_294_967_295])
def test_the_largest_triangles_are_found_exactly(n):
    size = n * (n - 1) // 2
    assert size < 2**63
    for i in (0, 1, n // 3, n // 2, n - 3, n - 2):
        first = i * (2 * n - i - 1) // 2
        for number, j in ((first, i + 1), (first + n - 2 - i, n - 1)):
            row, place = pairs.locate(pairs.TRIANGLE, n, size, number)
            assert (row, pairs.column_of(pairs.TRIANGLE, row, place)) == (i, j)


@pytest.mark.parametrize(("p", "size"), [(0.3, 45), (0.02, 1225), (0.9, 28), (1.0, 10), (1e-4, 4950)])
def test_skipping_is_the_plain_walk(p, size):
    n = (1 + math.isqrt(1 + 8 * size)) // 2
    expected = twin.region_pairs(pairs.TRIANGLE, n, n)

    def batch(left):
        mean = p * left
        return 256 if mean > 256 else min(256, int(mean + 3 * math.sqrt(mean)) + 2)

    for graph in range(30):
        numbers = twin.skipped(state_of(graph, 0), p, size, batch)
        edges = np.empty((size, 2), np.int64)
        at = skipping.fill_stripe(state_of(graph, 0), p, pairs.TRIANGLE, n, size, 0, size, 0, 0, np.empty(skipping.BATCH), edges, 0)
        assert [tuple(edge) for edge in edges[:at].tolist()] == [expected[k] for k in numbers]


def test_a_full_table_is_reported_and_nothing_is_lost():
    edges = np.empty((3, 2), np.int64)
    assert skipping.fill_stripe(state_of(0, 0), 1.0, pairs.TRIANGLE, 5, 10, 0, 10, 0, 0, np.empty(skipping.BATCH), edges, 0) == -1


def test_rare_gaps_reach_every_remainder():
    """Below 2^-26 the coarse and the fine part together have the mean (1 - p) / p, and low bits that are not all alike."""
    gaps, state, p = np.empty(skipping.BATCH), state_of(0, 0), 2.0**-40
    found = []
    for _ in range(400):
        skipping._fill_gaps(state, p, gaps, skipping.BATCH)
        found.append(gaps.copy())
    found = np.concatenate(found)
    error = found.std() / math.sqrt(found.size)
    assert abs(found.mean() - (1 - p) / p) < 6 * error
    assert len(np.unique(found.astype(np.int64) % 64)) == 64


def test_streams_of_graphs_and_stripes_differ():
    first = {tuple(state_of(graph, stripe).tolist()) for graph in range(20) for stripe in range(20)}
    assert len(first) == 400


@pytest.mark.parametrize("n", [3, 5, 6])
def test_counts_and_changes(n, rng):
    for _ in range(20):
        a = np.triu(rng.random((n, n)) < 0.5, 1).astype(np.uint8)
        a += a.T
        found = np.empty(4)
        subgraphs.count_subgraphs(a, found)
        assert found.tolist() == twin.counts(a.astype(int))
        degrees, changes = np.empty(n, np.int64), np.empty((n * (n - 1) // 2, 4))
        count_degrees(a, degrees)
        subgraphs.fill_changes(a, degrees, changes)
        for change, (i, j) in zip(changes, twin.space_pairs(n), strict=True):
            with_edge, without = a.copy(), a.copy()
            with_edge[i, j] = with_edge[j, i] = 1
            without[i, j] = without[j, i] = 0
            assert change.tolist() == np.subtract(twin.counts(with_edge.astype(int)), twin.counts(without.astype(int))).tolist()


def test_a_recorded_chain_counts_its_own_graph():
    a, out = np.zeros((8, 8), np.uint8), np.empty((20, 4))
    record_chain(state_of(3, 0), np.array([-0.5, 0.0, 0.0, 0.1]), a, 5, 2, out)
    assert out[-1].tolist() == pytest.approx(twin.counts(a.astype(int)))
    assert (a == a.T).all() and not a.diagonal().any()


@pytest.mark.parametrize("weights", ["uniform", "ties", "equal", "heavy", "negative", "huge"])
def test_edges_are_sorted_stably(weights, rng):
    m = 3000
    w = {
        "uniform": rng.random(m), "ties": rng.integers(0, 20, m).astype(float), "equal": np.ones(m), "heavy": np.exp(rng.normal(size=m) * 40),
        "negative": rng.normal(size=m), "huge": rng.choice([-1.7e308, 1.7e308, 1.0, 2.0], m),
    }[weights]  # fmt: skip
    order = (spanning_tree.sort_edges(w) & np.uint64(0xFFFFFFFF)).astype(np.int64)
    assert order.tolist() == np.argsort(w, kind="stable").tolist()


def test_spanning_forests(rng):
    for n, m in ((1, 0), (2, 1), (8, 5), (30, 60), (30, 400)):
        edges, w = rng.integers(0, n, (m, 2)), rng.integers(0, 9, m).astype(float)
        chosen = np.empty(max(n - 1, 1), np.int64)
        count = spanning_tree.minimum_spanning_forest(edges, w, n, chosen)
        assert chosen[:count].tolist() == twin.spanning_tree(edges.tolist(), w.tolist(), n)


def test_components_and_triangles(rng):
    a = np.triu(rng.random((30, 30)) < 0.1, 1)
    a = (a + a.T).astype(int)
    bounds, columns = np.concatenate([[0], np.cumsum(a.sum(axis=1))]), np.nonzero(a)[1]
    found, labels = np.empty(30, np.int64), np.empty(30, np.int64)
    triangles.triangles_at_nodes(bounds, columns, found)
    assert found.tolist() == (np.diag(np.linalg.matrix_power(a, 3)) // 2).tolist()
    reach = np.linalg.matrix_power(a + np.eye(30, dtype=int), 30) > 0
    count = union_find.label_components(np.argwhere(np.triu(a)), 30, labels)
    assert (labels[:, None] == labels[None]).tolist() == reach.tolist() and count == labels.max() + 1


def test_the_table_of_keys_keeps_what_it_holds(rng):
    table, kept = np.zeros(64, np.int64), set()
    for key in rng.integers(1, 60, 3000).tolist():
        place = swaps.table_find(table, key)
        assert (table[place] == key) == (key in kept)
        if key in kept:
            swaps.table_remove(table, key)
            kept.remove(key)
        elif len(kept) < 31:
            table[place] = key
            kept.add(key)
    assert set(table[table != 0].tolist()) == kept
