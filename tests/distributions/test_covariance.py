"""The four kinds of covariance against dense matrices."""

import numpy as np
import pytest

from statsim.distributions.covariance import KINDS, covariance_kind, lower_factors

K, D = 3, 4


def parameters_of(kind, rng):
    A = rng.normal(size=(K, D, D))
    return KINDS[kind].from_dense(A @ np.swapaxes(A, 1, 2) + 0.1 * np.eye(D))


@pytest.fixture(params=list(KINDS))
def kind(request):
    return covariance_kind(request.param)


def test_shapes_and_counts(kind, rng):
    parameters = parameters_of(kind.name, rng)
    assert parameters.shape == kind.shape(K, D)
    free = {"full": K * 10, "tied": 10, "diag": K * 4, "spherical": K}
    assert kind.n_parameters(K, D) == free[kind.name]


def test_dense_and_back(kind, rng):
    parameters = parameters_of(kind.name, rng)
    assert (kind.from_dense(kind.dense(parameters, K, D)) == parameters).all()


def test_factors_invert_the_matrices(kind, rng):
    parameters = parameters_of(kind.name, rng)
    factors, log_determinants = kind.factors(parameters, K, D)
    dense = kind.dense(parameters, K, D)
    for c in range(K):
        P = np.diag(factors[c, 0]) if kind.diagonal else factors[c, :D, :D]
        np.testing.assert_allclose(P @ dense[c] @ P.T, np.eye(D), atol=1e-11)
    np.testing.assert_allclose(-2 * log_determinants, np.linalg.slogdet(dense)[1], rtol=1e-11)


def test_singular_matrices_have_no_factors(kind):
    parameters = np.zeros(kind.shape(K, D))
    assert kind.factors(parameters, K, D) is None


def test_rescaled_and_marginal(kind, rng):
    parameters = parameters_of(kind.name, rng)
    scale = np.full(D, 4.0) if kind.name == "spherical" else np.array([1.0, 2.0, 0.5, 8.0])
    dense = kind.dense(parameters, K, D)
    np.testing.assert_array_equal(kind.dense(kind.rescaled(parameters, scale), K, D), dense * np.outer(scale, scale))
    columns = np.array([2, 0])
    np.testing.assert_array_equal(
        kind.dense(kind.marginal(parameters, D, columns), K, 2), dense[:, columns][:, :, columns]
    )


def test_bounded_raises_small_eigenvalues_only(kind, rng):
    parameters = parameters_of(kind.name, rng)
    floor = np.array([0.5, 1.0, 2.0, 4.0])
    bounded = kind.dense(kind.bounded(parameters, floor), K, D)
    limit = np.full(D, floor.mean()) if kind.name == "spherical" else floor
    scaled = bounded / np.sqrt(np.outer(limit, limit))
    assert np.linalg.eigvalsh(scaled).min() > 1 - 1e-12
    np.testing.assert_array_equal(kind.bounded(parameters, 1e-9 * floor), parameters)


def test_lower_factors_refuse_what_is_not_positive():
    assert lower_factors(np.array([[[1.0, 2.0], [2.0, 1.0]]])) is None
