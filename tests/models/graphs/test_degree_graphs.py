"""Given expected degrees and given degrees: exact laws, a chain whose limit is uniform, and what is refused."""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitWarning
from statsim.kernels.graphs.stripes import seed_stripe
from statsim.kernels.graphs.swaps import swap_edges, table_find
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of, independent_law
from tests.reference import graphs as twin

SPECIMENS = {
    "undirected": {"expected_degrees": [3.0, 2.0, 1.0, 0.5]},
    "loops": {"expected_degrees": [2.0, 0.1, 1.0], "loops": True},
    "directed": {"expected_degrees": [[2.0, 1.0, 0.5], [0.5, 1.5, 1.5]], "directed": True},
    "weight zero": {"expected_degrees": [0.0, 2.0, 0.0, 1.0]},
    "poisson": {"expected_degrees": [6.0, 2.0, 1.0, 0.5], "link": "poisson"},
    "poisson, directed": {"expected_degrees": [[2.0, 1.0, 0.5], [0.5, 1.5, 1.5]], "directed": True, "link": "poisson"},
}


def law_of(options):
    w = np.asarray(options["expected_degrees"])
    out, into = (w, w) if w.ndim == 1 else w
    pairs = twin.space_pairs(w.shape[-1], options.get("directed", False), options.get("loops", False))
    rates = np.array([out[i] * into[j] / out.sum() for i, j in pairs])
    return independent_law(1 - np.exp(-rates) if options.get("link") == "poisson" else np.minimum(1.0, rates))


@pytest.mark.parametrize("name", SPECIMENS)
def test_every_graph_has_its_probability(name, seed):
    model, law = ss.ChungLuGraph.from_parameters(**SPECIMENS[name]), law_of(SPECIMENS[name])
    space = model._space()
    testing.assert_follows(codes_of(model.sample(10_000, rng=seed, as_="edges"), space), law, detects=0.13)
    graphs = [(space.pairs()[row == 1], model.n_nodes_) for row in twin.all_rows(space.n_pairs)]
    assert np.exp(model.score_samples(graphs)) == pytest.approx(law, abs=1e-12)


def two_hubs(directed):
    """Nodes 0 and 1 joined to all others but not to each other: 10 * 10 is more than the sum of all degrees."""
    edges = [[hub, other] for hub in (0, 1) for other in range(2, 12)]
    return (edges + [[j, i] for i, j in edges] if directed else edges), 12


@pytest.mark.parametrize("directed", [False, True])
def test_a_fitted_graph_without_a_certain_edge_is_named_and_has_a_likelihood_by_the_other_link(directed):
    graph = two_hubs(directed)
    with pytest.warns(FitWarning, match=r"degrees of nodes 0 and 1 make the edge between them certain.*link='poisson'"):
        cut = ss.ChungLuGraph(directed=directed).fit(graph)
    assert cut.log_likelihood(graph) == -np.inf
    fitted = ss.ChungLuGraph(directed=directed, link="poisson").fit(graph)
    pairs, d = fitted._space().pairs(), np.array([10] * 2 + [2] * 10)
    rates = d[pairs[:, 0]] * d[pairs[:, 1]] / 40.0
    there = np.isin(fitted._space().numbers(pairs), fitted._space().numbers(np.sort(np.array(graph[0]), axis=1) if not directed else np.array(graph[0])))
    assert fitted.log_likelihood(graph) == pytest.approx(np.where(there, np.log(-np.expm1(-rates)), -rates).sum(), rel=1e-12)


def test_every_draw_has_a_likelihood_where_rates_are_1_but_for_rounding():
    """Products equal to the sum up to rounding: no pair is certain in the draw and not in the score. The order of the factors once decided."""
    rng, tight = np.random.default_rng(0), 0
    for number in range(400):
        w = rng.integers(1, 60, 9) / 7 + 1
        w[1] = (w.sum() - w[1]) / (w[0] - 1)  # w_0 w_1 = S
        model = ss.ChungLuGraph.from_parameters(expected_degrees=w)
        forward, back = model._scale() * w[0] * w[1], model._scale() * w[1] * w[0]
        tight += (forward >= 1) != (back >= 1)
        assert np.isfinite(model.score_samples(model.sample(3, rng=number))).all()
    assert tight > 20


def test_weights_of_other_nodes_are_found(seed):
    """The broken twin: candidates of a row that are all taken, as if the rest had its first probability."""
    first = np.array([1.0, 0.46, 0.23, 0.46, 0.23, 0.23])
    graphs = ss.ChungLuGraph.from_parameters(**SPECIMENS["undirected"]).sample(4000, rng=seed, as_="edges")
    assert not judge_follows(codes_of(graphs, ss.ChungLuGraph.from_parameters(**SPECIMENS["undirected"])._space()), independent_law(first)).passed


def test_expected_degrees_are_met_and_threads_do_not_matter():
    w = np.random.default_rng(0).pareto(2.5, 3000) + 1
    model = ss.ChungLuGraph.from_parameters(expected_degrees=w)
    graphs = model.sample(40, rng=1, num_threads=2)
    degrees = np.mean([graph.sum(axis=1) for graph in graphs], axis=0)
    top = np.argsort(-w)[:50]
    assert degrees[top] == pytest.approx((w - w**2 / w.sum())[top], rel=0.25)
    assert (model.sample(rng=1, start=3, num_threads=1) != graphs[3]).nnz == 0
    fitted = ss.ChungLuGraph().fit(graphs[0])
    assert fitted.expected_degrees_.tolist() == graphs[0].sum(axis=1).tolist()


@pytest.mark.parametrize("model", [*[ss.ChungLuGraph.from_parameters(**SPECIMENS[name]) for name in ("directed", "poisson")], ss.DegreeSequenceGraph.from_parameters(degrees=[2, 2, 1, 1])])
def test_save_and_load_are_the_identity(model, tmp_path):
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and (again.sample(rng=1) != model.sample(rng=1)).nnz == 0


def with_degrees(degrees):
    """Numbers of all graphs with these degrees."""
    n = len(degrees)
    pairs = np.array(twin.space_pairs(n))
    rows = twin.all_rows(len(pairs))
    found = np.zeros((len(rows), n))
    for k, (i, j) in enumerate(pairs):
        found[:, i] += rows[:, k]
        found[:, j] += rows[:, k]
    return np.flatnonzero((found == degrees).all(axis=1))


@pytest.mark.parametrize("degrees", [[2, 2, 2, 2, 2], [3, 2, 2, 2, 1], [1, 1, 1, 1]])
def test_swaps_lead_to_the_uniform_law(degrees, seed):
    model = ss.DegreeSequenceGraph.from_parameters(degrees=degrees)
    graphs = model.sample(8000, rng=seed, as_="edges")
    states = with_degrees(degrees)
    testing.assert_follows(codes_of(graphs, model._space()), {int(code): 1 / len(states) for code in states}, detects=0.12)


def test_a_chain_in_equilibrium_stays_uniform(seed):
    """One swap from every graph, drawn uniformly: the law stays uniform, and a chain that tries until it moves leaves it."""
    degrees, model = [2, 2, 2, 1, 1], ss.DegreeSequenceGraph.from_parameters(degrees=[2, 2, 2, 1, 1])
    states, pairs = with_degrees(degrees), model._space().pairs()
    rng, found, moved = np.random.default_rng(seed), [], []
    state = np.empty(4, np.uint64)
    for number in range(12_000):
        code = int(rng.choice(states))
        edges, table = pairs[[bool(code >> k & 1) for k in range(len(pairs))]].copy(), np.zeros(16, np.int64)
        for i, j in edges:
            key = i * 5 + j + 1
            table[table_find(table, key)] = key
        seed_stripe(np.uint64(seed), np.uint64(1), np.uint64(number), np.uint64(0), state)
        made = swap_edges(state, 5, 1, edges, table)
        found.append(edges.copy())
        while not made:
            made = swap_edges(state, 5, 1, edges, table)
        moved.append(edges)
    law = {int(code): 1 / len(states) for code in states}
    testing.assert_follows(codes_of(found, model._space()), law, detects=0.12)
    assert not judge_follows(codes_of(moved, model._space()), law).passed


def test_degrees_are_kept_in_large_graphs():
    graph = ss.BernoulliGraph.from_parameters(n_nodes=400, p=0.02).sample(rng=0)
    model = ss.DegreeSequenceGraph().fit(graph)
    drawn = model.sample(2, rng=3)
    assert all((one.sum(axis=1) == graph.sum(axis=1)).all() and one.diagonal().sum() == 0 for one in drawn)
    assert (drawn[0] != drawn[1]).nnz > 0
    assert (model.sample(rng=3, start=1) != drawn[1]).nnz == 0


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ss.ChungLuGraph.from_parameters(expected_degrees=[1.0, -2.0]), r"expected_degrees\[1\] = -2.0"),
        (lambda: ss.ChungLuGraph.from_parameters(expected_degrees=[1.0, np.nan]), "nan"),
        (lambda: ss.ChungLuGraph.from_parameters(expected_degrees=[[1.0, 2.0], [1.0, 1.0]], directed=True), "one sum.*3.0 and 2.0"),
        (lambda: ss.ChungLuGraph.from_parameters(expected_degrees=[1e308, 1e308]), "sum between 1e-300 and the largest double, or zero, got inf"),
        (lambda: ss.ChungLuGraph.from_parameters(expected_degrees=[5e-324, 5e-324]), "got 9.88"),
        (lambda: ss.ChungLuGraph.from_parameters(expected_degrees=[1.0, 1.0], link="logit"), "link must be one of.*'logit'"),
        (lambda: ss.ChungLuGraph(link=3).fit(np.zeros((3, 3))), "link"),
        (lambda: ss.ChungLuGraph.from_parameters(expected_degrees=[1.0], directed=True), r"shape \(2, n_nodes\)"),
        (lambda: ss.DegreeSequenceGraph.from_parameters(degrees=[1, 1, 1]), "even sum.*got 3"),
        (lambda: ss.DegreeSequenceGraph.from_parameters(degrees=[3, 3, 1, 1]), "no simple graph has these degrees"),
        (lambda: ss.DegreeSequenceGraph.from_parameters(degrees=[4, 1, 1]), r"degrees\[0\] = 4"),
        (lambda: ss.DegreeSequenceGraph.from_parameters(degrees=[1.5, 1]), "degrees must be integers"),
        (lambda: ss.DegreeSequenceGraph.from_parameters(degrees=[1, 1], swaps_per_edge=-1), "swaps_per_edge"),
        (lambda: ss.DegreeSequenceGraph.from_parameters(degrees=[1, 1]).score_samples([[0, 1], [1, 0]]), "not known in closed form"),
    ],
)  # fmt: skip
def test_wrong_input_is_refused(make, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        make()
