"""Elastic nets: the optimum is scikit-learn's, conditions hold, paths warm-start, special cases are the plain fits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import linear_model

import statsim as ss
from statsim import penalties
from statsim.errors import ArgumentError, ArgumentTypeError
from tests.models.regression.cases import FAMILIES, WEIGHTS, N, X

RNG = np.random.default_rng(2)
WIDE = RNG.normal(size=(120, 25)) @ (np.eye(25) + 0.3 * RNG.normal(size=(25, 25)))
SIGNAL = WIDE[:, :4] @ [1.0, -0.5, 0.5, 0.3] / 3
NOISY = {
    "linear": SIGNAL + RNG.normal(size=120),
    "logistic": RNG.binomial(1, 1 / (1 + np.exp(-SIGNAL))),
    "poisson": RNG.poisson(np.exp(0.3 * SIGNAL)),
}


def objective(name, y, model, penalty, coefficients, intercept):
    """Mean loss and penalty, scikit-learn's way of writing it."""
    eta = WIDE @ coefficients + intercept
    loss = {"linear": 0.5 * np.square(y - eta), "logistic": np.logaddexp(0, eta) - y * eta, "poisson": np.exp(eta) - y * eta}[name].mean()
    l1, l2 = penalty.weights
    return loss + l1 * np.abs(coefficients).sum() + 0.5 * l2 * coefficients @ coefficients


THEIRS = {
    "lasso": ("linear", penalties.Lasso(0.1, standardise=False), linear_model.Lasso(0.1, tol=1e-14, max_iter=100_000)),
    "elastic net": ("linear", penalties.ElasticNet(0.1, 0.3, standardise=False), linear_model.ElasticNet(alpha=0.1, l1_ratio=0.3, tol=1e-14, max_iter=100_000)),
    "ridge": ("linear", penalties.Ridge(0.1, standardise=False), linear_model.Ridge(alpha=12.0)),
    "logistic lasso": ("logistic", penalties.Lasso(0.03, standardise=False), linear_model.LogisticRegression(l1_ratio=1, solver="saga", C=1 / 3.6, tol=1e-10, max_iter=100_000)),
    "logistic ridge": ("logistic", penalties.Ridge(0.03, standardise=False), linear_model.LogisticRegression(C=1 / 3.6, tol=1e-10, max_iter=10_000)),
    "poisson ridge": ("poisson", penalties.Ridge(0.1, standardise=False), linear_model.PoissonRegressor(alpha=0.1, tol=1e-10, max_iter=10_000)),
}


@pytest.mark.parametrize("case", THEIRS)
def test_the_optimum_is_that_of_scikit_learn(case):
    name, penalty, theirs = THEIRS[case]
    y = NOISY[name]
    model = FAMILIES[name][0](method=ss.MAP(penalty=penalty)).fit(WIDE, y)
    theirs.fit(WIDE, y)
    ours = objective(name, y, model, penalty, model.coefficients_, model.intercept_)
    other = objective(name, y, model, penalty, np.ravel(theirs.coef_), float(np.ravel(theirs.intercept_)[0]))
    assert abs(ours - other) <= 1e-8 and ours <= other + 1e-12
    assert model.fit_result_.converged and model.fit_result_.criterion == "penalised log-likelihood"
    assert (np.diff(model.fit_result_.path) > 0).all()


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("standardise", [True, False])
def test_the_conditions_of_karush_kuhn_and_tucker_hold(name, standardise):
    penalty = penalties.ElasticNet(0.05, 0.7, standardise=standardise)
    model, y = FAMILIES[name][0](method=ss.MAP(penalty=penalty)).fit(WIDE, NOISY[name]), NOISY[name]
    scale = WIDE.std(axis=0) if standardise else np.ones(25)
    b, (l1, l2) = model.coefficients_ * scale, penalty.weights
    expected = model.predict_proba(WIDE)[:, 1] if name == "logistic" else model.predict(WIDE)
    slopes = (WIDE / scale).T @ (y - expected) / len(y) - l2 * b
    assert 0 < (b != 0).sum() < 25
    assert_allclose(slopes[b != 0], l1 * np.sign(b[b != 0]), atol=1e-9)
    assert (np.abs(slopes[b == 0]) <= l1 + 1e-9).all()
    assert_allclose((y - expected).sum(), 0.0, atol=1e-7)


@pytest.mark.parametrize("name", FAMILIES)
def test_no_strength_is_maximum_likelihood_and_much_is_nothing(name):
    kind, y = FAMILIES[name]
    plain, none = kind().fit(X, y), kind(method=ss.MAP(penalty=penalties.ElasticNet(0.0))).fit(X, y)
    assert_allclose(none.parameter_values, plain.parameter_values, rtol=1e-6)
    empty = kind(method=ss.MAP(penalty=penalties.Lasso(1e6))).fit(X, y)
    assert not empty.coefficients_.any()
    assert_allclose(np.mean(empty.predict_proba(X)[:, 1] if name == "logistic" else empty.predict(X)), np.mean(y), rtol=1e-9)


@pytest.mark.parametrize("name", FAMILIES)
def test_units_do_not_matter_to_a_standardised_penalty_and_weights_are_rows(name):
    kind, y = FAMILIES[name]
    method = ss.MAP(penalty=penalties.ElasticNet(0.05))
    model, moved = kind(method=method).fit(X, y), kind(method=method).fit(X * [2.0**20, 0.25, 8.0], y)
    assert_allclose(moved.coefficients_ * [2.0**20, 0.25, 8.0], model.coefficients_, rtol=1e-8, atol=1e-12)
    twice = np.repeat(np.arange(N), WEIGHTS.astype(int))
    assert_allclose(
        kind(method=method).fit(X, y, sample_weight=WEIGHTS).parameter_values, kind(method=method).fit(X[twice], y[twice]).parameter_values, rtol=1e-8, atol=1e-12
    )


@pytest.mark.parametrize("name", FAMILIES)
def test_a_ridge_is_a_normal_prior(name):
    """A ridge of strength s on columns as they are is a normal prior of variance 1 / (n s), of the noise's variance where the response is normal."""
    kind, y = FAMILIES[name]
    ridge = kind(method=ss.MAP(penalty=penalties.Ridge(0.02, standardise=False))).fit(X, y)
    variance = (ridge.scale_**2 if name == "linear" else 1.0) / (N * 0.02)
    prior = {"coefficients": ss.priors.Normal(0.0, np.sqrt(variance)), "intercept": ss.priors.Flat()} | ({"scale": ss.priors.Flat()} if name == "linear" else {})
    assert_allclose(kind(method=ss.MAP(prior=prior)).fit(X, y).parameter_values, ridge.parameter_values, rtol=1e-5)


def test_more_columns_than_rows_and_twin_columns_are_shared():
    wide = np.column_stack([WIDE, WIDE[:, 0]])
    model = ss.LinearRegression(method=ss.MAP(penalty=penalties.Ridge(0.1))).fit(wide[:20], NOISY["linear"][:20])
    assert_allclose(model.coefficients_[0], model.coefficients_[-1], rtol=1e-9)
    with pytest.raises(ArgumentError, match=r"20 sample\(s\).* for 27 coefficients"):
        ss.LinearRegression().fit(wide[:20], NOISY["linear"][:20])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: penalties.Ridge(-1.0), "strength must be a finite number at least 0.0, got -1.0"),
        (lambda: penalties.Ridge(1.0, 0.5), "l1_ratio of Ridge must be .* use ElasticNet"),
        (lambda: penalties.ElasticNet(1.0, 1.5), "l1_ratio must be .* got 1.5"),
        (lambda: ss.LinearRegression(method=ss.MAP(penalty=0.1)).fit(X, X[:, 0]), "penalty=0.1: a regression takes statsim.penalties.Ridge"),
        (lambda: ss.LinearRegression(method=ss.MAP(penalty=penalties.Lasso)).fit(X, X[:, 0]), r"write Lasso\(\)"),
        (lambda: ss.LinearRegression(method=ss.MAP(penalty=penalties.Lasso(), prior={})).fit(X, X[:, 0]), "give one of them"),
    ],
)
def test_bad_penalties_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
