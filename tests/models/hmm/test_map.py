"""The highest posterior density: formulas of one state, SciPy's densities, an objective that never falls, states that stay regular."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.models.hmm import emissions as E
from statsim.models.hmm.posterior.priors import DirichletSymbols, GammaRates, HiddenMarkovPrior, NormalInverseWishart
from tests.models.hmm.cases import MODELS, categorical, gaussian

KINDS = ("full", "tied", "diag", "spherical")
NIW = NormalInverseWishart(mean=[1.0, 0.5], weight=2.0, degrees=6.0, scale=[[8.0, 0.0], [0.0, 6.0]])


def fit(X, prior=None, *, k=2, n_init=6, **options):
    return ss.HiddenMarkovModel(k, method=ss.MAP(prior=prior, n_init=n_init), rng=0, **options).fit(X)


@pytest.mark.parametrize("name", ["full", "diag", "categorical"])
def test_a_flat_prior_is_maximum_likelihood(name):
    X, options = MODELS[name]().sample(80, rng=2), {"emission": E.Gaussian(name) if name != "categorical" else "categorical"}
    flat, most = fit(X, HiddenMarkovPrior(emission=ss.priors.Flat()), **options), ss.HiddenMarkovModel(2, method=ss.MLE(n_init=6), rng=0, **options).fit(X)
    assert_allclose(flat.transmat_, most.transmat_, atol=1e-10)
    assert_allclose(flat.score(X), most.score(X), rtol=1e-12)
    assert flat.fit_result_.criterion == "log posterior" and "Flat()" in flat.fit_result_.prior


@pytest.mark.parametrize("kind", KINDS)
def test_one_normal_state_has_its_formula(kind):
    X = gaussian("full").sample(12, rng=3)
    law = fit(X, HiddenMarkovPrior(emission=NIW), k=1, emission=E.Gaussian(kind)).emission_
    n, d, mean, away = len(X), 2, X.mean(axis=0), X.mean(axis=0) - [1.0, 0.5]
    matrix = np.diag([8.0, 6.0]) + (X - mean).T @ (X - mean) + 2.0 * n / (2.0 + n) * np.outer(away, away)
    expected = {
        "full": matrix[None] / (6 + n + d + 2), "tied": matrix / (6 + n + d + 2), "diag": np.diagonal(matrix)[None] / (6 + n + 3),
        "spherical": np.array([np.trace(matrix) / (6 + d * n + 2 + d)]),
    }[kind]  # fmt: skip
    assert_allclose(law.means[0], (2.0 * np.array([1.0, 0.5]) + n * mean) / (2.0 + n), rtol=1e-9)
    assert_allclose(law.covariances, expected, rtol=1e-9)


def log_posterior(model, X, prior):
    """By SciPy."""
    shapes = prior.chain_shapes(len(model.startprob_))
    value = float(model.log_likelihood(X)) + sum(stats.dirichlet(a).logpdf(p) for a, p in zip(shapes, [*model.transmat_, model.startprob_], strict=True))
    law, own = model.emission_, prior.emission
    if law.name == "poisson":
        return value + stats.gamma(own.shape, scale=1.0 / own.rate).logpdf(law.rates).sum()
    if law.name == "categorical":
        return value + sum(stats.dirichlet(own.concentration).logpdf(p) for p in law.probabilities)
    value += sum(stats.invwishart(own.degrees, np.array(own.scale)).logpdf(S) for S in law.covariances)
    return value + sum(stats.multivariate_normal(own.mean, S / own.weight).logpdf(m) for m, S in zip(law.means, law.covariances, strict=True))


CASES = {
    "full": (gaussian, "gaussian", NIW), "categorical": (categorical, "categorical", DirichletSymbols([2.0, 1.5, 3.0])),
    "poisson": (lambda: ss.HiddenMarkovModel.from_parameters(transmat=[[0.8, 0.2], [0.3, 0.7]], emission=E.Poisson(rates=[[1.0], [6.0]])), "poisson", GammaRates(2.0, 0.5)),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_objective_is_scipys_and_never_falls_and_no_neighbour_is_better(name, rng):
    make, emission, own = CASES[name]
    if name == "categorical":
        own = DirichletSymbols(np.linspace(1.5, 3.0, make().emission_.n_categories))
    X, prior = make().sample(60, rng=4), HiddenMarkovPrior(start=1.5, transitions=2.0, sticky=3.0, emission=own)
    k = len(make().startprob_)
    model = fit(X, prior, k=k, emission=emission)
    best = model.fit_result_.objective
    assert_allclose(best, log_posterior(model, X, prior), rtol=1e-9)
    assert (np.diff(model.fit_result_.path) >= -1e-9).all()
    for _ in range(20):
        rows = np.vstack([model.transmat_, model.startprob_]) * np.exp(0.02 * rng.normal(size=(k + 1, k)))
        rows /= rows.sum(axis=1, keepdims=True)
        law = model.emission_
        if name == "full":
            law = replace(law, means=law.means + 0.02 * rng.normal(size=law.means.shape), covariances=law.covariances * np.exp(0.02 * rng.normal()))
        near = ss.HiddenMarkovModel.from_parameters(startprob=rows[-1], transmat=rows[:-1], emission=law)
        assert log_posterior(near, X, prior) < best


def test_sticky_states_are_left_less_often_and_sparse_rows_reach_the_floor():
    X = gaussian("full").sample(60, rng=5)
    k = len(gaussian("full").startprob_)
    stays = [np.diagonal(fit(X, HiddenMarkovPrior(sticky=s), k=k).transmat_).mean() for s in (0.0, 50.0)]
    assert stays[1] > stays[0]
    sparse = fit(X, HiddenMarkovPrior(start=0.2, transitions=0.2), k=3)
    assert_allclose(sparse.transmat_.sum(axis=1), 1.0)
    assert sparse.startprob_.min() == pytest.approx(1e-10) and (np.diff(sparse.fit_result_.path) >= -1e-9).all()


def test_states_on_a_point_become_regular():
    X = np.concatenate([np.zeros((30, 2)), gaussian("full").sample(60, rng=6) + 5.0])
    model = fit(X, k=3)
    assert np.linalg.eigvalsh(model.emission_.covariances).min() > 1e-4
    assert model.fit_result_.n_spurious == 0 and not model.fit_result_.regularised


def test_weight_two_is_twice_and_units_are_the_users():
    X = gaussian("full").sample(20, n_sequences=3, rng=7)
    twice, weighted = fit([*X, X[0]], k=2), ss.HiddenMarkovModel(2, method=ss.MAP(n_init=6), rng=0).fit(X, sample_weight=[2.0, 1.0, 1.0])
    assert_allclose(weighted.emission_.means, twice.emission_.means, atol=1e-5)
    moved = fit([-3.0 + 7.0 * x for x in X])
    once = fit(X)
    assert_allclose(moved.emission_.means, -3.0 + 7.0 * once.emission_.means, rtol=1e-5)
    assert_allclose(moved.emission_.covariances, 49.0 * once.emission_.covariances, rtol=1e-4)


def test_spherical_states_of_columns_with_different_spreads():
    X = np.random.default_rng(0).normal(size=(400, 2)) * [1.0, 10.0]
    for method in (ss.MLE(), ss.MAP(prior=HiddenMarkovPrior(emission=ss.priors.Flat()))):
        model = ss.HiddenMarkovModel(1, emission=E.Gaussian("spherical"), method=method).fit(X)
        assert_allclose(model.emission_.covariances, [X.var(axis=0).mean()], rtol=1e-8)


def test_other_emissions_take_a_prior_of_the_chain_alone_and_a_stationary_start_too():
    X = CASES["poisson"][0]().sample(60, rng=8)
    other = fit(X, HiddenMarkovPrior(sticky=20.0), emission="negative_binomial")
    assert np.diagonal(other.transmat_).min() > 0.5
    model = fit(X, HiddenMarkovPrior(transitions=2.0), emission="poisson", start="stationary")
    assert_allclose(model.startprob_ @ model.transmat_, model.startprob_, atol=1e-10)


@pytest.mark.parametrize(("options", "prior", "error", "words"), [
    ({}, "weak", ArgumentTypeError, "prior must be a HiddenMarkovPrior .* got 'weak'"),
    ({}, HiddenMarkovPrior(emission=GammaRates()), ArgumentTypeError, "must be a NormalInverseWishart or Flat"),
    ({"start": "stationary"}, HiddenMarkovPrior(transitions=0.5), ArgumentError, "holds 0.5, below 1, and start='stationary'.*use start='free'"),
    ({"emission": "negative_binomial"}, HiddenMarkovPrior(emission=GammaRates()), ArgumentError, "Flat.. of statsim.priors alone"),
    ({}, HiddenMarkovPrior(emission=NormalInverseWishart(scale=np.eye(3))), ArgumentError, r"symmetric matrix \(2, 2\)"),
    ({}, HiddenMarkovPrior(sticky=-1.0), ArgumentError, "sticky"),
])  # fmt: skip
def test_priors_that_cannot_be_used(options, prior, error, words):
    X = np.abs(np.rint(gaussian("full").sample(30, rng=1)))
    with pytest.raises(error, match=words):
        fit(X, prior, **options)


def test_a_penalty_is_refused():
    with pytest.raises(ArgumentError, match="penalty='lasso'.*leave penalty out"):
        ss.HiddenMarkovModel(2, method=ss.MAP(penalty="lasso")).fit(gaussian("full").sample(30, rng=1))


def test_with_much_data_it_is_near_the_truth_and_a_strong_prior_is_not(rng):
    model = CASES["poisson"][0]()
    X = model.sample(4000, rng=9)
    found, wrong = fit(X, emission="poisson"), fit(X, HiddenMarkovPrior(emission=GammaRates(1e5, 1e4)), emission="poisson")
    residuals = (X - found.emission_.rates[found.predict(X)]).ravel()
    testing.assert_mean(residuals, 0.0)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean((X - wrong.emission_.rates[wrong.predict(X)]).ravel(), 0.0)
