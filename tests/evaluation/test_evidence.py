"""Log evidence against closed forms and quadrature."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.evaluation.criteria.bridge import bridge

X = np.random.default_rng(3).normal(1.0, 2.0, 25)
PRIOR = priors.NormalInverseGamma(mean=0.0, mean_precision=0.5, shape=2.0, scale=3.0)
INDEPENDENT = {"loc": priors.Normal(0.0, 10.0), "scale": priors.HalfNormal(5.0)}
FIT = ss.Normal(method=ss.Bayes(prior=INDEPENDENT, draws=500), rng=0).fit(X)


def quadrature():
    """Log of the integral of likelihood times prior, by the trapezoidal rule on a grid far into the tails."""
    loc, scale = np.linspace(-6.0, 8.0, 401), np.linspace(0.4, 12.0, 801)[:, None]
    squares = len(X) * (X.var() + (X.mean() - loc) ** 2)
    joint = stats.norm.logpdf(loc, 0, 10) + stats.halfnorm.logpdf(scale, 0, 5) - 0.5 * squares / scale**2 - len(X) * np.log(scale * np.sqrt(2 * np.pi))
    return np.log(integrate.trapezoid(integrate.trapezoid(np.exp(joint + 60), loc, axis=1), scale[:, 0])) - 60


def test_bridges_average_to_the_closed_form_and_know_their_error():
    truth = PRIOR.log_evidence(25, X.mean(), 25 * X.var())
    runs = []
    for seed in range(30):
        fit = ss.Normal(method=ss.Bayes(prior=PRIOR, draws=100), rng=seed).fit(X)
        runs.append(ss.criteria.Bridge(rng=seed).value(fit, X))
    z = np.array([(run.value - truth) / run.standard_error for run in runs])
    testing.assert_mean(z, 0.0)
    testing.assert_variance(z, 1.0)
    with pytest.raises(AssertionError):  # the broken twin: a prior that lacks a factor 1.1
        testing.assert_mean(z + np.log(1.1) / np.mean([run.standard_error for run in runs]), 0.0)


def test_sequential_monte_carlo_averages_to_quadrature():
    values = np.array([ss.criteria.SMCEvidence(n_particles=200, n_runs=2, rng=seed).value(FIT, X).value for seed in range(25)])
    testing.assert_mean(values, quadrature())
    with pytest.raises(AssertionError):  # the broken twin: a prior without its factor 1 / sqrt(2 pi)
        testing.assert_mean(values, quadrature() + 0.5 * np.log(2 * np.pi))


def test_a_bridge_to_a_chain_averages_to_quadrature():
    z = []
    for seed in range(10):
        fit = ss.Normal(method=ss.Bayes(prior=INDEPENDENT, draws=1000), rng=seed).fit(X)
        found = ss.criteria.Bridge(rng=seed).value(fit, X)
        assert found.higher_is_better and found.pointwise is None and found.standard_error < 0.06
        z.append((found.value - quadrature()) / found.standard_error)
    testing.assert_mean(np.array(z), 0.0)


def test_a_bridge_between_a_law_and_itself_is_exact():
    value, error = bridge(np.full((2, 50), 3.25), np.full(100, 3.25))
    assert_allclose([value, error], [3.25, 0.0], atol=1e-12)


def test_the_posterior_target_is_likelihood_times_prior():
    fit = ss.Normal(method=ss.Bayes(prior=PRIOR, draws=10), rng=0).fit(X)
    expected = stats.norm.logpdf(X, 0.5, 1.5).sum() + PRIOR.log_density(0.5, 1.5)
    assert_allclose(fit.posterior_target(X).log_density([0.5, 1.5]), expected, rtol=1e-13)
    other = stats.norm.logpdf(X, 0.5, 1.5).sum() + stats.norm.logpdf(0.5, 0, 10) + stats.halfnorm.logpdf(1.5, 0, 5)
    assert_allclose(FIT.posterior_target(X).log_density([0.5, 1.5]), other, rtol=1e-13)


def test_weights_are_posterior_probabilities_and_errors_add_up():
    sharp = ss.Normal(method=ss.Bayes(prior=PRIOR, draws=100), rng=1).fit(X)
    table = ss.compare({"independent": FIT, "conjugate": sharp}, X, criterion="bridge")
    values = [value.value for value in table.values]
    assert table.weighting == "evidence"
    assert_allclose(table.weights[0], 1 / (1 + np.exp(values[1] - values[0])))
    assert_allclose(table.difference_errors[1], np.hypot(*(value.standard_error for value in table.values)))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: _value(ss.Normal(method=ss.Bayes(prior={"loc": priors.Flat(), "scale": priors.HalfNormal(1.0)}, draws=500), rng=0)), r"prior of 'loc' is Flat\(\), which is no"),
        (lambda: _value(ss.Normal()), "has no posterior_; fit it with method='bayes'"),
        (lambda: _value(ss.Normal(method=ss.Bayes(prior=PRIOR, draws=1, chains=2), rng=0)), "half of the posterior is 1 draws, too few"),
        (lambda: ss.criteria.SMCEvidence(n_runs=1), "n_runs must be at least 2, got 1"),
    ],
)
def test_bad_requests_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError), match=words):
        call()


def _value(model):
    return ss.criteria.Bridge().value(model.fit(X), X)
