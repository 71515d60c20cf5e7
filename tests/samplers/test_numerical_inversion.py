"""Numerical inversion: the stated error of probability, the law of the draws, and what it refuses."""

import math

import mpmath
import numpy as np
import pytest

from statsim import testing
from statsim.errors import ArgumentError, SamplerError, TargetError
from statsim.kernels.streams import fill_uint64, seed_block
from statsim.kernels.univariate.inversion import fill_inverse, invert_words
from statsim.samplers.univariate.numerical_inversion import NumericalInversion
from statsim.samplers.sampling import sample
from statsim.samplers.targets.target import Target
from tests.reference.univariate import inverse
from tests.samplers import line_targets as line

U = np.concatenate([np.linspace(1e-6, 1.0 - 1e-6, 4001), 10.0 ** -np.arange(7.0, 16.0)])
N = 200_000


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


def largest_error(prepared, cdf, u=U):
    return np.abs(cdf(prepared.quantile(u)) - u).max()


@pytest.mark.parametrize("name", line.ANY)
def test_error_of_probability_is_below_the_stated_one(name):
    target, cdf = line.ANY[name]
    prepared = NumericalInversion().prepare(target)
    assert largest_error(prepared, cdf) <= 1e-10
    assert prepared.u_error <= 1e-10
    x = prepared.quantile(U)
    assert np.abs(prepared.cdf(x) - cdf(x)).max() <= 2e-12


@pytest.mark.parametrize("u_resolution", [1e-12, 1e-6, 1e-4])
def test_other_resolutions_are_kept(u_resolution):
    prepared = NumericalInversion(u_resolution=u_resolution).prepare(line.NORMAL)
    assert largest_error(prepared, line.ANY["normal"][1]) <= u_resolution


def test_error_by_quadrature_at_thirty_digits():
    prepared = NumericalInversion().prepare(line.QUARTIC)
    with mpmath.workdps(30):
        whole = mpmath.quad(lambda x: mpmath.exp(-(x**4)), [-mpmath.inf, 0, mpmath.inf])
        for u in (1e-14, 1e-9, 1e-3, 0.017, 0.25, 0.5, 0.7, 0.999, 1.0 - 1e-9):
            x = mpmath.mpf(float(prepared.quantile(u)))
            below = mpmath.quad(lambda t: mpmath.exp(-(t**4)), [-mpmath.inf, -2, x] if x > -2 else [-mpmath.inf, x]) / whole
            assert abs(below - u) <= 1e-10, u
    assert prepared.log_integral == pytest.approx(math.log(2.0 * math.gamma(1.25)), abs=1e-12)


def test_a_disturbed_table_is_found():
    prepared = NumericalInversion().prepare(line.NORMAL)
    prepared._table.coefficients[200, 1] *= 1.0 + 1e-5
    assert largest_error(prepared, line.ANY["normal"][1]) > 1e-10


def test_tails_are_right_relative_to_themselves():
    prepared = NumericalInversion().prepare(line.NORMAL)
    u = 10.0 ** -np.arange(8.0, 16.0)
    assert np.abs(line.ANY["normal"][1](prepared.quantile(u)) / u - 1.0).max() < 1e-3


def test_kernel_equals_its_twin():
    table = NumericalInversion().prepare(line.CAUCHY)._table
    words, out = np.empty(400, np.uint64), np.empty(400)
    state = np.empty(4, np.uint64)
    seed_block(np.uint64(3), np.uint64(4), np.uint64(0), state)
    fill_uint64(state, words)
    words[:200] >>= np.arange(200, dtype=np.uint64) % np.uint64(60)  # into the split cells of the lower tail
    words[-2:] = np.array([0, 2**64 - 1], np.uint64)
    invert_words(words, *table.arguments(), -np.inf, np.inf, out)
    twin = [inverse(int(word), *table.arguments()) for word in words]
    np.testing.assert_allclose(out, twin, rtol=1e-10, atol=1e-14)


def test_words_are_those_of_the_stream_of_the_block():
    table = NumericalInversion().prepare(line.CAUCHY)._table
    state, words = np.empty(4, np.uint64), np.empty(2048, np.uint64)
    for block in range(2):
        seed_block(np.uint64(3), np.uint64(4), np.uint64(5 + block), state)
        fill_uint64(state, words[1024 * block : 1024 * (block + 1)])
    expected, out = np.empty(2048), np.empty(2048)
    invert_words(words, *table.arguments(), -np.inf, np.inf, expected)
    fill_inverse(np.array([3, 4], np.uint64), 5, 1024, *table.arguments(), -np.inf, np.inf, out)
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("name", ["quartic", "two modes"])
def test_draws_follow_the_law(name, seed):
    target, cdf = line.ANY[name]
    draws = sample(target, NumericalInversion(), draws=N, rng=seed)
    assert draws.values.shape == (1, N, 1)
    testing.assert_follows(draws.values[0, :, 0], cdf, detects=0.02)


def test_a_wrong_law_is_found(seed):
    draws = sample(line.NORMAL, NumericalInversion(), draws=N, rng=seed)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(1.05 * draws.values[0, :, 0], line.ANY["normal"][1])


def test_same_bits_for_any_threads_and_start():
    prepared = NumericalInversion().prepare(line.NORMAL)
    whole = prepared.sample(70_000, rng=1, num_threads=1)
    np.testing.assert_array_equal(prepared.sample(70_000, rng=1, num_threads=3), whole)
    np.testing.assert_array_equal(prepared.sample(5_000, rng=1, start=40_321), whole[40_321:45_321])
    np.testing.assert_array_equal(sample(line.NORMAL, NumericalInversion(), draws=10, rng=1).values.ravel(), whole[:10])


def test_a_domain_is_kept_and_python_functions_work():
    target = Target(lambda x: -0.5 * x[0] ** 2, dim=1, interpreted=True)
    draws = sample(target, NumericalInversion(domain=(4.0, 5.0)), draws=2000, rng=0).values
    assert 4.0 <= draws.min() < 4.01
    assert 4.5 < draws.max() <= 5.0


def test_a_far_target_is_found_by_its_center():
    target = Target(lambda x: -0.5 * (x[0] - 3e7) ** 2 if abs(x[0] - 3e7) < 50 else -np.inf, dim=1, interpreted=True)
    with pytest.raises(SamplerError, match="center="):
        NumericalInversion().prepare(target)
    prepared = NumericalInversion(center=3e7 + 1).prepare(target)
    assert abs(prepared.quantile(0.5) - 3e7) < 1e-6


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (line.ENDLESS, "does not fall fast enough"),
        (Target(lambda x: -1.5 * math.log(abs(x[0] - 1.0)) if x[0] != 1.0 else -1e9, dim=1, interpreted=True), "not smooth|fall fast"),
        (Target(lambda x: -np.inf, dim=1, interpreted=True), "-inf at all .* points"),
    ],
)
def test_what_cannot_be_integrated_is_refused(target, message):
    with pytest.raises(SamplerError, match=message):
        NumericalInversion().prepare(target)


def test_wrong_arguments_are_refused():
    with pytest.raises(ArgumentError, match="dim=2"):
        NumericalInversion().prepare(Target(lambda x: 0.0, dim=2, interpreted=True))
    with pytest.raises(ArgumentError, match="1e-20"):
        NumericalInversion(u_resolution=1e-20)
    with pytest.raises(ArgumentError, match=r"\(3, 1\)"):
        NumericalInversion(domain=(3, 1)).prepare(line.NORMAL)
    with pytest.raises(ArgumentError, match="1.5"):
        NumericalInversion().prepare(line.NORMAL).quantile([0.5, 1.5])
    with pytest.raises(TargetError, match="nan"):
        NumericalInversion().prepare(Target(lambda x: math.nan, dim=1, interpreted=True))
