"""The kernels of series against plain loops and dense linear algebra."""

import numpy as np
import pytest

from statsim.kernels.series.autoregression import fill_autoregression, pack_terms, whiten_autoregression
from statsim.kernels.series.elimination import solve_in_place
from statsim.kernels.series.lyapunov import stationary_covariance
from statsim.kernels.series.moments import residual_moments, window_moments
from statsim.kernels.series.semidefinite import clear_rounding, congruence_scale, rounded_factor, semidefinite_factor
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import fill_standard_normal
from tests.reference import series as twin

KEY = np.array([11, 12], np.uint64)


def stable(rng, p, k):
    """Coefficients of a stationary law."""
    return rng.normal(size=(p, k, k)) * 0.4 / max(1, p * k) ** 0.5


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(("p", "k"), [(0, 1), (1, 1), (3, 1), (2, 5), (1, 4), (2, 9)])
def test_draws_equal_the_plain_recursion(p, k, known, rng):
    coefficients, factor = stable(rng, p, k), np.tril(rng.normal(size=(k, k))) * 0.3 + np.eye(k)
    intercept, slope, history = rng.normal(size=k), rng.normal(size=k), rng.normal(size=(p, k))
    size = 0 if known else p * k
    start = rng.normal(size=size), np.tril(rng.normal(size=(size, size))) * 0.3 + np.eye(size)
    lengths = [40, 1, 0, 2, 7]
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    rows = np.empty((offsets[-1], k))
    fill_autoregression(KEY, 5, offsets, *start, history, intercept, slope, 3, pack_terms(coefficients, factor), rows)
    whitened = np.empty_like(rows)
    whiten_autoregression(rows, offsets, *start, history, intercept, slope, 3, coefficients, factor, whitened)
    state, normals = np.empty(4, np.uint64), np.empty(40 * k)
    for s, n in enumerate(lengths):
        with np.errstate(over="ignore"):
            seed_block(KEY[0], KEY[1], np.uint64(5 + s), state)
            fill_standard_normal(state, normals)
        drawn = normals[: n * k].reshape(n, k)
        expected = twin.autoregression_path(drawn, coefficients, intercept, slope, factor, *start, history, 3)
        np.testing.assert_allclose(rows[offsets[s] : offsets[s + 1]], expected, rtol=1e-10, atol=1e-10)
        np.testing.assert_allclose(whitened[offsets[s] : offsets[s + 1]], drawn, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(("p", "k"), [(0, 2), (1, 1), (3, 2)])
def test_moments_of_windows(p, k, known, rng):
    parts, weights = [rng.normal(size=(n, k)) for n in (1200, 1, 5, 512 + p)], np.array([1.0, 2.0, 0.5, 3.0])
    history = rng.normal(size=(p, k)) if known else np.empty((0, k))
    rows, shares = twin.windows(parts, weights, p, history, 7.0, 4.0)
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    q = 2 + (p + 1) * k
    arguments = np.concatenate(parts), offsets, weights, p, history, 7.0, 4.0
    second = np.zeros((q, q))
    count = window_moments(*arguments, second)
    assert count == pytest.approx(shares.sum(), rel=1e-14)
    np.testing.assert_allclose(second, (rows * shares[:, None]).T @ rows, rtol=1e-10, atol=1e-8)
    equations, cross, squares = rng.normal(size=(k, q)), np.zeros((k, q)), np.zeros((k, k))
    residual_moments(*arguments, equations, cross, squares)
    e = rows @ equations.T
    np.testing.assert_allclose(cross, (e * shares[:, None]).T @ rows, rtol=1e-9, atol=1e-6)
    np.testing.assert_allclose(squares, (e * shares[:, None]).T @ e, rtol=1e-9, atol=1e-6)
    forgotten = (rows[1:] * shares[1:, None]).T @ rows[1:]
    assert np.abs(second - forgotten).max() > 1e-3  # broken twin: one window left out


def test_stationary_covariance_solves_its_equation(rng):
    for d in (1, 2, 6):
        A = rng.normal(size=(d, d))
        A *= 0.97 / np.abs(np.linalg.eigvals(A)).max()
        B = rng.normal(size=(d, 1 + d // 2))
        Q, out = B @ B.T, np.empty((d, d))
        assert stationary_covariance(A, Q, out)
        expected = np.linalg.solve(np.eye(d * d) - np.kron(A, A), Q.ravel()).reshape(d, d)
        np.testing.assert_allclose(out, expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())
        assert (out == out.T).all()


@pytest.mark.parametrize("size", [1.0, 1.001, 5.0])
def test_no_stationary_covariance_is_said(size):
    out = np.empty((2, 2))
    assert not stationary_covariance(np.array([[size, 1.0], [0.0, 0.5]]), np.eye(2), out)


def test_factor_of_a_singular_covariance(rng):
    for d, rank in ((1, 0), (3, 1), (5, 3), (4, 4)):
        B = rng.integers(-3, 4, size=(d, rank)).astype(float)
        A, L = B @ B.T, np.empty((d, d))
        assert semidefinite_factor(A, L) == -1
        np.testing.assert_allclose(L @ L.T, A, atol=1e-10)
        assert (np.triu(L, 1) == 0).all()


def test_an_indefinite_matrix_is_named():
    stack = np.array([np.eye(2), [[1.0, 2.0], [2.0, 1.0]]])
    assert semidefinite_factor(stack[1], np.empty((2, 2))) == 1


def test_rounding_is_no_variance():
    """A covariance made from terms that cancel: what is left of them, of either sign, is zero, and the rest keeps its factor."""
    A, P, scale = np.array([[1.0, -1.0], [0.5, 2.0]]), np.ones((2, 2)), np.empty(2)
    congruence_scale(A, P, np.zeros((2, 2)), scale)
    assert scale.tolist() == [4.0, 8.5]
    for left in (3e-16, -3e-16):
        made, L = np.array([[left, 1e-16], [1e-16, 6.25]]), np.empty((2, 2))
        rounded_factor(made, scale, L)
        assert L.tolist() == [[0.0, 0.0], [0.0, 2.5]]
        clear_rounding(made, scale)
        assert made.tolist() == [[0.0, 0.0], [0.0, 6.25]]
    dense, L = np.array([[4.0, 2.0], [2.0, 3.0]]), np.empty((2, 2))
    rounded_factor(dense, np.ones(2), L)
    np.testing.assert_allclose(L, np.linalg.cholesky(dense), rtol=1e-15)


def test_linear_equations(rng):
    A, x = rng.normal(size=(6, 6)), rng.normal(size=6)
    A[0, 0] = 0.0  # needs an exchange of rows
    b = A @ x
    assert solve_in_place(A.copy(), b)
    np.testing.assert_allclose(b, x, rtol=1e-10)
    assert not solve_in_place(np.zeros((2, 2)), np.ones(2))
