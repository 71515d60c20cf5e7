"""Standard errors against closed forms, and what they say when they cannot be had."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import statsim as ss
from statsim.errors import ArgumentError, ArgumentTypeError, FitError, FitWarning, NotFittedError
from tests.estimators.uncertainty.plain_models import Bernoulli, Categories, Exponential, Idle, Line, Poisson, Twins

X = np.random.default_rng(3).gamma(2.0, 1.5, 150)
COUNTS = np.random.default_rng(4).poisson(3.0, 90)
LETTERS = np.random.default_rng(5).choice(4, 120, p=[0.1, 0.2, 0.3, 0.4])
PAIRS = np.random.default_rng(6).normal(size=(80, 2)) @ [[1.0, 0.5], [0.0, 2.0]] + [10.0, 0.0]


@pytest.mark.parametrize(
    ("model", "data", "variances"),
    [
        (ss.Normal(), X, [X.var() / 150, X.var() / 300]),
        (Exponential(), X, [X.mean() ** -2 / 150]),
        (Poisson(), COUNTS, [COUNTS.mean() / 90]),
        (Bernoulli(), COUNTS > 2, [(COUNTS > 2).mean() * (COUNTS <= 2).mean() / 90]),
        (Categories(), LETTERS, np.bincount(LETTERS) / 120 * (1 - np.bincount(LETTERS) / 120) / 120),
    ],
)
def test_errors_are_those_of_the_formula(model, data, variances):
    found = ss.standard_errors(model.fit(data), data)
    assert_allclose(found.errors, np.sqrt(variances), rtol=1e-8)
    assert found.off_top < 1e-6


def test_a_regression_has_the_covariance_of_least_squares():
    found = ss.standard_errors(Line().fit(PAIRS), PAIRS)
    design = np.column_stack([np.ones(80), PAIRS[:, 0]])
    assert_allclose(found.covariance[:2, :2], found.estimates[2] ** 2 * np.linalg.inv(design.T @ design), rtol=1e-7)
    assert_allclose(found.covariance[:2, 2], 0.0, atol=1e-10)
    assert_allclose(np.diagonal(found.correlation), 1.0)


def test_probabilities_have_the_covariance_of_the_multinomial_law():
    found = ss.standard_errors(Categories().fit(LETTERS), LETTERS)
    p = np.bincount(LETTERS) / 120
    assert_allclose(found.covariance, (np.diag(p) - np.outer(p, p)) / 120, atol=1e-10)
    assert found.n_parameters == 3


def test_the_sandwich_is_that_of_the_moments():
    found = ss.standard_errors(ss.Normal().fit(X), X, kind="sandwich")
    centred = X - X.mean()
    scale = X.std()
    fourth = np.mean(centred**4)
    assert_allclose(found["loc"] ** 2, X.var() / 150, rtol=1e-8)
    assert_allclose(found["scale"] ** 2, (fourth - scale**4) / (4 * scale**2 * 150), rtol=1e-8)
    assert_allclose(found.effective_parameters, 1 + (fourth / scale**4 - 1) / 2, rtol=1e-8)
    wrong = ss.standard_errors(ss.Normal().fit(X), X)  # the broken twin: the model is taken for right, and the tails are heavier
    assert abs(wrong["scale"] / found["scale"] - 1) > 0.1


def test_rows_may_be_scaled_shifted_reordered_and_weighted():
    plain = ss.standard_errors(ss.Normal().fit(X), X).errors
    moved = 1000.0 + 5.0 * X[::-1]
    assert_allclose(ss.standard_errors(ss.Normal().fit(moved), moved).errors, 5 * plain, rtol=1e-8)
    weights = np.r_[2.0, np.ones(149)]
    heavy = ss.standard_errors(ss.Normal().fit(X, sample_weight=weights), X, sample_weight=weights, kind="sandwich")
    twice = np.r_[X, X[0]]
    assert_allclose(heavy.covariance, ss.standard_errors(ss.Normal().fit(twice), twice, kind="sandwich").covariance, rtol=1e-8, atol=1e-14)


def test_units_do_not_matter_over_thirty_orders_of_magnitude():
    for scale in (1e-15, 1e15):
        assert_allclose(ss.standard_errors(Exponential().fit(scale * X), scale * X).errors, X.mean() ** -1 / scale / np.sqrt(150), rtol=1e-7)


def test_it_prints_and_becomes_a_frame():
    found = ss.standard_errors(ss.Normal().fit(X), X)
    assert "standard error" in repr(found) and "effective parameters of 2" in repr(found)
    assert found.to_frame("pandas")["standard_error"].tolist() == found.errors.tolist()
    assert found.to_dict()["loc"] == {"estimate": found.estimates[0], "standard_error": found.errors[0]}


def test_parameters_off_the_maximum_are_warned_of():
    with pytest.warns(FitWarning, match="are 1.3 standard errors off the maximum"):
        ss.standard_errors(ss.Normal.from_parameters(loc=X.mean() + 1.3 * X.std() / np.sqrt(150), scale=X.std()), X)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.standard_errors(ss.Normal, X), r"got the class Normal; write Normal\(...\).fit"),
        (lambda: ss.standard_errors(ss.Normal(), X), "this Normal has no parameters yet"),
        (lambda: ss.standard_errors(ss.KernelDensity().fit(X[:, None]), X), "KernelDensity has no parameter_names"),
        (lambda: ss.standard_errors(ss.Normal(method="bayes", rng=0).fit(X), X), "is a Bayesian fit"),
        (lambda: ss.standard_errors(ss.Normal().fit(X), X, kind="huber"), "kind must be one of 'observed', 'sandwich'; got 'huber'"),
        (lambda: ss.standard_errors(ss.Normal().fit(X), X)["mean"], "no parameter 'mean'; the parameters are loc, scale"),
        (lambda: ss.standard_errors(ss.Normal().fit(X), X, sample_weight=[1.0]), r"sample_weight.shape == \(1,\)"),
        (lambda: ss.standard_errors(Twins().fit(X), X), "information of a, b is not positive definite"),
        (lambda: ss.standard_errors(Idle().fit(X), X), "does not fall about 'idle'"),
        (lambda: ss.standard_errors(Bernoulli().fit(np.ones(9)), np.ones(9)), "p = 1 lies on the edge of its support"),
    ],
)
def test_what_cannot_be_had_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError, NotFittedError), match=words):
        call()
