"""The E step's kernels against one-row-at-a-time twins."""

import itertools

import numpy as np

from statsim.kernels.table_mixture import em as kernels
from tests.reference import table_mixture as twin


def patterns(seed, n=60, p=3):
    """Rows (p, n) sorted by pattern, the patterns, and the rows with NaN in missing cells."""
    rng = np.random.default_rng(seed)
    observed = np.array([[1, 1, 1], [1, 0, 1], [0, 1, 0], [0, 0, 0]], bool)[:, :p]
    starts = np.array([0, 20, 35, 50, n])
    z = rng.normal(size=(n, p))
    for g in range(4):
        z[starts[g] : starts[g + 1], ~observed[g]] = np.nan
    return np.ascontiguousarray(np.nan_to_num(z).T), starts, observed, z


def gaussians(seed, k=2, p=3):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(k, p, p))
    products = roots @ roots.transpose(0, 2, 1) + 0.5 * np.eye(p)
    return rng.normal(size=(k, p)), (products + products.transpose(0, 2, 1)) / 2


def test_moments_are_those_of_completed_rows():
    x, starts, observed, z = patterns(1)
    means, covariances = gaussians(2)
    shares = np.random.default_rng(3).random((2, 60))
    sums, products = np.zeros((2, 3)), np.zeros((2, 3, 3))
    kernels.gaussian_moments(x, starts, observed, means, covariances, shares, sums, products)
    for k in range(2):
        rows = [twin.completed_moments(row, means[k], covariances[k]) for row in z]
        np.testing.assert_allclose(sums[k], shares[k] @ np.array([row[0] for row in rows]), rtol=0, atol=1e-12)
        second = np.tensordot(shares[k], np.array([row[1] for row in rows]), axes=1)
        np.testing.assert_allclose(products[k], second, rtol=0, atol=1e-11)


def test_a_point_mass_column_excludes_other_values_and_adds_nothing_to_the_moments():
    x, starts, observed, _ = patterns(4)
    means, covariances = gaussians(5)
    covariances[:, 1] = 0.0
    covariances[:, :, 1] = 0.0
    means[:, 1] = 7.0
    out = np.zeros((2, 60))
    kernels.add_gaussian_log_density(x, starts, observed, means, covariances, out)
    misses = np.repeat(observed[:, 1], np.diff(starts))
    assert np.isneginf(out[:, misses]).all()
    assert np.isfinite(out[:, ~misses]).all()
    x[1] = 7.0
    sums, products = np.zeros((2, 3)), np.zeros((2, 3, 3))
    kernels.gaussian_moments(x, starts, observed, means, covariances, np.ones((2, 60)), sums, products)
    assert not sums[:, 1].any()
    assert not products[:, 1].any()


def test_an_indefinite_covariance_gives_nan_not_a_number():
    x, starts, observed, _ = patterns(6)
    means, covariances = gaussians(7)
    covariances[0] = np.array([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    out = np.zeros((2, 60))
    kernels.add_gaussian_log_density(x, starts, observed, means, covariances, out)
    assert np.isnan(out[0, :20]).all()
    assert np.isfinite(out[1]).all()


def test_lookups_and_sums_by_code():
    rng = np.random.default_rng(8)
    codes = np.stack([rng.integers(0, 3, 700), rng.integers(0, 2, 700)]).astype(np.int32)
    offsets, table, shares = np.array([0, 3]), rng.normal(size=(2, 5)), rng.random((2, 700))
    out, sums = np.zeros((2, 700)), np.zeros((2, 5))
    kernels.add_coded_log_density(codes, offsets, table, 0, 700, out)
    np.testing.assert_array_equal(out, table[:, codes[0]] + table[:, 3 + codes[1]])
    kernels.coded_sums(codes, offsets, shares, 0, 700, sums)
    np.testing.assert_allclose(sums[:, :3].T, [shares[:, codes[0] == v].sum(axis=1) for v in range(3)], rtol=1e-13)
    np.testing.assert_allclose(sums[:, 3:].T, [shares[:, codes[1] == v].sum(axis=1) for v in range(2)], rtol=1e-13)


def test_normalise_keeps_far_tails_impossible_rows_and_nan():
    joint = np.array([[-1e5, -np.inf, np.nan, 0.0], [-1e5 - 1, -np.inf, 0.0, -np.inf]])
    density = np.empty(4)
    kernels.normalise(joint, 0, 4, density)
    np.testing.assert_allclose(density[0], -1e5 + np.log1p(np.exp(-1)), rtol=1e-15)
    assert density[1] == -np.inf
    assert not joint[:, 1].any()
    assert np.isnan(density[2])
    assert density[3] == 0.0
    np.testing.assert_allclose(joint[:, 0], [1 / (1 + np.exp(-1)), 1 / (1 + np.e)], rtol=1e-14)


def test_sums_do_not_depend_on_where_arrays_lie_in_memory():
    """A loop that both sums in free order and stores has two compiled forms, and addresses choose between them."""
    rng = np.random.default_rng(5)
    n = 240
    x, weight = rng.normal(size=n), rng.random(n)
    results = set()
    for order in itertools.permutations(range(4)):
        for gap in (0, 1, 3, 16):
            memory = np.zeros(2 * kernels.CHUNK + 2 * n + 100)
            sizes, places, position = (n, n, kernels.CHUNK, kernels.CHUNK), {}, 8
            for index in order:
                places[index] = memory[position : position + sizes[index]]
                position += sizes[index] + gap
            places[0][:], places[1][:] = x, weight
            first, second = np.zeros(1), np.zeros((1, 1))
            kernels.observed_moments(
                places[0][None], 0, n, np.zeros(1), np.zeros(1, np.int64), 1, places[1], places[2][None], places[3], first, second
            )
            results.add((first[0], second[0, 0]))
    assert len(results) == 1
