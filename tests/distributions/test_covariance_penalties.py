"""Shrinkage and sparse precisions against scikit-learn, the papers' formulas and the conditions of optimality."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import covariance as peers

from statsim import penalties
from statsim.errors import ArgumentError, FitError
from statsim.distributions.penalties.graphical_lasso import solve

D = 8


def rows(n=40, seed=0):
    random = np.random.default_rng(seed)
    X = random.normal(size=(n, D)) @ random.normal(size=(D, D))
    return X - X.mean(axis=0)


def covariance(X):
    return X.T @ X / len(X)


@pytest.mark.parametrize("n", [5, 40])
def test_ledoit_wolf_is_that_of_scikit_learn(n):
    X = rows(n)
    found = penalties.LedoitWolf(standardise=False).shrink(covariance(X), rows=X)
    assert_allclose(found, peers.ledoit_wolf(X, assume_centered=True)[0], rtol=1e-12, atol=1e-14)


def test_weight_two_is_the_row_twice():
    X = rows()
    weights = np.arange(40) % 3 + 1.0
    twice = np.repeat(X, weights.astype(int), axis=0)
    S = (weights[:, None] * X).T @ X / weights.sum()
    assert_allclose(penalties.LedoitWolf().shrink(S, rows=X, weights=weights), penalties.LedoitWolf().shrink(S, rows=twice), rtol=1e-12)


def test_the_oracle_approximation_is_the_limit_of_its_recursion():
    """Chen et al. (2010), equations 18 and 19: the share of an oracle that knows the last answer, again and again."""
    X, n = rows(12), 12
    S = covariance(X)
    target, answer = np.trace(S) / D * np.eye(D), S
    for _ in range(10_000):
        trace_product, trace = np.trace(answer @ S), np.trace(answer)
        share = ((1 - 2 / D) * trace_product + trace**2) / ((n + 1 - 2 / D) * trace_product + (1 - n / D) * trace**2)
        answer = (1 - min(share, 1.0)) * S + min(share, 1.0) * target
    assert_allclose(penalties.OAS(standardise=False).shrink(S, n=n), answer, rtol=1e-6)


@pytest.mark.parametrize("penalty", [penalties.LedoitWolf(), penalties.OAS(), penalties.GraphicalLasso(0.1)], ids=lambda one: type(one).__name__)
def test_units_do_not_matter(penalty):
    X = rows()
    scale = 2.0 ** np.arange(D) * 1e3
    plain = penalty.shrink(covariance(X), n=40, rows=X)
    scaled = penalty.shrink(covariance(X * scale), n=40, rows=X * scale)
    assert_allclose(scaled / np.outer(scale, scale), plain, rtol=1e-9, atol=1e-12)
    assert_allclose(plain, plain.T)
    assert np.linalg.eigvalsh(plain).min() > 0


@pytest.mark.parametrize("alpha", [0.02, 0.1, 0.5])
def test_the_graphical_lasso_is_optimal(alpha):
    """The slope of the log determinant equals S plus alpha times the sign where an entry is not zero, and is within alpha where it is."""
    S = np.corrcoef(rows(200).T)
    X, W = solve(S, alpha, tol=1e-12)
    gap, off = W - S, ~np.eye(D, dtype=bool)
    free = off & (X != 0)
    assert_allclose(W @ X, np.eye(D), atol=1e-10)
    assert_allclose(np.diagonal(gap), 0, atol=1e-6)
    assert_allclose(gap[free], alpha * np.sign(X[free]), atol=1e-5)
    assert (np.abs(gap[off & (X == 0)]) <= alpha + 1e-9).all()
    assert (X == X.T).all()


def test_the_graphical_lasso_is_that_of_scikit_learn():
    S = np.corrcoef(rows(200).T)
    theirs = peers.graphical_lasso(S, 0.1, tol=1e-10, max_iter=1000, enet_tol=1e-10)
    X, W = solve(S, 0.1)
    assert_allclose(W, theirs[0], atol=1e-6)
    assert ((X == 0) == (np.abs(theirs[1]) < 1e-7)).all()


def test_no_penalty_inverts_and_a_full_one_separates():
    S = np.corrcoef(rows(200).T)
    assert_allclose(penalties.GraphicalLasso(0.0, tol=1e-13).shrink(S), S, atol=1e-6)
    assert_allclose(penalties.GraphicalLasso(1.0).shrink(S), np.eye(D), atol=1e-12)


def test_a_covariance_of_low_rank_works_under_a_penalty():
    S = np.corrcoef(rows(4).T)
    shrunk = penalties.GraphicalLasso(0.1).shrink(S)
    assert np.linalg.eigvalsh(shrunk).min() > 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: penalties.GraphicalLasso(-1.0), "alpha must be a finite number at least 0.0, got -1.0"),
        (lambda: penalties.GraphicalLasso().shrink(np.diag([1.0, 0.0])), r"covariance\[1, 1\] = 0.0: each column needs a positive variance"),
        (lambda: penalties.GraphicalLasso(1e-9, max_iter=3).shrink(np.corrcoef(rows(4).T)), "raise alpha from 1e-09"),
        (lambda: penalties.OAS().shrink(np.eye(2)), "OAS needs the number of rows, got n=None"),
        (lambda: penalties.LedoitWolf().shrink(np.eye(2)), "LedoitWolf needs the rows"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, FitError), match=words):
        call()
