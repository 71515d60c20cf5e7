"""Running moments against NumPy in extended precision, however the rows are split."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim.distributions.running_moments import RunningMoments


def moments_of(X, weights, splits):
    moments = RunningMoments()
    for rows in np.split(np.arange(len(X)), splits):
        moments.add(X[rows], weights[rows])
    return moments


@pytest.mark.parametrize("shift", [0.0, 1e9])
@pytest.mark.parametrize("splits", [[], [1], [10, 11, 500], list(range(1, 1000, 7))])
def test_any_split_gives_the_moments(rng, shift, splits):
    X, weights = rng.standard_normal((1000, 3)) + shift, rng.uniform(0.5, 2.0, 1000)
    moments = moments_of(X, weights, splits)
    wide, w = X.astype(np.longdouble), weights.astype(np.longdouble)
    mean = (w @ wide) / w.sum()
    covariance = ((w[:, None] * (wide - mean)).T @ (wide - mean) / w.sum()).astype(float)
    assert_allclose(moments.mean, mean.astype(float), rtol=1e-15, atol=1e-15)
    assert_allclose(moments.covariance(), covariance, rtol=1e-11, atol=1e-13)


def test_a_textbook_sum_of_squares_would_not_do(rng):
    X = rng.standard_normal((1000, 1)) + 1e9  # the broken twin: E x^2 - (E x)^2 has no digit left
    assert abs(np.mean(X**2) - np.mean(X) ** 2 - X.var()) > 0.1
    assert_allclose(moments_of(X, np.ones(1000), [300]).covariance()[0, 0], X.var(), rtol=1e-8)


def test_rows_of_no_weight_are_no_rows(rng):
    X, weights = rng.standard_normal((50, 2)), np.ones(50)
    X[::5], weights[::5] = 1e300, 0.0
    kept = weights > 0
    assert_allclose(moments_of(X, weights, [20]).covariance(), np.cov(X[kept].T, bias=True), rtol=1e-12)


def test_columns_that_never_move_have_a_covariance_of_zero():
    X = np.column_stack([np.arange(10.0), np.full(10, 0.1)])
    moments = moments_of(X, np.ones(10), [3])
    assert moments.moves.tolist() == [True, False]
    assert moments.covariance()[1].tolist() == [0.0, 0.0]
    assert moments.mean[1] == 0.1
