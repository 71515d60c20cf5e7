"""The fused EM pass, the missing-value pass and their parts against the textbook."""

import math

import numpy as np
import pytest

from statsim.distributions.covariance import KINDS
from statsim.kernels.cholesky import cholesky, inverse_factors
from statsim.kernels.elementary.vector_exp import exp_scratch, exp_tile
from statsim.kernels.mixture.density import TILE
from statsim.kernels.mixture.kmeans import assign, draw_row, lloyd, seed_plus_plus, seed_random
from statsim.kernels.streams import seed_block
from statsim.models.mixture.rows import prepare
from statsim.models.mixture.steps import MixtureState, MixtureSteps
from tests.reference import mixture as twin


def problem(kind, n, d, k, *, missing=False, seed=0):
    """Steps on random rows with weights, a state, and what the twin needs."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d)) + 2 * rng.integers(0, 2, size=(n, 1))
    if missing:
        X[rng.random(X.shape) < 0.25] = np.nan
        X[np.isnan(X).all(axis=1), 0] = 0.5
    weights = rng.uniform(0.2, 3, n)
    steps = MixtureSteps(prepare(X, weights, one_scale=kind == "spherical"), KINDS[kind], k)
    A = rng.normal(size=(k, d, d)) * 0.3 + np.eye(d)
    dense = A @ np.swapaxes(A, 1, 2)
    parameters = KINDS[kind].from_dense(dense)
    state = MixtureState(rng.dirichlet(np.full(k, 5.0)), rng.normal(size=(k, d)), parameters)
    return steps, state


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize(("n", "d", "k"), [(7, 1, 2), (TILE, 2, 1), (2 * TILE + 3, 5, 3)])
def test_em_step_equals_the_textbook(kind, n, d, k, missing):
    steps, state = problem(kind, n, d, k, missing=missing and d > 1)
    rows = steps.rows
    pattern = np.repeat(np.arange(len(rows.observed)), np.diff(rows.starts))
    X = np.where(rows.observed[pattern], rows.values, np.nan)
    dense = KINDS[kind].dense(state.covariances, k, d)
    objective, weights, means, covariances = twin.em_step(X, rows.weights, state.weights, state.means, dense, kind)
    value, after = steps.em(state)
    assert value == pytest.approx(objective, rel=1e-12)
    np.testing.assert_allclose(after.weights, weights, rtol=1e-11)
    np.testing.assert_allclose(after.means, means, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(KINDS[kind].dense(after.covariances, k, d), covariances, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", list(KINDS))
def test_a_forgotten_row_is_noticed(kind):
    """Broken twin: the comparison above fails when the last row is left out."""
    steps, state = problem(kind, TILE + 1, 3, 2)
    rows = steps.rows
    dense = KINDS[kind].dense(state.covariances, 2, 3)
    objective, *_ = twin.em_step(rows.values[:-1], rows.weights[:-1], state.weights, state.means, dense, kind)
    assert steps.em(state)[0] != pytest.approx(objective, rel=1e-6)


@pytest.mark.parametrize("missing", [False, True])
@pytest.mark.parametrize("kind", list(KINDS))
def test_plain_em_never_falls(kind, missing):
    steps, state = problem(kind, 300, 3, 3, missing=missing, seed=4)
    path = []
    for _ in range(60):
        value, state = steps.em(state)
        path.append(value)
    assert np.diff(path).min() > -1e-11 * abs(path[-1])


def test_any_number_of_threads_gives_the_same_bits(monkeypatch):
    steps, state = problem("full", 20_000, 3, 3)
    results = []
    for threads in (1, 2, 5):
        monkeypatch.setenv("STATSIM_NUM_THREADS", str(threads))
        value, after = steps.em(state)
        results.append((value, after.means.tobytes(), after.covariances.tobytes()))
    assert results[0] == results[1] == results[2]


def test_tile_exponential_is_within_two_ulp():
    x = np.concatenate([-np.logspace(-18, np.log10(707.9), 5 * TILE - 2), [0.0, -0.0]])
    for tile in x.reshape(-1, TILE):
        powers, bits = exp_scratch(TILE)
        out = np.empty((1, TILE))
        exp_tile(np.ascontiguousarray(tile), powers, bits, out, 0)
        expected = np.array([math.exp(value) for value in tile])
        assert (np.abs(out[0] - expected) <= 2 * np.spacing(expected)).all()


def test_tile_exponential_of_the_far_left_is_tiny():
    powers, bits = exp_scratch(TILE)
    out = np.empty((1, TILE))
    exp_tile(np.full(TILE, -np.inf), powers, bits, out, 0)
    np.testing.assert_allclose(out, math.exp(-708), rtol=1e-14)


def test_cholesky_and_inverse_factors():
    rng = np.random.default_rng(2)
    A = rng.normal(size=(4, 5, 5))
    A = A @ np.swapaxes(A, 1, 2)
    L, P, log_determinants = np.empty(A.shape), np.zeros((4, 8, 8)), np.empty(4)
    assert cholesky(A, 0.0, L) == -1
    np.testing.assert_allclose(L @ np.swapaxes(L, 1, 2), A, rtol=1e-12, atol=1e-12)
    assert inverse_factors(A, 0.0, P, log_determinants) == -1
    np.testing.assert_allclose(P[:, :5, :5] @ L, np.tile(np.eye(5), (4, 1, 1)), atol=1e-12)
    np.testing.assert_allclose(-2 * log_determinants, np.linalg.slogdet(A)[1], rtol=1e-12)


def test_cholesky_names_the_matrix_that_is_not_positive():
    A = np.array([np.eye(2), [[1.0, 2.0], [2.0, 1.0]]])
    assert cholesky(A, 0.0, np.empty(A.shape)) == 1
    flat = np.array([[[1.0, 1.0], [1.0, 1.0 + 1e-15]]])
    assert cholesky(flat, 1e-14, np.empty(flat.shape)) == 0


def stream(block):
    state = np.empty(4, np.uint64)
    seed_block(np.uint64(1), np.uint64(2), np.uint64(block), state)
    return state


def test_rows_without_mass_are_never_drawn():
    mass = np.array([0.0, 1.0, 0.0, 2.0, 0.0])
    drawn = {draw_row(mass, stream(block)) for block in range(200)}
    assert drawn == {1, 3}


def test_seeds_are_different_rows():
    X = np.arange(12.0).reshape(6, 2)
    for seeding in (seed_plus_plus, seed_random):
        for block in range(20):
            centres = np.empty((6, 2))
            seeding(X, np.ones(6), stream(block), centres)
            assert sorted(centres[:, 0]) == X[:, 0].tolist()


def test_lloyd_finds_separated_groups_and_its_centres_are_their_means():
    rng = np.random.default_rng(3)
    X = np.concatenate([rng.normal(c, 0.1, size=(30, 2)) for c in (0, 5, 10)])
    weights = rng.uniform(1, 2, 90)
    centres, labels = np.empty((3, 2)), np.full(90, -1)
    seed_plus_plus(X, weights, stream(0), centres)
    lloyd(X, weights, centres, labels, 50)
    assert assign(X, centres, labels) == 0
    for c in range(3):
        np.testing.assert_allclose(centres[c], np.average(X[labels == c], axis=0, weights=weights[labels == c]))
    assert sorted(np.bincount(labels)) == [30, 30, 30]
