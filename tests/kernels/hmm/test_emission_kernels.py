"""Kernels of emission laws at the ends of their range, against 50 digits and slow twins."""

import itertools

import mpmath as mp
import numpy as np
import pytest

from statsim.kernels.hmm.emissions import autoregressive, gaussian, gaussian_narrow, mixture_of_gaussians, multinomial, negative_binomial, poisson
from statsim.kernels.hmm.forward import relative_densities


@pytest.mark.parametrize(("x", "mean"), [(0, 0.5), (511, 500.0), (512, 500.0), (7, 1e-3), (10**12, 1e12), (600, 1.0), (3, 511.9)])
def test_poisson_counts_of_any_size(x, mean):
    out = np.empty((1, 1))
    poisson.log_density_poisson(np.array([[float(x)]]), np.array([[mean]]), np.log([[mean]]), out)
    with mp.workdps(50):
        exact = x * mp.log(mp.mpf(mean)) - mp.mpf(mean) - mp.loggamma(x + 1)
    assert abs(out[0, 0] - exact) < 1e-12 * max(10.0, abs(exact)) + 1e-15 * x


@pytest.mark.parametrize("x", [0, 1, 9, 300, 10**6])
@pytest.mark.parametrize("mean", [1e-4, 1.5, 280.0, 9e5])
@pytest.mark.parametrize("dispersion", [1e-14, 1e-6, 0.3, 5.0, 1e4])
def test_negative_binomial_from_the_poisson_limit_on(x, mean, dispersion):
    found = negative_binomial.negative_binomial_log_probability(float(x), mean, dispersion)
    with mp.workdps(60):
        m, r = mp.mpf(mean), 1 / mp.mpf(dispersion)
        exact = mp.loggamma(x + r) - mp.loggamma(r) - mp.loggamma(x + 1) + r * mp.log(r / (r + m)) + x * mp.log(m / (r + m))
    assert abs(found - exact) < 1e-13 * max(30.0, abs(exact), x)


def test_negative_binomial_at_its_edges():
    law = negative_binomial.negative_binomial_log_probability
    assert law(0.0, 0.0, 2.0) == 0.0
    assert law(3.0, 0.0, 2.0) == -np.inf
    assert law(0.0, 2.5, 0.0) == pytest.approx(-2.5, rel=1e-15)


def test_tallies_are_weighted_counts():
    rng = np.random.default_rng(1)
    places, gamma, weights = rng.integers(-1, 4, 50), rng.random((50, 3)), rng.random(50)
    found = np.zeros((4, 3))
    negative_binomial.add_tallies(places, gamma, weights, found)
    for place, c in itertools.product(range(4), range(3)):
        assert found[place, c] == pytest.approx(sum(weights[t] * gamma[t, c] for t in range(50) if places[t] == place), rel=1e-13)


def test_multinomial_counts_are_those_expected_given_what_was_observed():
    p = np.array([[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]])
    rows = np.array([[1.0, 2.0, 3.0], [np.nan, 2.0, np.nan], [np.nan] * 3])
    gamma, weights = np.array([[0.5, 0.5], [0.25, 0.75], [0.5, 0.5]]), np.array([1.0, 2.0, 5.0])
    found = np.zeros((2, 3))
    multinomial.add_counts_multinomial(rows, 6.0, p, gamma, weights, found)
    hidden = [[4 * 0.2 / 0.7, 2.0, 4 * 0.5 / 0.7], [4.0, 2.0, 0.0]]
    for c in range(2):
        np.testing.assert_allclose(found[c], gamma[0, c] * rows[0] + 2 * gamma[1, c] * np.array(hidden[c]), rtol=1e-14)


def test_multinomial_draws_add_up_and_avoid_what_has_no_probability():
    shares = np.array([[0.0, 1.0, 0.0], [0.5, 0.0, 1.0]])
    rows = np.empty((200, 3), np.int64)
    path = np.repeat([0, 1], 100)
    multinomial.fill_multinomial(np.array([1, 2], np.uint64), 0, np.array([0, 200]), path, 9, shares, rows)
    assert (rows.sum(axis=1) == 9).all()
    assert (rows[:100] == [0, 9, 0]).all()
    assert not rows[100:, 1].any()


def test_components_join_also_far_out_and_where_one_has_no_weight():
    joint = np.array([[-1e5, -1e5 - 1, -3.0, -np.inf], [-np.inf, -np.inf, -2.0, -1.0]])
    logs = np.log(np.array([[0.25, 0.75], [1.0, 1e-300]]))
    logs[1, 1] = -np.inf
    out = np.empty((2, 2))
    mixture_of_gaussians.join_components(joint, logs, out)
    np.testing.assert_allclose(out[0], [-1e5 + np.log(0.25 + 0.75 / np.e), -3.0], rtol=1e-14)
    assert out[1, 0] == -np.inf
    assert out[1, 1] == -2.0
    np.testing.assert_allclose(joint.reshape(2, 2, 2).sum(axis=2), 1.0, rtol=1e-15)
    mixture_of_gaussians.times_states(joint, np.array([[0.3, 0.7], [0.0, 1.0]]))
    np.testing.assert_allclose(joint.reshape(2, 2, 2).sum(axis=2), [[0.3, 0.7], [0.0, 1.0]], rtol=1e-15)


def test_lagged_moments_are_those_of_each_number_of_lags():
    rng = np.random.default_rng(2)
    offsets, d, p = np.array([0, 1, 1, 4, 10]), 2, 2
    values, gamma, weights = rng.normal(size=(10, d)), rng.random((10, 3)), rng.random(10)
    found = np.zeros((3, p + 1, 1 + d * (p + 1), 1 + d * (p + 1)))
    for begin, end in ((0, 3), (3, 10)):
        autoregressive.add_lagged_moments(values, offsets, begin, end, gamma[begin:end], weights[begin:end], found)
    expected = np.zeros(found.shape)
    for t in range(10):
        lags = min(p, t - max(start for start in offsets if start <= t))
        z = np.concatenate([[1.0], *(values[t - lag] for lag in range(lags + 1)), np.zeros(d * (p - lags))])
        for c in range(3):
            expected[c, lags] += weights[t] * gamma[t, c] * np.tril(np.outer(z, z))
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


def test_autoregressive_draws_are_the_recursion_of_their_noise():
    """Two laws with the same noise: what is left after the recursion is the same."""
    key, offsets, path = np.array([3, 4], np.uint64), np.array([0, 3, 9]), np.zeros(9, np.int64)
    packed = np.zeros((1, 1, 2, 4))
    packed[0, 0, 0, 0], packed[0, 0, 1, 1] = 2.0, 0.5
    means, coefficients = np.array([[1.0, -1.0]]), np.array([[[0.5, -0.2], [0.3, 0.1]]])
    plain, moving = np.empty((9, 2)), np.empty((9, 2))
    autoregressive.fill_autoregressive(key, 7, offsets, path, np.zeros((1, 2)), np.zeros((1, 2, 2)), packed, plain)
    autoregressive.fill_autoregressive(key, 7, offsets, path, means, coefficients, packed, moving)
    for begin, end in ((0, 3), (3, 9)):
        x = moving[begin:end] - means[0]
        for t in range(end - begin):
            noise = x[t] - sum(coefficients[0, lag - 1] * x[t - lag] for lag in (1, 2) if t >= lag)
            np.testing.assert_allclose(noise, plain[begin + t], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("d", range(2, gaussian_narrow.WIDEST + 1))
def test_few_columns_are_as_any_number_of_them(d):
    rng, n, k, p = np.random.default_rng(d), 300, 5, d + d % 2
    X, means, constants = rng.normal(size=(n, d)), rng.normal(size=(k, d)), rng.normal(size=k)
    X[7] = 1e200
    factors = np.zeros((k, p, p))
    factors[:, :d, :d] = np.tril(rng.normal(size=(k, d, d)))
    wide, narrow, b, highest = (np.empty(shape) for shape in ((n, k), (n, k), (n, k), n))
    gaussian.log_density_gaussian(X, means, factors, constants, wide)
    gaussian_narrow.log_density_narrow(X, means, factors, constants, *gaussian_narrow.tuples(d), narrow)
    np.testing.assert_allclose(narrow, wide, rtol=1e-12)
    gaussian_narrow.relative_density_narrow(X, means, factors, constants, *gaussian_narrow.tuples(d), b, highest)
    expected, top = np.empty((n, k)), np.empty(n)
    relative_densities(narrow, expected, top)
    np.testing.assert_array_equal(b, expected)
    np.testing.assert_array_equal(highest, top)
