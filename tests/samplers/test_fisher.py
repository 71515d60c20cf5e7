"""What draws and gradients say together about a covariance."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim.samplers.hamiltonian import fisher


def window(rng, n, d):
    """Draws of a normal with eigenvalues near one and their gradients; its covariance."""
    turn, _ = np.linalg.qr(rng.normal(size=(d, d)))
    covariance = turn @ np.diag(np.linspace(0.3, 3.0, d)) @ turn.T
    draws = rng.multivariate_normal(np.zeros(d), covariance, size=n)
    return draws, -draws @ np.linalg.inv(covariance), covariance


def test_the_mean_solves_its_equation(rng):
    draws, gradients, _ = window(rng, 60, 7)
    C, G = fisher._covariance(draws), fisher._covariance(gradients)
    M = fisher._geometric_mean(C, G)
    assert_allclose(M @ G @ M, C, rtol=1e-9, atol=1e-12)
    assert_allclose(M, M.T, atol=1e-12)


@pytest.mark.parametrize("n", [14, 30])
def test_a_normal_is_known_from_a_handful_of_draws(rng, n):
    draws, gradients, covariance = window(rng, n, 8)
    assert_allclose(fisher.dense_covariance(draws, gradients), covariance, rtol=1e-3, atol=1e-3)  # within the shrinkage of 1e-5
    assert np.abs(np.cov(draws.T) - covariance).max() > 0.1  # the draws alone would not do


def test_low_rank_finds_the_direction_that_differs(rng):
    d = 20
    direction = np.ones(d) / np.sqrt(d)
    covariance = np.eye(d) + 24 * np.outer(direction, direction)
    draws = rng.multivariate_normal(np.zeros(d), covariance, size=100)
    factor = fisher.low_rank_factor(draws, -draws @ np.linalg.inv(covariance))
    assert len(factor) == 2
    assert_allclose(abs(factor[0] @ direction), 1.0, atol=1e-6)
    assert_allclose(factor[1, 0], 5.0, rtol=1e-3)


def test_gradients_beyond_precision_leave_the_scales(rng):
    gradients = 1e20 * rng.normal(size=(30, 1)) * np.ones(3)
    assert_allclose(fisher._geometric_mean(np.eye(3), fisher._covariance(gradients)), np.eye(3))
