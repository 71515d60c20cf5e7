"""Loops of the label samplers against plain matrices: rank-one changes, inverse Wishart factors, predictive laws, weights."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.special import digamma

from statsim import testing
from statsim.kernels.cholesky_update import add_rank_one, remove_rank_one
from statsim.kernels.mixture.labels.collapsed import collapsed_sweep, fill_predictive_constants
from statsim.kernels.mixture.labels.components import add_row, rebuild, remove_row
from statsim.kernels.mixture.labels.parameter_draws import draw_weights, fill_parameters
from statsim.kernels.mixture.labels.slices import compact
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.inverse_wishart import inverse_wishart


@pytest.fixture
def random():
    state = np.empty(4, np.uint64)
    seed_block(np.uint64(1), np.uint64(2), np.uint64(3), state)
    return state


@pytest.mark.parametrize("d", [1, 2, 5])
def test_rank_one_changes_of_a_factor(rng, d):
    A = rng.normal(size=(d, d + 2))
    L, v = np.linalg.cholesky(A @ A.T), rng.normal(size=d)
    up = L.copy()
    add_rank_one(up, v.copy())
    assert_allclose(up @ up.T, L @ L.T + np.outer(v, v), rtol=1e-12)
    assert remove_rank_one(up, v.copy())
    assert_allclose(up, L, rtol=1e-9)
    assert not remove_rank_one(up, 1e3 * v)


def test_factors_of_an_inverse_wishart_matrix(rng, random):
    A = rng.normal(size=(3, 5))
    lower, P, C = np.linalg.cholesky(A @ A.T), np.zeros((3, 3)), np.zeros((3, 3))
    n, precisions = 4000, []
    for _ in range(n):
        inverse_wishart(random, 7.5, lower, P, C)
        precisions.append(P.T @ P)
    assert_allclose(P @ C, np.eye(3), atol=1e-12)
    direction = np.array([1.0, -2.0, 0.5])  # a' W a / a' V a is chi squared
    ratio = np.einsum("i,nij,j->n", direction, precisions, direction) / (direction @ np.linalg.inv(lower @ lower.T) @ direction)
    testing.assert_follows(ratio, stats.chi2(7.5).cdf)
    determinants = np.linalg.slogdet(np.array(precisions))[1]
    expected = 3 * np.log(2) + digamma(0.5 * (7.5 - np.arange(3))).sum() - 2 * np.log(np.diagonal(lower)).sum()
    testing.assert_mean(determinants, expected)
    with pytest.raises(AssertionError):  # the broken twin: the degrees of freedom of the first column for all
        testing.assert_follows(ratio, stats.chi2(6.5).cdf)


@pytest.mark.parametrize("kind", [0, 2, 3])  # the covariance that all share only ever grows
def test_rows_added_and_taken_away_leave_the_table(rng, kind):
    prior = (kind, np.array([0.5, -0.5]), 0.3, 4.0, np.array([[1.5, 0.0], [0.2, 1.1]]), np.ones(2), False)
    X, v = rng.normal(size=(20, 2)), np.empty(2)
    labels = np.repeat([0, 1], 10)
    table = np.zeros(2, np.int64), np.empty((2, 2)), np.empty((2, 2, 2))
    rebuild(prior, table, X, labels, v)
    before = [part.copy() for part in table]
    x = np.array([3.0, -4.0])
    add_row(prior, table, x, 1, v)
    assert remove_row(prior, table, x, 1, v)
    for part, old in zip(table, before, strict=True):
        assert_allclose(part, old, rtol=1e-12)


def test_a_collapsed_sweep_keeps_its_table(rng, random):
    prior = (0, np.zeros(2), 0.01, 4.0, np.eye(2), np.ones(3), False)
    X = np.concatenate([rng.normal(0, 1e-4, (50, 2)), rng.normal(1e3, 1.0, (50, 2))])
    labels, v = rng.integers(0, 3, 100), np.empty(2)
    table = np.zeros(3, np.int64), np.empty((3, 2)), np.empty((3, 2, 2))
    constants = np.empty(101)
    fill_predictive_constants(0, 0.01, 4.0, 2, constants)
    rebuild(prior, table, X, labels, v)
    for _ in range(20):
        assert collapsed_sweep(random, X, labels, prior, table, constants) == 0
    found = [part.copy() for part in table]
    rebuild(prior, table, X, labels, v)
    for part, old in zip(table, found, strict=True):
        assert_allclose(part, old, rtol=1e-6, atol=1e-6)


def test_weights_of_a_process_use_all_that_is_left(random):
    weights, shares = np.empty(5), []
    for _ in range(3000):
        assert draw_weights(random, np.array([1.5]), True, np.array([3, 0, 2, 0, 0]), weights)
        assert abs(weights.sum() - 1) < 1e-12
        shares.append(weights[0])
    testing.assert_follows(np.array(shares), stats.beta(3.0, 3.5).cdf)
    assert not draw_weights(random, np.array([1.5]), True, np.array([3, 1, 2, 1, 1]), weights)


def test_labels_are_numbered_as_they_come():
    labels = np.array([7, 7, 2, 5, 2])
    assert compact(labels, np.empty(9, np.int64)) == 3
    assert labels.tolist() == [0, 0, 1, 2, 1]


def test_sticks_have_their_law():
    out = np.empty((4000, 3 + 3 + 3))
    ones = np.ones(3)
    fill_parameters(np.array([5, 6], np.uint64), 0, ones, np.array([[2.0, 3.0], [1.0, 4.0]]), ones, 5 * ones, np.zeros((3, 1)), np.ones((3, 1, 1)), out)
    testing.assert_follows(out[:, 0], stats.beta(2.0, 3.0).cdf)
    testing.assert_follows(out[:, 1] / (1 - out[:, 0]), stats.beta(1.0, 4.0).cdf)
    testing.assert_follows(1 / out[:, 8], stats.gamma(2.5, scale=2.0).cdf)
