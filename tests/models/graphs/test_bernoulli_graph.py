"""Independent edges of one probability: exact laws, the same bytes however drawn, the fit, and what is refused."""

import numpy as np
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest
from scipy import stats

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, NotFittedError, OutputError, TooLargeError
from statsim.models.graphs.graph_model import Streams
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of, codes_of_rows, independent_law
from tests.reference import graphs as twin

SHAPES = {
    "undirected": ({"n_nodes": 4}, 6),
    "loops": ({"n_nodes": 3, "loops": True}, 6),
    "directed": ({"n_nodes": 3, "directed": True}, 6),
    "directed loops": ({"n_nodes": 2, "directed": True, "loops": True}, 4),
    "bipartite": ({"n_nodes": 5, "bipartite": 2}, 6),
    "directed bipartite": ({"n_nodes": 4, "bipartite": 1, "directed": True}, 6),
}
N = 20_000


def model_of(name, p=0.3):
    return ss.BernoulliGraph.from_parameters(p=p, **SHAPES[name][0])


@pytest.mark.parametrize("name", SHAPES)
def test_every_graph_has_its_probability(name, seed):
    model, pairs = model_of(name), SHAPES[name][1]
    space = model._space()
    assert space.n_pairs == pairs
    assert [tuple(pair) for pair in space.pairs().tolist()] == twin.space_pairs(model.n_nodes_, model.directed, model.loops, model.bipartite)
    graphs = model.sample(N, rng=seed, as_="edges")
    testing.assert_follows(codes_of(graphs, space), independent_law(np.full(pairs, 0.3)), detects=0.08)


@pytest.mark.parametrize("fault", ["gap", "last"])
def test_a_broken_walk_is_found(fault, rng):
    rows = np.array([twin.bernoulli_row(rng, np.full(6, 0.3), fault) for _ in range(N)])
    assert not judge_follows(codes_of_rows(rows), independent_law(np.full(6, 0.3))).passed
    whole = np.array([twin.bernoulli_row(rng, np.full(6, 0.3)) for _ in range(2000)])
    assert judge_follows(codes_of_rows(whole), independent_law(np.full(6, 0.3))).passed


def test_an_orientation_that_is_never_drawn_is_found(seed):
    graphs = [np.sort(edges, axis=1) for edges in model_of("directed").sample(4000, rng=seed, as_="edges")]
    graphs = [np.unique(edges, axis=0) for edges in graphs]
    assert not judge_follows(codes_of(graphs, model_of("directed")._space()), independent_law(np.full(6, 0.3))).passed


@pytest.mark.parametrize("options", [{}, {"directed": True}, {"directed": True, "loops": True}, {"bipartite": 30}], ids=str)
def test_first_and_last_pairs_and_the_number_of_edges(options, seed):
    """Many stripes and far rows: the pairs at both ends of the numbering, and the binomial law of the count."""
    model = ss.BernoulliGraph.from_parameters(n_nodes=60, p=0.07, **options)
    space, n = model._space(), 6000
    drawn = [space.numbers(edges) for edges in model.sample(n, rng=seed, as_="edges")]
    seen = np.bincount(np.concatenate(drawn), minlength=space.n_pairs)
    ends = np.concatenate([seen[:40], seen[-40:]])
    testing.assert_probability(int(ends.sum()), 80 * n, 0.07, detects=0.01)
    testing.assert_probability(int(seen[-1] + seen[0]), 2 * n, 0.07, detects=0.05)
    testing.assert_follows(np.array([len(numbers) for numbers in drawn]), lambda m: stats.binom.cdf(m, space.n_pairs, 0.07), detects=0.13)


def test_stripes_are_cut_without_a_seam(seed, monkeypatch):
    """With stripes of a few pairs every pair keeps its probability and pairs stay independent."""
    from statsim.models.graphs import edge_source

    monkeypatch.setattr(edge_source, "STRIPE_EDGES", 1)
    model = model_of("undirected")
    assert model._tables.bounds[-1] == 2
    testing.assert_follows(codes_of(model.sample(N, rng=seed, as_="edges"), model._space()), independent_law(np.full(6, 0.3)), detects=0.08)


def test_any_thread_count_start_batch_and_file_give_the_same_graph(tmp_path):
    model = ss.BernoulliGraph.from_parameters(n_nodes=3000, p=0.05)
    assert model._tables.bounds[-1] > 3
    whole = model.sample(3, rng=5, as_="edges", num_threads=1)
    for threads in (2, 3):
        assert all((a == b).all() for a, b in zip(whole, model.sample(3, rng=5, as_="edges", num_threads=threads), strict=True))
    assert (model.sample(rng=5, start=2, as_="edges") == whole[2]).all()
    assert (np.concatenate(list(model.sample_edges(rng=5, start=1, batch_edges=40_000))) == whole[1]).all()
    written = model.write_edges(tmp_path / "edges.parquet", rng=5)
    table = pq.read_table(tmp_path / "edges.parquet")
    assert written == len(whole[0]) and (np.stack([table["source"], table["target"]], axis=1) == whole[0]).all()
    assert any(len(a) != len(b) for a, b in zip(whole[1:], whole[:-1], strict=True))


@pytest.mark.parametrize("ending", ["csv", "arrow", "parquet"])
@pytest.mark.parametrize("p", [0.3, 0.0])
def test_files_of_every_format_hold_the_edges(ending, p, tmp_path):
    model, path = ss.BernoulliGraph.from_parameters(n_nodes=300, p=p, directed=True), tmp_path / f"edges.{ending}"
    edges = model.sample(rng=5, start=2, as_="edges")
    assert model.write_edges(path, rng=5, start=2) == len(edges)
    if ending == "csv":
        lines = path.read_text().splitlines()
        assert lines[0].replace('"', "") == "source,target" and [[int(cell) for cell in line.split(",")] for line in lines[1:]] == edges.tolist()
    else:
        table = pq.read_table(path) if ending == "parquet" else pyarrow.ipc.open_file(path).read_all()
        assert table.schema.names == ["source", "target"] and all(kind == pyarrow.int64() for kind in table.schema.types)
        assert (np.stack([table["source"], table["target"]], axis=1).reshape(-1, 2) == edges).all() and len(table) == len(edges)
    with pytest.raises(OutputError, match="edges"):
        model.write_edges(path, rng=5)
    assert model.write_edges(path, rng=6, force=True) == len(model.sample(rng=6, as_="edges"))


def test_wrong_requests_are_refused_before_there_is_a_file_or_an_edge(tmp_path):
    model = model_of("undirected")
    with pytest.raises(ArgumentError, match="start=3 needs an rng"):
        model.write_edges(tmp_path / "edges.csv", start=3)
    with pytest.raises(ArgumentError, match=r"edges\.txt"):
        model.write_edges(tmp_path / "edges.txt", rng=0)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ArgumentError, match="batch_edges must be at least 1, got 0"):
        model.sample_edges(rng=0, batch_edges=0)
    with pytest.raises(ArgumentError, match="graphs is an empty list"):
        model.score([])


def test_memory_of_nodes_counts():
    """A networkx graph of a thousand million isolated nodes would take hundreds of gigabytes."""
    empty = ss.BernoulliGraph.from_parameters(n_nodes=10**9, p=1e-19)
    with pytest.raises(TooLargeError, match="373 GiB|GiB"):
        empty.sample(rng=0, as_="networkx")
    assert len(empty.sample(rng=0, as_="edges")) < 5


def test_one_stripe_can_be_had_alone():
    model = ss.BernoulliGraph.from_parameters(n_nodes=3000, p=0.05)
    source, _ = model._source(Streams(np.random.SeedSequence(5)), 0)
    parts, edges = [], np.empty((100_000, 2), np.int64)
    for stripe in range(source.n_stripes - 1, -1, -1):
        _, at = source.fill(stripe, stripe + 1, edges, 0)
        parts.insert(0, edges[:at].copy())
    assert (np.concatenate(parts) == model.sample(rng=5, as_="edges")).all()


def test_forms_agree():
    model = model_of("undirected", 0.6)
    edges = model.sample(rng=3, as_="edges")
    dense, sparse, graph = (model.sample(rng=3, as_=form) for form in ("dense", "sparse", "networkx"))
    assert (sparse.toarray() == dense).all() and (dense == dense.T).all() and dense.sum() == 2 * len(edges)
    assert sorted(graph.edges) == [tuple(edge) for edge in edges.tolist()] and graph.number_of_nodes() == 4
    assert sorted(model.to_networkx(sparse).edges) == sorted(graph.edges)
    directed = model_of("directed", 0.6)
    assert directed.sample(rng=3, as_="networkx").is_directed()
    assert directed.sample(rng=3).toarray().tolist() == directed.sample(rng=3, as_="dense").tolist()


@pytest.mark.parametrize("name", SHAPES)
def test_scores_of_all_graphs_are_the_law(name):
    model, pairs = model_of(name), SHAPES[name][1]
    graphs = [(model._space().pairs()[row == 1], model.n_nodes_) for row in twin.all_rows(pairs)]
    assert np.exp(model.score_samples(graphs)) == pytest.approx(independent_law(np.full(pairs, 0.3)), abs=1e-12)


def test_the_ends_of_p():
    for p, edges in ((0.0, 0), (1.0, 6)):
        model = ss.BernoulliGraph.from_parameters(n_nodes=4, p=p)
        graph = model.sample(rng=0, as_="edges")
        assert len(graph) == edges and model.log_likelihood((graph, 4)) == 0.0
        assert model.log_likelihood(([[0, 1]], 4)) == -np.inf
    for n in (0, 1):
        assert ss.BernoulliGraph.from_parameters(n_nodes=n, p=0.5).sample(rng=0).shape == (n, n)
    assert ss.BernoulliGraph.from_parameters(n_nodes=1, p=1.0, loops=True).sample(rng=0, as_="edges").tolist() == [[0, 0]]
    assert ss.BernoulliGraph.from_parameters(n_nodes=3, p=0.5).sample(0, rng=0) == []


def test_the_largest_graphs_are_numbered_in_64_bits():
    model = ss.BernoulliGraph.from_parameters(n_nodes=4_000_000_000, p=1e-17)
    edges = model.sample(rng=1, as_="edges")
    assert 20 < len(edges) < 200 and (edges[:, 0] < edges[:, 1]).all() and edges.max() > 2**31
    with pytest.raises(ArgumentError, match=r"n_nodes=8589934592 has 36893488143124135936 pairs.*2\^63"):
        ss.BernoulliGraph.from_parameters(n_nodes=2**33, p=0.1)


def test_the_fit_counts_and_its_interval_is_clopper_and_pearsons():
    model = ss.BernoulliGraph(5).fit([[0, 1], [1, 2], [0, 4]])
    assert model.p_ == 0.3 and model.n_pairs_ == 10
    expected = stats.binomtest(3, 10).proportion_ci(0.9, method="exact")
    assert model.interval(0.9) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert ss.BernoulliGraph(3).fit(np.zeros((3, 3))).interval()[0] == 0.0
    assert ss.BernoulliGraph(3).fit(1 - np.eye(3)).interval()[1] == 1.0
    with pytest.raises(ArgumentError, match="given p"):
        model_of("loops").interval()


@pytest.mark.parametrize("name", SHAPES)
def test_save_and_load_are_the_identity(name, tmp_path):
    model = model_of(name)
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and (again.sample(rng=2) != model.sample(rng=2)).nnz == 0
    fitted = ss.BernoulliGraph(4).fit([[0, 1]])
    fitted.save(tmp_path / "f.json")
    assert ss.load(tmp_path / "f.json").interval() == fitted.interval()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"p": 1.5}, "p must be .* got 1.5"), ({"p": -0.1}, "got -0.1"), ({"p": float("nan")}, "got nan"), ({"p": "half"}, "'half'"), ({"n_nodes": -1}, "got -1"),
        ({"n_nodes": 2.5}, "got 2.5"), ({"directed": "yes"}, "'yes'"), ({"bipartite": 9}, "got 9"), ({"bipartite": 2, "loops": True}, "loops=True with bipartite"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(options, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        ss.BernoulliGraph.from_parameters(**{"n_nodes": 4, "p": 0.5, **options})


def test_wrong_requests_are_refused():
    model = model_of("undirected")
    with pytest.raises(NotFittedError, match="from_parameters"):
        ss.BernoulliGraph(4).sample()
    with pytest.raises(ArgumentError, match="as_ must be one of.*'matrix'"):
        model.sample(as_="matrix")
    with pytest.raises(ArgumentError, match="start=3 needs an rng"):
        model.sample(start=3)
    with pytest.raises(ArgumentError, match="n_graphs must be at least 0, got -1"):
        model.sample(-1)
    with pytest.raises(TooLargeError, match="write_edges"):
        ss.BernoulliGraph.from_parameters(n_nodes=10**6, p=0.5).sample()
    with pytest.raises(ArgumentError, match="no pair of nodes"):
        ss.BernoulliGraph(1).fit(np.zeros((1, 1)))
