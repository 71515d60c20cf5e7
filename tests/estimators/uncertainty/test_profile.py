"""Wald and profile intervals against closed forms, and their coverage."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitWarning
from tests.estimators.uncertainty.plain_models import Bernoulli, Categories, Exponential, Line, Poisson, Steps, Tails

X = np.random.default_rng(3).gamma(2.0, 1.5, 40)
COUNTS = np.random.default_rng(4).poisson(3.0, 30)
LETTERS = np.random.default_rng(5).choice(4, 60, p=[0.1, 0.2, 0.3, 0.4])
Q = stats.chi2(1).ppf(0.9)


def roots(deviance, low, middle, high):
    """Both roots of deviance = Q."""
    return [optimize.brentq(lambda c: deviance(c) - Q, *ends, xtol=1e-13) for ends in ((low, middle), (middle, high))]


def test_the_interval_of_a_rate_is_the_root_of_its_likelihood():
    mean, n = X.mean(), len(X)
    found = ss.intervals(Exponential().fit(X), X, method="profile")["rate"]
    assert_allclose(found, roots(lambda c: 2 * n * (c * mean - 1 - np.log(c * mean)), 0.01 / mean, 1 / mean, 9 / mean), rtol=1e-9)


def test_the_interval_of_a_count_is_the_root_of_its_likelihood():
    mean, n = COUNTS.mean(), len(COUNTS)
    found = ss.intervals(Poisson().fit(COUNTS), COUNTS, method="profile")["mean"]
    assert_allclose(found, roots(lambda c: 2 * n * (c - mean - mean * np.log(c / mean)), 0.1, mean, 20.0), rtol=1e-9)


def test_the_intervals_of_the_normal_law_are_those_of_the_formula():
    n, variance = len(X), X.var()
    found = ss.intervals(ss.Normal().fit(X), X, method="profile")
    half = np.sqrt(variance * np.expm1(Q / n))
    assert_allclose(found["loc"], [X.mean() - half, X.mean() + half], rtol=1e-10)
    deviance = roots(lambda s: n * (np.log(s**2 / variance) + variance / s**2 - 1), 0.3 * X.std(), X.std(), 5 * X.std())
    assert_allclose(found["scale"], deviance, rtol=1e-10)


def test_probabilities_that_sum_to_one_have_the_interval_of_one_against_the_rest():
    found = ss.intervals(Categories().fit(LETTERS), LETTERS, method="profile", names="p[1]")["p[1]"]
    assert_allclose(found, ss.intervals(Bernoulli().fit(LETTERS == 1), LETTERS == 1, method="profile")["p"], rtol=1e-8)


def test_nuisance_parameters_are_climbed_along_their_ridge():
    x = 10 + np.random.default_rng(6).normal(size=50)
    data = np.column_stack([x, 2 * x + np.random.default_rng(7).normal(size=50)])
    found = ss.intervals(Line().fit(data), data, method="profile", names=["b"])
    model = Line().fit(data)
    squares = np.sum((x - x.mean()) ** 2)
    half = model.values_[2] * np.sqrt(50 * np.expm1(Q / 50) / squares)
    assert_allclose(found["b"], [model.values_[1] - half, model.values_[1] + half], rtol=1e-7)


def test_wald_stays_inside_the_support():
    low, high = ss.intervals(Bernoulli().fit(np.r_[np.ones(19), 0.0]), np.r_[np.ones(19), 0.0], level=0.99)["p"]
    logit, reach = np.log(19), stats.norm.ppf(0.995) / np.sqrt(20 * 0.95 * 0.05)
    assert_allclose([low, high], 1 / (1 + np.exp(-np.array([logit - reach, logit + reach]))), rtol=1e-7)
    sandwich = ss.intervals(Exponential().fit(X), X, method=ss.Wald(kind="sandwich"))["rate"]
    reach = stats.norm.ppf(0.95) * X.std() / X.mean() / np.sqrt(len(X))
    assert_allclose(sandwich, np.exp([-reach, reach]) / X.mean(), rtol=1e-7)


def test_an_interval_that_never_ends_says_so():
    data = stats.norm.ppf((np.arange(60) + 0.5) / 60) * 1.02
    found = ss.intervals(Tails().fit(data), data, method="profile")
    assert found["df"][1] == np.inf and 1 < found["df"][0] < 30
    assert "the interval of df is open above: the likelihood never falls far enough on the way to inf" in repr(found)


def test_a_fit_below_the_maximum_is_warned_of():
    model = ss.Normal.from_parameters(loc=X.mean() + 0.08 * X.std() / np.sqrt(40), scale=X.std())
    with pytest.warns(FitWarning, match="found a likelihood 0.0032 above that of the fit"):
        ss.intervals(model, X, method="profile", names=["scale"])


@pytest.mark.parametrize("method", ["wald", "profile"])
def test_nine_intervals_in_ten_cover_the_truth(method, rng):
    covered, n = np.zeros(2, int), 200
    narrow = 0
    for _ in range(n):
        data = rng.normal(1.0, 2.0, 200)
        found = ss.intervals(ss.Normal().fit(data), data, method=method)
        covered += [found["loc"][0] < 1.0 < found["loc"][1], found["scale"][0] < 2.0 < found["scale"][1]]
        low, high = found["loc"]
        narrow += abs(1.0 - (low + high) / 2) < 0.5 * (high - low) / 2
    assert all(testing.assert_probability(int(count), n, 0.9).passed for count in covered)
    with pytest.raises(AssertionError):  # the broken twin: half of the width
        testing.assert_probability(int(narrow), n, 0.9)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.intervals(ss.Normal().fit(X), X, level=95), r"level must be below 1, a probability, got 95.0; write level=0.95"),
        (lambda: ss.intervals(ss.Normal().fit(X), X, level=0.0), "level must be a finite number above 0.0, got 0.0"),
        (lambda: ss.intervals(ss.Normal().fit(X), X, method="jackknife"), "method must be one of 'wald', 'profile', 'bootstrap'; got 'jackknife'"),
        (lambda: ss.intervals(ss.Normal().fit(X), X, method=ss.Profile), r"write Profile\(\)"),
        (lambda: ss.intervals(ss.Normal().fit(X), X, names=["mean"]), "there is no parameter 'mean'"),
        (lambda: ss.intervals(ss.Normal().fit(X), X, names=[]), "names is empty; name a parameter"),
        (lambda: ss.intervals(ss.Normal().fit(X), X)["mean"], "there is no interval of 'mean'; there are loc, scale"),
        (lambda: ss.intervals(Steps().fit(np.c_[X, X + 1]), np.c_[X, X + 1], method="profile"), r"'low' is one of Ordered\(2\)"),
        (lambda: ss.intervals(ss.Normal().fit(X), X, method="bootstrap", sample_weight=np.ones(40)), "a bootstrap draws rows"),
    ],
)
def test_bad_requests_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
