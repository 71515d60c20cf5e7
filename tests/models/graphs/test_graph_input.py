"""Graphs as users have them: every form gives the same graph, and what is no simple graph is refused by name."""

import networkx as nx
import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy import sparse

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.graphs.graph_input import as_graph

EDGES = np.array([[0, 1], [3, 1], [0, 3]])
WANTED = [[0, 1], [0, 3], [1, 3]]


def dense(edges, n=5, directed=False):
    a = np.zeros((n, n))
    a[edges[:, 0], edges[:, 1]] = 1
    return a if directed else np.maximum(a, a.T)


FORMS = {
    "dense": dense(EDGES), "lists": dense(EDGES).astype(int).tolist(), "bool": dense(EDGES) > 0, "float32": dense(EDGES).astype(np.float32),
    "csr array": sparse.csr_array(dense(EDGES)), "coo matrix": sparse.coo_matrix(dense(EDGES)), "edges": (EDGES, 5), "unsigned": (EDGES.astype(np.uint8), 5),
    "whole floats": (EDGES.astype(float), 5), "pandas": (pd.DataFrame(EDGES, columns=["a", "b"]), 5), "polars": (pl.DataFrame(EDGES), 5),
    "read-only": (np.asfortranarray(EDGES)[::1], 5),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_every_form_is_the_same_graph(name):
    graph = as_graph(FORMS[name])
    assert graph.n_nodes == 5 and graph.edges.tolist() == WANTED and graph.edges.dtype == np.int64
    assert graph.degrees().tolist() == [2, 2, 0, 2, 0]


def test_networkx_graphs_keep_their_order_and_isolated_nodes():
    graph = nx.Graph([("b", "a"), ("a", "c")])
    graph.add_node("z")
    assert as_graph(graph).edges.tolist() == [[0, 1], [1, 2]] and as_graph(graph).n_nodes == 4
    directed = nx.DiGraph([(0, 1), (1, 0), (2, 0)])
    assert as_graph(directed, directed=True).edges.tolist() == [[0, 1], [1, 0], [2, 0]]


def test_directions_loops_and_parts():
    assert as_graph(dense(EDGES, directed=True), directed=True).edges.tolist() == [[0, 1], [0, 3], [3, 1]]
    assert as_graph(([[1, 1], [0, 1]], 2), loops=True).edges.tolist() == [[0, 1], [1, 1]]
    assert as_graph([[1, 0], [0, 0]], loops=True).edges.tolist() == [[0, 0]]
    assert as_graph(([[3, 0], [1, 2]], 4), bipartite=2).edges.tolist() == [[0, 3], [1, 2]]
    assert as_graph([[0, 1], [1, 2]], n_nodes=3).n_edges == 2  # a 2 x 2 array with three nodes: two edges
    assert as_graph(np.zeros((0, 2)), n_nodes=3).n_edges == 0


@pytest.mark.parametrize(
    ("graph", "options", "words"),
    [
        (np.array([[0, 1], [0, 0]]), {}, r"not symmetric: graph\[0, 1\] = 1 but graph\[1, 0\] = 0"),
        (sparse.csr_array(np.array([[0, 1], [0, 0]])), {}, "not symmetric"),
        (np.array([[0, 2.0], [2.0, 0]]), {}, r"weights or multi-edges: graph\[0, 1\] = 2.0"),
        (np.array([[0, 0.5], [0.5, 0]]), {}, "weights.*0.5"), (np.array([[0, np.nan], [np.nan, 0]]), {}, "nan"),
        (sparse.coo_array(([1, 1, 1, 1], ([0, 0, 1, 1], [1, 1, 0, 0])), shape=(2, 2)), {}, "multi-edges: 2 entries"),
        (([[0, 1], [1, 0]], 2), {}, r"the edge \(0, 1\) stands more than once"), (([[0, 1], [0, 1]], 3), {"directed": True}, "more than once"),
        (np.eye(3), {}, "3 loop.s., the first at node 0"), (([[0, 5]], 3), {}, "names node 5 in edge 0"), (([[0, -1]], 3), {}, "names node -1"),
        (([[0, 1.5]], 3), {}, r"whole numbers.*= 1.5"), (([["a", "b"]], 3), {}, "integers 0..n-1"), (([[0, np.nan]], 3), {}, "nan"),
        ([[0, 1], [1, 2], [2, 3]], {}, "n_nodes="), (np.zeros((2, 3)), {"n_nodes": 4}, r"shape \(2, 3\)"), (np.zeros(4), {}, r"shape \(4,\)"),
        (sparse.csr_array((2, 3)), {}, r"square matrix.*\(2, 3\)"), (np.zeros((4, 4)), {"n_nodes": 3}, "4 nodes.*n_nodes=3"),
        (nx.DiGraph([(0, 1)]), {}, "is directed"), (nx.Graph([(0, 1)]), {"directed": True}, "is undirected"), (nx.MultiGraph([(0, 1), (0, 1)]), {}, "multi-edges"),
        (([[0, 1]], 4), {"bipartite": 2}, r"joins \(0, 1\), two nodes of one part"),
        ((pd.DataFrame({"a": [0], "b": [1], "weight": [2.0]}), 3), {}, "two columns.*weight"),
    ],
)  # fmt: skip
def test_what_is_no_simple_graph_is_refused(graph, options, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        as_graph(graph, **options)


def test_a_weighted_networkx_graph_is_refused():
    graph = nx.Graph()
    graph.add_edge(0, 1, weight=2.5)
    with pytest.raises(ArgumentError, match="weights: edge .* weighs 2.5"):
        as_graph(graph)


@pytest.mark.parametrize("n", [10, 2**31 + 10])
def test_an_edge_of_one_side_is_found_at_any_size(n):
    """Row numbers times n would not fit 64 bits for the larger: it once lost the edge in silence."""
    for i, j in ((5, 3), (3, 5), (n - 1, 7)):
        rows, columns = [2, 9, i], [9, 2, j]
        with pytest.raises(ArgumentError, match=rf"not symmetric: graph\[{i}, {j}\] = 1 but graph\[{j}, {i}\] = 0"):
            as_graph(sparse.coo_array((np.ones(3, int), (rows, columns)), shape=(n, n)))


@pytest.mark.parametrize("n", ["3", -1, 2.5, np.nan])
def test_the_number_of_nodes_beside_a_table_is_checked(n):
    with pytest.raises((ArgumentError, ArgumentTypeError), match="n_nodes must be"):
        as_graph(([[0, 1]], n))
