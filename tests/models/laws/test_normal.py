"""The normal law under every principle, against formulas and SciPy."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import special, stats

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from tests.samplers.agreement import Truth, assert_agrees

X = np.random.default_rng(5).normal(3.0, 2.0, 200)
FLAT = {"loc": priors.Flat(), "scale": priors.Flat()}


def test_the_formula_is_the_top_of_the_likelihood():
    model = ss.Normal().fit(X)
    assert_allclose((model.loc_, model.scale_), stats.norm.fit(X), rtol=1e-14)
    assert_allclose(model.log_likelihood(X), stats.norm(model.loc_, model.scale_).logpdf(X).sum(), rtol=1e-13)
    assert_allclose(model.fit_result_.objective, model.log_likelihood(X), rtol=1e-13)


def test_a_flat_prior_gives_maximum_likelihood():
    plain, flat = ss.Normal().fit(X), ss.Normal(method=ss.MAP(prior=FLAT)).fit(X)
    assert_allclose(flat.parameter_values, plain.parameter_values, rtol=1e-9)
    assert flat.fit_result_.prior == "loc ~ Flat(), scale ~ Flat()"


def test_the_mode_under_the_conjugate_prior_is_the_top():
    prior = priors.NormalInverseGamma(mean=0.0, mean_precision=5.0, shape=3.0, scale=2.0)
    model = ss.Normal(method=ss.MAP(prior=prior)).fit(X)

    def objective(loc, scale):
        return stats.norm.logpdf(X, loc, scale).sum() + prior.log_density(loc, scale)

    best = objective(*model.parameter_values)
    assert_allclose(model.fit_result_.objective, best, rtol=1e-12)
    assert all(objective(model.loc_ + a, model.scale_ + b) < best for a, b in [(1e-3, 0), (-1e-3, 0), (0, 1e-3), (0, -1e-3)])


def test_weight_two_is_the_row_twice():
    once, twice = ss.Normal().fit(X, sample_weight=np.r_[2.0, np.ones(199)]), ss.Normal().fit(np.r_[X[0], X])
    assert_allclose(once.parameter_values, twice.parameter_values, rtol=1e-13)


def test_exact_draws_have_the_law_of_the_posterior():
    model = ss.Normal(method="bayes", rng=1).fit(X)
    posterior = priors.NormalInverseGamma(mean=X.mean(), mean_precision=0.01, shape=0.5, scale=0.5 * X.var()).updated(200, X.mean(), 200 * X.var())
    loc = stats.t(2 * posterior.shape, posterior.mean, np.sqrt(posterior.scale / (posterior.shape * posterior.mean_precision)))
    testing.assert_follows(model.posterior_["loc"].ravel(), loc.cdf)
    testing.assert_follows(model.posterior_["scale"].ravel() ** -2.0, stats.gamma(posterior.shape, scale=1 / posterior.scale).cdf)
    with pytest.raises(AssertionError):  # the broken twin: the spread of a posterior of 100 rows
        testing.assert_follows(model.posterior_["loc"].ravel(), stats.norm(X.mean(), X.std() / 10).cdf)


def test_chains_under_a_flat_prior_have_the_moments_of_the_formula():
    values = ss.Normal(method=ss.Bayes(prior=FLAT), rng=2).fit(X).posterior_.values
    n, squares = len(X), len(X) * X.var()
    scale = np.sqrt(squares / 2) * np.exp(special.gammaln((n - 3) / 2) - special.gammaln((n - 2) / 2))
    assert_agrees(values, Truth(mean=np.array([X.mean(), scale])))
    with pytest.raises(AssertionError):  # the broken twin: one degree of freedom lost
        assert_agrees(values, Truth(mean=np.array([X.mean(), X.std()])))


def test_densities_and_draws_are_those_of_the_predictive_law():
    data = X[:5]
    model = ss.Normal(method=ss.Bayes(draws=5000), rng=3).fit(data)
    posterior = priors.NormalInverseGamma(mean=data.mean(), mean_precision=0.01, shape=0.5, scale=0.5 * data.var()).updated(5, data.mean(), 5 * data.var())
    scale = np.sqrt(posterior.scale * (posterior.mean_precision + 1) / (posterior.shape * posterior.mean_precision))
    predictive = stats.t(2 * posterior.shape, posterior.mean, scale)
    loc, sd = model.posterior_.values[0].T
    densities = stats.norm(loc, sd).pdf(12.0)
    assert_allclose(model.score_samples([12.0]), np.log(densities.mean()), rtol=1e-12)
    testing.assert_mean(densities, predictive.pdf(12.0))
    with pytest.raises(AssertionError):  # the broken twin: the density at the means of the parameters
        testing.assert_mean(densities, stats.norm(model.loc_, model.scale_).pdf(12.0))
    testing.assert_follows(model.sample(100_000, rng=4), predictive.cdf)
    with pytest.raises(AssertionError):  # the broken twin: the plug-in law has lighter tails
        testing.assert_follows(model.sample(100_000, rng=4, parameters="mean"), predictive.cdf)


def test_a_saved_posterior_comes_back_whole(tmp_path):
    model = ss.Normal(method="bayes", rng=1).fit(X)
    model.save(tmp_path / "model.json")
    back = ss.load(tmp_path / "model.json")
    assert (back.posterior_.values == model.posterior_.values).all()
    assert (back.sample(1000, rng=5) == model.sample(1000, rng=5)).all()
    assert (back.score_samples(X) == model.score_samples(X)).all()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.Normal().fit(np.ones((5, 2))), "X has 2 columns"),
        (lambda: ss.Normal().fit([1.0, np.nan]), "contains NaN"),
        (lambda: ss.Normal().fit([2.0, 2.0]), "all values are 2:"),
        (lambda: ss.Normal(method=ss.MAP(penalty=1.0)).fit(X), "takes a prior"),
        (lambda: ss.Normal(method=ss.Bayes(prior={"loc": priors.Flat()})).fit(X), "'scale' has no prior"),
        (lambda: ss.Normal(method=ss.Bayes(prior=3)).fit(X), "prior=3: Normal takes a dict"),
        (lambda: ss.Normal().fit(X).sample(3, parameters="mean"), "has no posterior; fit it with method='bayes'"),
        (lambda: ss.Normal.from_parameters(scale=0.0), "scale must be a finite number above 0.0, got 0.0"),
        (lambda: ss.Normal.from_parameters().with_parameters([1.0]), "the 2 numbers loc, scale"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError), match=words):
        call()
