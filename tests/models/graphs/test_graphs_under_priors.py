"""Bernoulli graphs and block models under priors: closed forms, sums over all labels, calibration."""

from itertools import product

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.special import betaln, gammaln

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError, FitWarning
from statsim.estimators.variational_em import VariationalEM
from statsim.models.graphs.block_principles import BlockPrinciples
from statsim.models.graphs.block_steps import BlockSteps
from statsim.models.graphs.graph_input import as_graph
from statsim.models.graphs.label_gibbs import LabelChains
from tests.samplers.agreement import Truth, assert_agrees

SMALL = np.zeros((6, 6), int)
for _i, _j in [(0, 1), (0, 2), (1, 2), (3, 4), (4, 5), (2, 3), (1, 4)]:
    SMALL[_i, _j] = SMALL[_j, _i] = 1
GROUPS = ss.StochasticBlockModel.from_parameters(block_probabilities=[[0.6, 0.05], [0.05, 0.5]], labels=[0] * 12 + [1] * 12)
GRAPH = GROUPS.sample(rng=3).toarray()
PRIOR = priors.BlockPrior(concentration=0.7, a=2.0, b=3.0)


def all_labels(K, n=6):
    return np.array(list(product(range(K), repeat=n)))


def log_joint(graph, labels, prior, K):
    """Log of P(labels) P(graph | labels), parameters integrated out, by loops over pairs."""
    c, (n, a, b) = prior.concentration, (len(labels), prior.a, prior.b)
    sizes = np.bincount(labels, minlength=K)
    value = gammaln(K * c) - K * gammaln(c) + gammaln(sizes + c).sum() - gammaln(n + K * c)
    for q in range(K):
        for k in range(q, K):
            cells = [graph[i, j] for i in range(n) for j in range(i) if {labels[i], labels[j]} == {q, k}]
            value += betaln(a + sum(cells), b + len(cells) - sum(cells)) - betaln(a, b)
    return value


def steps_of(graph, K, **options):
    return BlockPrinciples(BlockSteps(as_graph(graph, n_nodes=None, directed=options.pop("directed", False), loops=False), K, loops=False, degree_corrected=options.pop("corrected", False)))


# ---------------------------------------------------------------- one probability


def test_the_probability_of_an_edge_has_its_beta_law():
    prior = priors.Beta(a=2.0, b=5.0)
    model = ss.BernoulliGraph(method=ss.Bayes(prior=prior), rng=1).fit(SMALL)
    law = stats.beta(9.0, 13.0)
    testing.assert_follows(model.posterior_["p"].ravel(), law.cdf)
    with pytest.raises(AssertionError):  # the broken twin: the prior left out
        testing.assert_follows(model.posterior_["p"].ravel(), stats.beta(8.0, 9.0).cdf)
    assert_allclose(model.interval(0.9), law.ppf([0.05, 0.95]), atol=0.01)
    other = np.zeros((6, 6), int)
    other[0, 1] = other[1, 0] = 1
    assert_allclose(model.score_samples([other])[0], betaln(10, 27) - betaln(9, 13), atol=0.15)
    mode = ss.BernoulliGraph(method=ss.MAP(prior=prior)).fit(SMALL)
    assert_allclose(mode.p_, 8.0 / 20.0)
    assert_allclose(mode.fit_result_.objective, np.log(0.4) * 7 + np.log(0.6) * 8 + stats.beta.logpdf(0.4, 2, 5))
    assert ss.BernoulliGraph(method=ss.MAP(prior=priors.Beta(1.0, 1.0))).fit(SMALL).p_ == ss.BernoulliGraph().fit(SMALL).p_


def test_graphs_are_drawn_under_draws_of_the_probability(tmp_path):
    model = ss.BernoulliGraph(method="bayes", rng=1).fit(SMALL)
    edges = np.array([len(graph) for graph in model.sample(4000, rng=2, as_="edges")])
    law = stats.betabinom(15, 8, 9)
    testing.assert_mean(edges, law.mean(), sd=law.std(), bounds=(0, 15))
    testing.assert_mean((edges - law.mean()) ** 2, law.var(), sd=np.std((edges - law.mean()) ** 2), bounds=(0, 100))
    with pytest.raises(AssertionError):  # the broken twin: one probability for all graphs
        plain = np.array([len(graph) for graph in model.sample(4000, rng=2, as_="edges", parameters="mean")])
        testing.assert_mean((plain - law.mean()) ** 2, law.var(), sd=np.std((plain - law.mean()) ** 2), bounds=(0, 100))
    model.save(tmp_path / "g.json")
    back = ss.load(tmp_path / "g.json")
    assert (back.posterior_.values == model.posterior_.values).all()
    assert (back.sample(3, rng=5)[2] != model.sample(rng=5, start=2)).nnz == 0


# ---------------------------------------------------------------- blocks


def test_one_block_is_a_bernoulli_graph_and_the_bound_its_evidence():
    model = ss.StochasticBlockModel(1, method=ss.VB(prior=PRIOR), rng=0).fit(SMALL)
    testing.assert_follows(model.posterior_["probabilities[0,0]"].ravel(), stats.beta(9.0, 11.0).cdf)
    assert_allclose(model.fit_result_.objective, betaln(9, 11) - betaln(2, 3), rtol=1e-12)


@pytest.mark.parametrize("kind", [{}, {"directed": True}, {"corrected": True}, {"corrected": True, "directed": True}])
def test_the_bound_rises_step_by_step(kind):
    graph = GRAPH.copy()
    graph[0, 5:9] = 0
    steps = steps_of(graph if kind.get("directed") else GRAPH, 3, **kind).variational(priors.BlockPrior(0.7, 2.0, 3.0, shape=1.5, rate=0.5))
    law = steps.start(2, np.array([1, 2], np.uint64))
    path = [steps.bound(law)]
    for _ in range(40):
        law, _ = steps.iterate(law, 1)
        path.append(steps.bound(law))
    assert np.diff(path).min() > -1e-9 * abs(path[-1])
    assert path[-1] > path[0] + 1


def test_the_bound_lies_below_the_evidence():
    exact = np.logaddexp.reduce([log_joint(SMALL, labels, PRIOR, 2) for labels in all_labels(2)])
    with pytest.warns(FitWarning, match="Pareto k"):
        bound = ss.StochasticBlockModel(2, method=ss.VB(prior=PRIOR), rng=0).fit(SMALL).fit_result_.objective
    assert exact - 3.0 < bound < exact


def test_importance_weights_of_the_variational_law_give_the_evidence():
    steps = steps_of(SMALL, 2).variational(PRIOR)
    law = steps.of_memberships(np.full((6, 2), 0.5))
    logs = law.log_weights(law.sample(20_000, np.array([4, 5], np.uint64)))
    constants = law_constants(law) - law_constants_of_prior(PRIOR, 2)
    exact = np.logaddexp.reduce([log_joint(SMALL, labels, PRIOR, 2) for labels in all_labels(2)])
    assert_allclose(np.logaddexp.reduce(logs) - np.log(len(logs)) + constants, exact, atol=0.2)


def law_constants(law):
    cells = np.triu(np.ones((2, 2), bool))
    return gammaln(law.delta).sum() - gammaln(law.delta.sum()) + betaln(law.a, law.b)[cells].sum()


def law_constants_of_prior(prior, K):
    return K * gammaln(prior.concentration) - gammaln(K * prior.concentration) + K * (K + 1) / 2 * betaln(prior.a, prior.b)


def test_chains_have_the_labels_of_the_sum_over_all():
    labels = all_labels(2)
    pairs = [(0, 1), (0, 3), (2, 3), (1, 5)]

    def truth(prior):
        logs = np.array([log_joint(SMALL, row, prior, 2) for row in labels])
        law = np.exp(logs - np.logaddexp.reduce(logs))
        return Truth(mean=np.array([law @ (labels[:, i] == labels[:, j]) for i, j in pairs]))

    model = ss.StochasticBlockModel(2, method=ss.Bayes(prior=PRIOR, draws=4000), rng=4).fit(SMALL)
    drawn = model.posterior_.labels.reshape(4, 4000, 6)
    together = np.stack([(drawn[:, :, i] == drawn[:, :, j]).astype(float) for i, j in pairs], axis=-1)
    assert_agrees(together, truth(PRIOR))
    with pytest.raises(AssertionError):  # the broken twin: another prior
        assert_agrees(together, truth(priors.BlockPrior(concentration=5.0, a=1.0, b=1.0)))
    assert_allclose(model.block_probabilities_, model.posterior_.probabilities.mean(axis=0), rtol=1e-12)


def test_short_simulation_based_calibration():
    rng, ranks, broken = np.random.default_rng(5), [], []
    for number in range(120):
        weights, p = rng.dirichlet([0.7, 0.7]), rng.beta(2.0, 3.0, (2, 2))
        p[1, 0] = p[0, 1]
        graph = ss.StochasticBlockModel.from_parameters(block_probabilities=p, weights=weights, n_nodes=10).sample(rng=number)
        sampler = LabelChains(chains=1, warmup=100, start=VariationalEM(n_init=1))
        found = ss.StochasticBlockModel(2, method=ss.Bayes(prior=PRIOR, sampler=sampler, draws=99 * 10, chains=1), rng=number).fit(graph).posterior_
        w, P = found.weights[::10], found.probabilities[::10]
        values = np.stack([np.einsum("tq,tqk,tk->t", w, P, w), (w**2).sum(axis=1)], axis=1)  # alike under any numbering of the blocks
        truth = np.array([weights @ p @ weights, weights @ weights])
        ranks.append(((values < truth).sum(axis=0) + rng.random(2)) / 100)
        broken.append(((0.8 * values < truth).sum(axis=0) + rng.random(2)) / 100)
    for column in np.array(ranks).T:
        testing.assert_follows(column, stats.uniform.cdf)
    with pytest.raises(AssertionError):
        testing.assert_follows(np.array(broken)[:, 0], stats.uniform.cdf)


def test_the_mode_keeps_probabilities_off_their_bounds():
    graph = np.kron(np.eye(2, dtype=int), np.ones((5, 5), int)) - np.eye(10, dtype=int)
    plain, shrunk = (ss.StochasticBlockModel(2, method=method, rng=0).fit(graph) for method in ("vem", "map"))
    assert set(plain.block_probabilities_.ravel()) == {0.0, 1.0}
    density = (20 + 1) / (45 + 2)
    inner, outer = (10 + 2 * density) / 12, 2 * density / 27
    assert_allclose(np.sort(shrunk.block_probabilities_.ravel()), np.sort([inner, inner, outer, outer]), rtol=1e-6)
    assert (np.diff(shrunk.fit_result_.path) > -1e-9 * abs(shrunk.fit_result_.objective)).all()
    flat = ss.StochasticBlockModel(2, method=ss.MAP(prior=priors.BlockPrior()), rng=0).fit(GRAPH)
    assert_allclose(flat.block_probabilities_, ss.StochasticBlockModel(2, rng=0).fit(GRAPH).block_probabilities_, rtol=1e-8)


def test_known_labels_have_the_beta_posterior_of_each_cell():
    labels = [0, 0, 0, 1, 1, 1]
    model = ss.StochasticBlockModel(2, method=ss.Bayes(prior=PRIOR), rng=2).fit(SMALL, labels=labels)
    testing.assert_follows(model.posterior_["probabilities[0,1]"].ravel(), stats.beta(2 + 2, 3 + 7).cdf)
    testing.assert_follows(model.posterior_["weights[0]"].ravel(), stats.beta(3.7, 3.7).cdf)
    assert (model.labels_ == labels).all()
    mode = ss.StochasticBlockModel(2, method=ss.MAP(prior=priors.BlockPrior(a=2.0, b=3.0))).fit(SMALL, labels=labels)
    assert_allclose(mode.block_probabilities_, [[4 / 6, 3 / 12], [3 / 12, 3 / 6]], rtol=1e-12)


def test_a_saved_posterior_comes_back_whole(tmp_path):
    model = ss.StochasticBlockModel(2, method=ss.Bayes(draws=400), rng=1).fit(GRAPH)
    model.save(tmp_path / "b.json")
    back = ss.load(tmp_path / "b.json")
    assert (back.posterior_.values == model.posterior_.values).all()
    assert (back.posterior_.labels == model.posterior_.labels).all()
    (graph, labels), (again, same) = (one.sample(rng=4, return_latent=True) for one in (model, back))
    assert (graph != again).nnz == 0
    assert (labels == same).all()
    assert (model.sample(4, rng=4)[3] != back.sample(rng=4, start=3)).nnz == 0
    document = model.to_document()
    document["parameters"]["posterior"]["names"] = ["weights[0]"]
    with pytest.raises(FileRefusedError, match="the posterior has the coordinates"):
        ss.StochasticBlockModel.from_document(document)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.BernoulliGraph(method=ss.Bayes(prior=3)).fit(SMALL), r"prior=3: the probability of an edge takes statsim.priors.Beta"),
        (lambda: ss.BernoulliGraph(method=ss.MAP(penalty=1.0)).fit(SMALL), "penalty=1.0: the probability of an edge takes a prior"),
        (lambda: ss.BernoulliGraph(method=ss.MAP(prior=priors.Beta(0.5, 0.5))).fit(np.zeros((3, 3), int)), "has no mode: 0 of 3 pairs"),
        (lambda: ss.BernoulliGraph().fit(SMALL).sample(parameters="mean"), "has no posterior to draw from"),
        (lambda: ss.StochasticBlockModel(2, method=ss.Bayes(prior=priors.Beta(1.0, 1.0))).fit(SMALL), "a block model takes statsim.priors.BlockPrior"),
        (lambda: ss.StochasticBlockModel("auto", method="vb").fit(SMALL), "n_blocks='auto' goes with method='vem' or 'gibbs'"),
        (lambda: ss.StochasticBlockModel(2, method=ss.MAP(prior=PRIOR)).fit(SMALL), "with numbers below 1 the posterior has no mode"),
        (lambda: priors.BlockPrior(concentration=0.0), "concentration must be a finite number above 0"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
