"""Ridge, lasso and elastic nets of autoregressions, against scikit-learn column by column."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.linear_model import ElasticNet, Lasso, Ridge

import statsim as ss
from statsim import penalties, priors
from tests.models.series.cases import TWO
from tests.reference.series_posteriors import regression

X = ss.VectorAutoRegression.from_parameters(**TWO).sample(80, rng=4) * [1.0, 3.0] + [50.0, 0.0]


def fitted(penalty, x=X):
    return ss.VectorAutoRegression(2, method=ss.MAP(penalty=penalty)).fit(x)


@pytest.mark.parametrize(
    ("penalty", "theirs"),
    [
        (penalties.Ridge(0.2, standardise=False), lambda n: Ridge(alpha=0.2 * n, tol=1e-14)),
        (penalties.Lasso(0.2, standardise=False), lambda n: Lasso(alpha=0.2, tol=1e-14, max_iter=100_000)),
        (penalties.ElasticNet(0.2, 0.4, standardise=False), lambda n: ElasticNet(alpha=0.2, l1_ratio=0.4, tol=1e-14, max_iter=100_000)),
    ],
)
def test_each_column_is_scikit_learns_regression(penalty, theirs):
    rows, responses = regression(X, 2, "n")
    model = fitted(penalty)
    for i in range(2):
        other = theirs(len(rows)).fit(rows, responses[:, i])
        assert_allclose(model.coefficients_[:, i].ravel(), other.coef_, rtol=1e-6, atol=1e-8)
        assert_allclose(model.intercept_[i], other.intercept_, rtol=1e-6)
    residuals = responses - model.intercept_ - rows @ model.coefficients_.transpose(0, 2, 1).reshape(4, 2)
    assert_allclose(model.noise_covariance_, residuals.T @ residuals / len(rows), rtol=1e-9)


def test_no_strength_and_a_flat_prior_are_least_squares():
    plain = ss.VectorAutoRegression(2, method="ols").fit(X)
    for method in (ss.MAP(penalty=penalties.Ridge(0.0)), ss.MAP(penalty=penalties.Lasso(0.0)), ss.MAP(prior=priors.Flat())):
        model = ss.VectorAutoRegression(2, method=method).fit(X)
        assert_allclose(model.coefficients_, plain.coefficients_, rtol=1e-9, atol=1e-11)
        assert_allclose(model.noise_covariance_, plain.noise_covariance_, rtol=1e-10)


@pytest.mark.parametrize("penalty", [penalties.Ridge(0.3), penalties.Lasso(0.1)])
def test_standardised_penalties_do_not_know_units(penalty):
    scale, shift = np.array([1e3, 0.01]), np.array([-7.0, 1e4])
    plain, moved = fitted(penalty), fitted(penalty, X * scale + shift)
    assert_allclose(moved.coefficients_ / (scale[:, None] / scale), plain.coefficients_, rtol=1e-7, atol=1e-10)


def test_a_strong_lasso_leaves_the_mean():
    model = fitted(penalties.Lasso(10.0))
    assert not model.coefficients_.any()
    assert_allclose(model.intercept_, X[2:].mean(axis=0), rtol=1e-12)


def test_one_column_with_a_slope_and_a_known_beginning():
    x = X[:, 0] + 0.2 * np.arange(80.0)
    rows, responses = regression(x[:, None], 1, "ct", np.array([[49.0]]))
    model = ss.AutoRegression(1, trend="ct", initial=[49.0], method=ss.MAP(penalty=penalties.Ridge(0.1, standardise=False))).fit(x)
    penalty = np.diag([0.0, 0.0, 0.1 * len(rows)])
    expected = np.linalg.solve(rows.T @ rows + penalty, rows.T @ responses)[:, 0]
    assert_allclose([model.intercept_, model.slope_, model.coefficients_[0]], expected, rtol=1e-8)
