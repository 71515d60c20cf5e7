"""Summaries of graphs against networkx and SciPy, their errors by brute force, spanning trees against SciPy."""

import networkx as nx
import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.metrics import graphs as metrics


@pytest.fixture(params=[(40, 0.15, 1), (60, 0.03, 2), (12, 0.8, 3)], ids=str)
def graph(request):
    n, p, seed = request.param
    return nx.gnp_random_graph(n, p, seed=seed)


def test_counts_agree_with_networkx(graph):
    forms = [graph, nx.to_scipy_sparse_array(graph), nx.to_numpy_array(graph)]
    for form in forms:
        assert metrics.triangle_counts(form).tolist() == list(nx.triangles(graph).values())
        assert metrics.clustering(form)[0] == pytest.approx(nx.transitivity(graph))
        assert metrics.connected_components(form)[0] == nx.number_connected_components(graph)
        assert metrics.degree_law(form).counts.tolist() == nx.degree_histogram(graph)
    labels = metrics.connected_components(graph)[1]
    assert {frozenset(np.flatnonzero(labels == k).tolist()) for k in set(labels)} == set(map(frozenset, nx.connected_components(graph)))


def test_the_gap_agrees_with_the_laplacian(graph):
    spectrum = np.linalg.eigvalsh(nx.normalized_laplacian_matrix(graph).toarray())
    assert metrics.spectral_gap(graph) == pytest.approx(spectrum[1], abs=1e-9)


def test_the_gap_of_a_large_graph():
    graph = nx.random_regular_graph(4, 700, seed=1)
    assert metrics.spectral_gap(graph) == pytest.approx(np.linalg.eigvalsh(nx.normalized_laplacian_matrix(graph).toarray())[1], abs=1e-8)


def test_a_summary_and_its_errors(graph):
    summary, n = metrics.summarise_graphs(graph), len(graph)
    assert summary["density"][0] == pytest.approx(nx.density(graph))
    assert summary["triangles"][0] == sum(nx.triangles(graph).values()) / 3
    assert summary["largest component"][0] == max(map(len, nx.connected_components(graph)))
    without = [graph.subgraph(set(graph) - {node}) for node in graph]
    densities = np.array([nx.density(part) for part in without])
    assert summary["density"][1] == pytest.approx(np.sqrt(np.sum((densities - densities.mean()) ** 2)))
    ratios = np.array([nx.transitivity(part) for part in without])
    assert summary["transitivity"][1] == pytest.approx(np.sqrt(np.sum((ratios - ratios.mean()) ** 2)), nan_ok=True)
    scaled = np.array([sum(nx.triangles(part).values()) / 3 for part in without]) * n * (n - 1) * (n - 2) / ((n - 1) * (n - 2) * (n - 3))
    assert summary["triangles"][1] == pytest.approx(np.sqrt(np.sum((scaled - scaled.mean()) ** 2)))
    assert "density" in repr(summary) and np.isnan(summary["components"][1])


def test_several_graphs_give_means_and_errors():
    several = [nx.gnp_random_graph(30, 0.2, seed=seed) for seed in range(12)]
    summary = metrics.summarise_graphs(several)
    values = [nx.density(graph) for graph in several]
    assert summary["density"] == pytest.approx((np.mean(values), np.std(values, ddof=1) / np.sqrt(12)))
    law = metrics.degree_law(several)
    assert law.counts.sum() == 360 and (law.low <= law.probabilities).all() and (law.probabilities <= law.high).all()


@pytest.mark.parametrize(("n", "m"), [(50, 60), (50, 600), (300, 5000)])
def test_spanning_trees_agree_with_scipy(n, m, rng):
    pairs = np.unique(np.sort(rng.integers(0, n, (m, 2)), axis=1), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    weights = rng.random(len(pairs)) + 0.1
    matrix = sparse.coo_array((weights, pairs.T), shape=(n, n)).tocsr()
    expected = csgraph.minimum_spanning_tree(matrix)
    edges, chosen = metrics.minimum_spanning_tree(pairs, weights, n_nodes=n)
    assert len(edges) == expected.nnz == n - csgraph.connected_components(matrix, directed=False)[0]
    assert sorted(map(tuple, np.sort(edges, axis=1).tolist())) == sorted(zip(*(x.tolist() for x in expected.nonzero()), strict=True))
    largest = csgraph.minimum_spanning_tree(sparse.coo_array((2.0 - weights, pairs.T), shape=(n, n)).tocsr())
    found = metrics.maximum_spanning_tree(matrix + matrix.T)[1]
    assert found.sum() == pytest.approx((2.0 - largest.data).sum()) and (np.diff(found) <= 0).all() and (np.diff(chosen) >= 0).all()


def test_spanning_trees_of_little():
    assert metrics.maximum_spanning_tree(np.zeros((3, 3)))[0].shape == (0, 2)
    assert metrics.maximum_spanning_tree(np.zeros((0, 2), int), n_nodes=0)[0].shape == (0, 2)
    edges, weights = metrics.maximum_spanning_tree([[0, 1], [0, 1], [1, 1]], [1.0, 2.0, 9.0])
    assert edges.tolist() == [[0, 1]] and weights.tolist() == [2.0]
    graph = nx.Graph()
    graph.add_weighted_edges_from([("a", "b", -1.0), ("b", "c", -2.0), ("a", "c", 0.0)])
    assert metrics.maximum_spanning_tree(graph)[1].tolist() == [0.0, -1.0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: metrics.maximum_spanning_tree([[0, 1]], [np.nan]), "not finite: edge .0, 1. weighs nan"), (lambda: metrics.minimum_spanning_tree([[0, 1]], [np.inf]), "inf"),
        (lambda: metrics.maximum_spanning_tree([[0, 1]], [1.0, 2.0]), r"each of the 1 edges, got shape \(2,\)"), (lambda: metrics.connected_components([[0, -1]], n_nodes=3), "node -1"),
        (lambda: metrics.connected_components([[0.5, 1]], n_nodes=3), "whole numbers"), (lambda: metrics.triangle_counts(np.zeros((2, 3))), r"\(2, 3\)"),
        (lambda: metrics.triangle_counts([[0, 7]], n_nodes=3), "node 7"), (lambda: metrics.subgraph_counts(np.zeros((1, 4))), "4 columns"),
        (lambda: metrics.summarise_graphs(np.zeros((1, 1))), "fewer than 2 nodes"), (lambda: metrics.degree_law(np.zeros((0, 0))), "no node"),
        (lambda: metrics.maximum_spanning_tree(nx.path_graph(3), [1.0]), "its own"), (lambda: metrics.summarise_graphs(nx.path_graph(3))["colour"], "'colour'"),
        (lambda: metrics.maximum_spanning_tree([["a", "b"]]), "edges .m, 2."), (lambda: metrics.maximum_spanning_tree(sparse.csr_array((2, 3))), "square matrix"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
