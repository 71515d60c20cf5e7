"""Block models: exact laws, special cases, both fits against enumeration, the number of blocks, and what is refused."""

from itertools import product

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError
from statsim.models.graphs.block_steps import BlockSteps
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.label_gibbs import LabelGibbs
from statsim.testing.follows import judge_follows
from tests.models.graphs.enumeration import codes_of, codes_of_rows, independent_law
from tests.reference import graphs as twin

SKEW = np.array([[0.5, 0.1], [0.3, 0.8]])
EVEN = np.array([[0.5, 0.2], [0.2, 0.8]])
THETA = np.array([1.0, 0.5, 2.0, 1.2])
N = 10_000

SPECIMENS = {
    "plain": {"block_probabilities": EVEN, "labels": [0, 1, 0, 1]},
    "sorted labels": {"block_probabilities": EVEN, "labels": [0, 0, 1, 1]},
    "directed": {"block_probabilities": SKEW, "labels": [1, 0, 1], "directed": True},
    "directed loops": {"block_probabilities": SKEW, "labels": [1, 0], "directed": True, "loops": True},
    "loops": {"block_probabilities": EVEN, "labels": [1, 0, 1], "loops": True},
    "degrees": {"block_probabilities": EVEN, "labels": [0, 1, 0, 1], "degree_weights": THETA},
    "directed degrees": {"block_probabilities": SKEW, "labels": [1, 0, 1], "degree_weights": [[1.0, 0.5, 2.0], [0.7, 1.5, 0.2]], "directed": True},
}


def probabilities_of(options):
    """Probability of each pair by the definition."""
    labels, B = options["labels"], options["block_probabilities"]
    theta = options.get("degree_weights")
    out, into = (theta, theta) if np.ndim(theta) == 1 else theta if theta is not None else (np.ones(9), np.ones(9))
    pairs = twin.space_pairs(len(labels), options.get("directed", False), options.get("loops", False))
    rates = np.array([B[labels[i], labels[j]] * out[i] * into[j] for i, j in pairs])
    return rates if theta is None else 1 - np.exp(-rates)


@pytest.mark.parametrize("name", SPECIMENS)
def test_every_graph_has_its_probability(name, seed):
    options = SPECIMENS[name]
    model, law = ss.StochasticBlockModel.from_parameters(**options), independent_law(probabilities_of(options))
    space = model._space()
    testing.assert_follows(codes_of(model.sample(N, rng=seed, as_="edges"), space), law, detects=0.13)
    graphs = [(space.pairs()[row == 1], model.n_nodes_) for row in twin.all_rows(space.n_pairs)]
    assert np.exp(model.score_samples(graphs)) == pytest.approx(law, abs=1e-12)
    assert model._pair_probabilities() == pytest.approx(probabilities_of(options))


def test_transposed_blocks_are_found(seed):
    options = SPECIMENS["directed"]
    broken = ss.StochasticBlockModel.from_parameters(**{**options, "block_probabilities": SKEW.T})
    graphs = broken.sample(4000, rng=seed, as_="edges")
    assert not judge_follows(codes_of(graphs, broken._space()), independent_law(probabilities_of(options))).passed


def test_random_labels_and_the_graph_have_their_joint_law(seed):
    model = ss.StochasticBlockModel.from_parameters(block_probabilities=EVEN, weights=[0.3, 0.7], n_nodes=3)
    graphs, labels = model.sample(N, rng=seed, as_="edges", return_latent=True)
    found = codes_of(graphs, model._space()) + 8 * (np.array(labels) @ [1, 2, 4])
    law, marginal = np.zeros(64), np.zeros(8)
    for z in product(range(2), repeat=3):
        given = independent_law(probabilities_of({"block_probabilities": EVEN, "labels": z}))
        weight = np.prod(np.array([0.3, 0.7])[list(z)])
        law[8 * int(np.dot(z, [1, 2, 4])) : 8 * int(np.dot(z, [1, 2, 4])) + 8] = weight * given
        marginal += weight * given
    testing.assert_follows(found, law, detects=0.13)
    every = [(model._space().pairs()[row == 1], 3) for row in twin.all_rows(3)]
    assert np.exp(model.score_samples(every)) == pytest.approx(marginal, abs=1e-12)


def test_equal_blocks_are_independent_edges():
    blocks = ss.StochasticBlockModel.from_parameters(block_probabilities=[[0.3]], labels=np.zeros(50, int))
    plain = ss.BernoulliGraph.from_parameters(n_nodes=50, p=0.3)
    assert (blocks.sample(rng=4, as_="edges") == plain.sample(rng=4, as_="edges")).all()
    equal = ss.StochasticBlockModel.from_parameters(block_probabilities=np.full((2, 2), 0.3), labels=np.arange(50) % 2)
    graph = equal.sample(rng=4)
    assert equal.log_likelihood(graph) == pytest.approx(plain.log_likelihood(graph), abs=1e-9)


def test_any_thread_count_and_start_give_the_same_graph():
    for options in (SPECIMENS["plain"], SPECIMENS["degrees"]):
        options = {**options, "labels": np.arange(2000) % 2, "block_probabilities": EVEN / 4}
        if "degree_weights" in options:
            options["degree_weights"] = np.linspace(0.1, 2, 2000)
        model = ss.StochasticBlockModel.from_parameters(**options)
        whole = model.sample(2, rng=3, as_="edges", num_threads=1)
        assert (model.sample(rng=3, start=1, as_="edges", num_threads=2) == whole[1]).all()
        assert (np.concatenate(list(model.sample_edges(rng=3, batch_edges=20_000))) == whole[0]).all()
        assert (whole[0][:, 0] < whole[0][:, 1]).all()


def three_blocks(rng=4, **options):
    labels = np.repeat([0, 1, 2], 30)
    return labels, ss.StochasticBlockModel.from_parameters(block_probabilities=np.full((3, 3), 0.05) + np.eye(3) * 0.3, labels=labels, **options).sample(rng=rng)


def agrees(found, labels):
    """True when the two partitions are one, whatever the numbers of the blocks."""
    table = np.zeros((found.max() + 1, labels.max() + 1), int)
    np.add.at(table, (found, labels), 1)
    return np.count_nonzero(table) == labels.max() + 1 == found.max() + 1


@pytest.mark.parametrize("directed", [False, True])
def test_variational_em_finds_the_blocks_and_their_number(directed):
    labels, graph = three_blocks(directed=directed)
    model = ss.StochasticBlockModel("auto", directed=directed, rng=0).fit(graph)
    assert len(model.weights_) == 3 and agrees(model.labels_, labels)
    assert max(model.icl_path_, key=model.icl_path_.get) == 3 and model.icl_ == model.icl_path_[3]
    path = model.fit_result_.path
    assert np.diff(path).min() > -1e-7 * abs(path[-1]) and model.fit_result_.converged
    again = ss.StochasticBlockModel(3, directed=directed, rng=0).fit(graph)
    assert (again.labels_ == model.labels_).all()


def test_the_degree_corrected_fit_tells_blocks_from_degrees():
    labels = np.repeat([0, 1], 60)
    theta = np.tile(np.concatenate([np.full(20, 2.0), np.full(40, 0.5)]), 2)
    graph = ss.StochasticBlockModel.from_parameters(block_probabilities=[[0.4, 0.05], [0.05, 0.4]], labels=labels, degree_weights=theta).sample(rng=1)
    corrected = ss.StochasticBlockModel(2, degree_corrected=True, rng=0).fit(graph)
    assert np.mean((corrected.labels_ == corrected.labels_[0]) == (labels == 0)) > 0.97
    means = [corrected.degree_weights_[corrected.labels_ == q].mean() for q in range(2)]
    assert means == pytest.approx([1.0, 1.0]) and np.isfinite(corrected.log_likelihood(graph))
    assert corrected.sample(rng=0).nnz == pytest.approx(graph.nnz, rel=0.15)


@pytest.mark.parametrize("options", [{}, {"directed": True}, {"loops": True}, {"directed": True, "loops": True}], ids=str)
def test_known_labels_give_the_fractions(options):
    B = SKEW if options.get("directed") else EVEN
    labels = np.arange(12) % 2
    graph = ss.StochasticBlockModel.from_parameters(block_probabilities=B, labels=labels, **options).sample(rng=2, as_="dense")
    model = ss.StochasticBlockModel(2, **options).fit(graph, labels=labels)
    for q, k in product(range(2), repeat=2):
        pairs = [(i, j) for i, j in twin.space_pairs(12, True, options.get("loops", False)) if (labels[i], labels[j]) == (q, k)]
        if not options.get("directed"):
            pairs = [(i, j) for i, j in pairs if q != k or i <= j]
        assert model.block_probabilities_[q, k] == pytest.approx(np.mean([graph[i, j] for i, j in pairs]), abs=1e-12)


@pytest.mark.parametrize("options", [{}, {"directed": True, "loops": True}], ids=str)
def test_one_sweep_is_the_exact_coordinate_update(options):
    """Each membership equals the softmax of the expected log joint, computed by brute force."""
    graph = as_graph(ss.BernoulliGraph.from_parameters(n_nodes=6, p=0.4, **options).sample(rng=3), **options)
    steps = BlockSteps(graph, 2, loops=options.get("loops", False), degree_corrected=False)
    state = steps.start(2, np.array([3, 4], np.uint64))
    tau, a = state.tau.copy(), np.zeros((6, 6), int)
    a[graph.edges[:, 0], graph.edges[:, 1]] = 1
    directed = options.get("directed", False)
    a = a if directed else np.maximum(a, a.T)
    from statsim.kernels.graphs.block_labels import variational_sweep

    expected = tau.copy()
    for i in range(6):
        scores = np.log(state.alpha).copy()
        for q in range(2):
            for j in range(6):
                for k in range(2):
                    if i == j:
                        scores[q] += _log_bernoulli(a[i, i], state.rates[q, q]) / 2 if options.get("loops") else 0.0
                        continue
                    scores[q] += expected[j, k] * _log_bernoulli(a[i, j], state.rates[q, k])
                    scores[q] += expected[j, k] * _log_bernoulli(a[j, i], state.rates[k, q]) if directed else 0.0
        expected[i] = np.exp(scores - np.logaddexp.reduce(scores))
    variational_sweep(tau, steps.kernel_graph, steps.strengths, *steps.tables(state.alpha, state.rates))
    assert tau == pytest.approx(expected, abs=1e-10)


def _log_bernoulli(x, p):
    return np.log(p) if x else np.log1p(-p)


def test_gibbs_draws_labels_from_their_posterior(seed):
    model = ss.StochasticBlockModel.from_parameters(block_probabilities=SKEW, weights=[0.4, 0.6], n_nodes=4, directed=True)
    graph = model.sample(rng=8, as_="edges")
    joint = [model.log_likelihood_given((graph, 4), np.array(z)) + np.log(np.array([0.4, 0.6])[list(z)]).sum() for z in product(range(2), repeat=4)]
    law = np.exp(joint - np.logaddexp.reduce(joint))
    order = [int(np.dot(z, [1, 2, 4, 8])) for z in product(range(2), repeat=4)]
    target = model.labels_given((graph, 4))
    draws = ss.sample(target, ss.Gibbs(), draws=15_000, warmup=50, rng=seed, diagnose=False)
    thinned = codes_of_rows(draws.values[:, ::5])
    by_code = dict(zip(order, law.tolist(), strict=True))
    testing.assert_follows(thinned, by_code, detects=0.12)
    wrong = {code: by_code[15 - code] for code in by_code}
    assert not judge_follows(thinned, wrong).passed
    values = [target.log_density(np.array(z, float)) for z in product(range(2), repeat=4)]
    assert np.subtract(values, joint) == pytest.approx(np.full(16, values[0] - joint[0]), abs=1e-9)


@pytest.mark.parametrize("corrected", [False, True])
def test_the_bayesian_fit_agrees_with_the_blocks(corrected):
    labels, graph = three_blocks()
    model = ss.StochasticBlockModel(3, degree_corrected=corrected, method=LabelGibbs(draws=200, warmup=50), rng=0).fit(graph)
    assert agrees(model.labels_, labels) and model.posterior_.labels.shape == (200, 90)
    assert model.label_probabilities_.sum(axis=1) == pytest.approx(np.ones(90))
    assert (model.posterior_.probabilities.std(axis=0) > 0).all()


@pytest.mark.parametrize("name", SPECIMENS)
def test_save_and_load_are_the_identity(name, tmp_path):
    model = ss.StochasticBlockModel.from_parameters(**SPECIMENS[name])
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document()
    assert (again.sample(rng=1, as_="edges") == model.sample(rng=1, as_="edges")).all()


def test_a_random_label_model_is_saved_too(tmp_path):
    model = ss.StochasticBlockModel.from_parameters(block_probabilities=EVEN, weights=[0.3, 0.7], n_nodes=9)
    model.save(tmp_path / "m.json")
    assert ss.load(tmp_path / "m.json").sample(rng=1, return_latent=True)[1].tolist() == model.sample(rng=1, return_latent=True)[1].tolist()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"labels": [0, 2]}, r"labels\[1\] = 2"), ({"labels": [0.5, 1]}, "labels must be integers"), ({"block_probabilities": [[1.2]]}, "= 1.2"),
        ({"block_probabilities": SKEW}, "symmetric.*0.1.*0.3.*directed=True"), ({"block_probabilities": [[0.1, 0.2]]}, r"square.*\(1, 2\)"),
        ({"labels": None}, "give labels="), ({"labels": None, "n_nodes": 3, "weights": [0.5, 0.6]}, "sum to 1.*1.1"),
        ({"degree_weights": [1.0, -1.0]}, r"degree_weights\[1\] = -1.0"), ({"degree_weights": [1.0]}, "1 nodes, but the graph has 2"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused(options, words):
    with pytest.raises(ArgumentError, match=words):
        ss.StochasticBlockModel.from_parameters(**{"block_probabilities": EVEN, "labels": [0, 1], **options})


def test_wrong_fits_are_refused():
    with pytest.raises(ArgumentError, match="n_blocks must be one of 'auto'; got 'many'"):
        ss.StochasticBlockModel("many").fit(np.zeros((4, 4)))
    with pytest.raises(ArgumentError, match="3 node.*n_blocks=4"):
        ss.StochasticBlockModel(4).fit(np.zeros((3, 3)))
    with pytest.raises(ArgumentError, match="loops=True with degree_corrected=True"):
        ss.StochasticBlockModel(2, loops=True, degree_corrected=True).fit(np.eye(3))
    with pytest.raises(ArgumentError, match="too many to sum over"):
        model = ss.StochasticBlockModel.from_parameters(block_probabilities=EVEN, weights=[0.3, 0.7], n_nodes=40)
        model.score_samples(model.sample(rng=0))
    assert ss.StochasticBlockModel(1, rng=0).fit(np.zeros((3, 3))).block_probabilities_.tolist() == [[0.0]]
