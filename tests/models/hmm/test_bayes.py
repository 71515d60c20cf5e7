"""A Bayesian fit at the model: draws, plug-in values, predictions, files, and what it refuses. The draws themselves are held up by `test_posterior_draws`."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats
from scipy.special import logsumexp

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, FileRefusedError, SamplerWarning
from statsim.models.hmm import emissions as E
from statsim.models.hmm.posterior.priors import GammaRates, HiddenMarkovPrior, NormalInverseWishart
from tests.models.hmm.cases import gaussian, left_right
from tests.models.hmm.test_posterior_draws import SHORT, START, STICKY, truth_of
from tests.samplers.agreement import Truth, assert_agrees

pytestmark = pytest.mark.filterwarnings("ignore::statsim.errors.SamplerWarning")
QUICK = {"draws": 100, "warmup": 50, "chains": 2}


def fit(X, k=2, prior=None, rng=0, sampler=None, weights=None, draws=None, **options):
    method = ss.Bayes(**{**QUICK, **(draws or {})}, prior=prior, sampler=sampler)
    return ss.HiddenMarkovModel(k, method=method, rng=rng, **options).fit(X, sample_weight=weights)


@pytest.fixture(scope="module")
def walks():
    X = gaussian("full").sample(60, n_sequences=3, rng=1)
    return X, fit(X, len(gaussian("full").startprob_))


# ---------------------------------------------------------------- draws and plug-in values


def test_plug_in_values_are_means_of_the_draws(walks):
    _, model = walks
    draws = model.posterior_
    assert_allclose(model.transmat_, draws["transmat"].mean(axis=(0, 1)))
    assert_allclose(model.startprob_, draws["startprob"].mean(axis=(0, 1)))
    assert_allclose(model.emission_.means, draws["means"].mean(axis=(0, 1)))
    k, total = len(model.startprob_), np.zeros(model.emission_.covariances.shape)
    for c in range(k):
        lower = np.zeros((*draws.values.shape[:2], 2, 2))
        for i, j in ((0, 0), (1, 0), (1, 1)):
            lower[..., i, j] = draws[f"factors[{c},{i},{j}]"]
        total[c] = np.einsum("abip,abjp->ij", lower, lower) / (lower.shape[0] * lower.shape[1])
    assert_allclose(model.emission_.covariances, total)
    assert (np.diff(draws["means"][..., 0], axis=-1) >= 0).all()


def test_the_moments_of_a_short_sequence_are_those_of_the_sum_over_paths(seed):
    emission, X, own, _, _ = SHORT["poisson"]
    prior = HiddenMarkovPrior(transitions=0.75, sticky=STICKY, emission=own)
    model = fit(X, prior=prior, emission=emission, start=START, rng=seed, draws={"draws": 20_000, "warmup": 300})
    target = ss.HiddenMarkovModel(2, emission=emission, start=START).parameters_given(X, prior=prior)
    chosen = np.concatenate([model.posterior_[name].reshape(*model.posterior_.values.shape[:2], -1) for name in ("transmat", "rates")], axis=2)
    assert_agrees(chosen, truth_of("poisson", target))


def test_one_state_is_the_conjugate_posterior(seed):
    X = gaussian("full").sample(15, rng=2)
    prior = NormalInverseWishart(mean=[0.0, 0.0], weight=1.0, degrees=6.0, scale=np.eye(2))
    model = fit(X, 1, HiddenMarkovPrior(emission=prior), seed, draws={"draws": 3000, "warmup": 20})
    n, away = len(X), X.mean(axis=0)
    matrix = np.eye(2) + (X - away).T @ (X - away) + n / (1.0 + n) * np.outer(away, away)
    spread = np.sqrt(np.diagonal(matrix) / ((1.0 + n) * (6.0 + n - 3.0)))
    assert_agrees(model.posterior_["means"][:, :, 0], Truth(mean=n * away / (1.0 + n), sd=spread))
    with testing.Budget(), pytest.raises(AssertionError):
        assert_agrees(model.posterior_["means"][:, :, 0], Truth(mean=away, sd=spread))


def test_much_data_is_maximum_likelihood_by_gibbs_and_by_nuts():
    truth = ss.HiddenMarkovModel.from_parameters(transmat=[[0.8, 0.2], [0.3, 0.7]], emission=E.Poisson(rates=[[1.0], [8.0]]))
    X = truth.sample(2000, rng=4)
    most = ss.HiddenMarkovModel(2, emission="poisson", method=ss.MLE(n_init=4)).fit(X)
    for sampler in (None, ss.NUTS()):
        model = fit(X if sampler is None else X[:300], emission="poisson", sampler=sampler, draws={"draws": 200, "warmup": 100})
        if sampler is None:
            assert_allclose(model.emission_.rates, most.emission_.rates, atol=0.5 * model.posterior_["rates"].std(axis=(0, 1)).max())
            assert_allclose(model.transmat_, most.transmat_, atol=0.01)
        assert type(model.posterior_.method) is (ss.Gibbs if sampler is None else ss.NUTS)


@pytest.mark.parametrize(("k", "d"), [(1, 1), (2, 5), (9, 1)])
def test_rows_that_fit_no_registers(k, d):
    X = np.random.default_rng(1).normal(size=(80, d))
    model = fit(X, k, draws={"draws": 5, "warmup": 5})
    assert model.posterior_.values.shape[:2] == (2, 5) and np.isfinite(model.score(X))


# ---------------------------------------------------------------- scores and predictions


def test_a_score_is_the_log_of_the_mean_density(walks):
    X, model = walks
    rows = model.posterior_.values.reshape(-1, model.posterior_.dim)
    target = ss.HiddenMarkovModel(len(model.startprob_)).parameters_given(X)
    table = np.array([target.model(row).score_samples(X) for row in rows])
    assert_allclose(model.score_samples(X), logsumexp(table, axis=0) - np.log(len(rows)), rtol=1e-10)


def test_each_sequence_has_parameters_of_its_own(seed):
    X = np.array([[3.0], [4.0], [2.0]])
    model = fit(X, 1, HiddenMarkovPrior(emission=GammaRates(2.0, 0.5)), emission="poisson", draws={"draws": 4000, "warmup": 10})
    counts = np.concatenate(model.sample(1, n_sequences=20_000, rng=seed)).ravel()
    plug_in = np.concatenate(model.sample(1, n_sequences=20_000, rng=seed, parameters="mean")).ravel()
    rates = model.posterior_["rates"].ravel()
    law = np.array([stats.poisson(rates).pmf(y).mean() for y in range(4)])
    shares = (counts[:, None] == np.arange(4)).astype(float)
    testing.assert_mean(shares, law)
    assert_allclose(law, stats.nbinom(11.0, 3.5 / 4.5).pmf(np.arange(4)), atol=0.02)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean((plug_in[:, None] == np.arange(4)).astype(float), law)


def test_draws_are_the_same_however_they_are_asked_for(walks):
    _, model = walks
    whole = model.sample(30, n_sequences=6, rng=5)
    assert_array_equal(whole[4], model.sample(30, n_sequences=1, rng=5, start=4)[0])
    assert_array_equal(whole[2], model.sample(30, n_sequences=6, rng=5, num_threads=1)[2])
    assert_array_equal(whole[0][:7], model.sample(7, rng=5))
    assert not np.array_equal(whole[0], model.sample(30, rng=5, parameters="mean"))
    assert_array_equal(model.sample(30, rng=5, parameters="posterior"), whole[0])


# ---------------------------------------------------------------- files, structure, refusals


@pytest.mark.parametrize("options", [{}, {"topology": "left-right"}, {"start": "stationary"}, {"start": [0.25, 0.75]}, {"emission": "categorical"}, {"emission": E.Gaussian("tied")}])
def test_a_file_holds_the_posterior(options, tmp_path):
    X = left_right().sample(40, rng=3) if options.get("topology") else gaussian("full").sample(40, rng=3)
    X = np.abs(np.rint(X[:, :1])).astype(int) if options.get("emission") == "categorical" else X
    model = fit(X, **options, draws={"draws": 20})
    model.save(tmp_path / "m.json")
    read = ss.load(tmp_path / "m.json")
    assert_array_equal(read.posterior_.values, model.posterior_.values)
    assert read.posterior_.names == model.posterior_.names
    assert_array_equal(read.sample(30, rng=1), model.sample(30, rng=1))
    assert read.score(X) == model.score(X)
    document = model.to_document()
    del document["parameters"]["topology"]
    with pytest.raises(FileRefusedError, match="topology"):
        ss.HiddenMarkovModel.from_document(document)


def test_a_weight_is_a_number_of_times():
    X = gaussian("full").sample(20, n_sequences=2, rng=6)
    assert_array_equal(fit([X[0], X[0], X[1]]).posterior_.values, fit(X, weights=[2.0, 1.0]).posterior_.values)
    assert_array_equal(fit([X[1]]).posterior_.values, fit(X, weights=[0.0, 1.0]).posterior_.values)
    with pytest.raises(ArgumentError, match="sample_weight holds 0.5: a posterior takes each sequence a whole number of times"):
        fit(X, weights=[0.5, 1.0])


def test_another_fit_forgets_the_posterior(walks):
    X, model = walks
    again = ss.HiddenMarkovModel(2, method=ss.Bayes(**QUICK), rng=0).fit(X)
    again.set_params(method=ss.MLE(n_init=2)).fit(X)
    assert again.posterior_ is None
    with pytest.raises(ArgumentError, match="parameters='posterior' is for Bayesian fits, and this HiddenMarkovModel has no posterior"):
        again.sample(3, parameters="posterior")
    with pytest.raises(ArgumentError, match="parameters must be"):
        model.sample(3, parameters="mode")


def test_other_emissions_are_refused_by_name():
    with pytest.raises(ArgumentError, match="no prior for negative_binomial emissions.*Fit this model by method='mle'"):
        fit(np.array([[1.0], [3.0], [2.0]]), emission="negative_binomial")


def test_chains_that_disagree_warn_once():
    X = gaussian("full").sample(40, rng=8)
    with pytest.warns(SamplerWarning) as caught:
        fit(X, 3, draws={"draws": 10, "warmup": 0})
    assert len(caught) == 1
