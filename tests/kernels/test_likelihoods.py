"""Log-likelihoods for targets against their plain forms."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim.errors import ArgumentError
from statsim.kernels.likelihoods.logistic import TILE
from statsim.samplers import likelihoods
from tests.reference import likelihoods as plain


def drawn(rng, n, d):
    return rng.normal(size=(n, d)), rng.integers(0, 2, n).astype(float), rng.normal(size=d)


@pytest.mark.parametrize("n", [1, TILE - 1, TILE, TILE + 1, 5 * TILE + 13])
@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 9])
def test_logistic_is_the_plain_sum(rng, n, d):
    X, y, b = drawn(rng, n, d)
    gradient = np.arange(float(d))  # added to
    value = likelihoods.logistic(b, likelihoods.tiles(X), y, gradient)
    expected, slopes = plain.logistic(b, X, y)
    assert_allclose(value, expected, rtol=1e-12)
    assert_allclose(gradient, slopes + np.arange(float(d)), rtol=1e-11, atol=1e-11)


def test_logistic_holds_far_out(rng):
    X, y, b = drawn(rng, 200, 3)
    for scale in (1e2, 1e4, 1e8):
        gradient = np.zeros(3)
        value = likelihoods.logistic(scale * b, likelihoods.tiles(X), y, gradient)
        expected, slopes = plain.logistic(scale * b, X, y)
        assert_allclose(value, expected, rtol=1e-12)
        assert_allclose(gradient, slopes, rtol=1e-9, atol=1e-9)


def test_shares_of_successes_are_repeated_rows(rng):
    X, y, b = drawn(rng, 40, 2)
    once, twice = np.zeros(2), np.zeros(2)
    shares = likelihoods.logistic(b, likelihoods.tiles(X[:20]), (y[:20] + y[20:]) / 2, once)
    repeated = likelihoods.logistic(b, likelihoods.tiles(np.concatenate([X[:20], X[:20]])), y, twice)
    assert_allclose(2 * shares, repeated, rtol=1e-12)
    assert_allclose(2 * once, twice, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(
    ("X", "words"), [(np.zeros(3), "two-dimensional"), ([[1.0, np.nan]], r"X contains NaN: X\[0, 1\]"), (np.zeros((0, 2)), "0 sample")]
)
def test_a_wrong_matrix_is_refused(X, words):
    with pytest.raises(ArgumentError, match=words):
        likelihoods.tiles(X)
