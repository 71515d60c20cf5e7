"""The law of every variate on both sides of each switch of algorithm, with broken twins that must be found."""

from functools import lru_cache

import numpy as np
import pytest
from scipy import special, stats

from statsim import testing
from statsim.kernels import streams
from statsim.kernels.jit import kernel
from statsim.kernels.variates import beta as beta_kernel
from statsim.kernels.variates import binomial as binomial_kernel
from statsim.kernels.variates import bounded_integers, dirichlet, poisson, standard_exponential, standard_gamma
from tests.reference import variates as twin

N = 300_000
BROKEN_N = 40_000


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


def seeded(block):
    state = np.zeros(4, np.uint64)
    key = np.random.default_rng(92).integers(2**64, size=2, dtype=np.uint64)  # NumPy's, which the fresh-seed run mixes with entropy
    streams.seed_block(key[0], key[1], np.uint64(block), state)
    return state


@lru_cache
def _loop(draw):
    @kernel
    def loop(state, arguments, out):
        for i in range(out.size):
            out[i] = draw(state, *arguments)

    return loop


def draws_of(draw, *arguments, n=N, dtype=float, block=0):
    out = np.empty(n, dtype)
    _loop(draw)(seeded(block), arguments, out)
    return out


def broken(slow, *arguments, **fault):
    stream = twin.Stream(seeded(1))
    return np.array([slow(stream, *arguments, **fault) for _ in range(BROKEN_N)])


def test_standard_exponential():
    sample = draws_of(standard_exponential.standard_exponential)
    assert testing.assert_follows(sample, lambda x: -np.expm1(-x), detects=0.011).passed
    assert testing.assert_variance(sample, 1.0).passed


@pytest.mark.parametrize("shape", [0.05, 0.999, 1.0, 1.001, 4.5, 1e4])
def test_standard_gamma(shape):
    sample = draws_of(standard_gamma.standard_gamma, shape)
    assert testing.assert_follows(sample, lambda x: special.gammainc(shape, x), detects=0.011).passed
    assert testing.assert_mean(sample, shape, sd=np.sqrt(shape)).passed


def test_gamma_of_a_huge_shape_is_normal():
    sample = (draws_of(standard_gamma.standard_gamma, 1e15) - 1e15) / np.sqrt(1e15)
    assert testing.assert_follows(sample, special.ndtr, detects=0.011).passed


def test_log_gamma_of_a_tiny_shape_is_exponential():
    """shape log G tends to minus an exponential when the shape tends to 0."""
    sample = -1e-9 * draws_of(standard_gamma.log_standard_gamma, 1e-9)
    assert testing.assert_follows(sample, lambda x: -np.expm1(-np.maximum(x, 0.0)), detects=0.011).passed


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.7), (1.0, 1.0), (1.0, 0.2), (1.001, 0.2), (0.2, 1.001), (2.5, 40.0)])
def test_beta(a, b):
    sample = draws_of(beta_kernel.beta, a, b)
    assert testing.assert_follows(np.minimum(sample, 1 - 2.0**-53), lambda x: special.betainc(a, b, x), detects=0.011).passed


@pytest.mark.parametrize(("a", "b"), [(0.999e-3, 1e-3), (1.001e-3, 2e-3), (1e-3, 1.5)])
def test_beta_of_tiny_shapes(a, b):
    """Half of such draws lie within a rounding error of an end, so the law is asked at points."""
    sample = draws_of(beta_kernel.beta, a, b)
    for x in (1e-200, 1e-10, 0.5):
        assert testing.assert_probability(np.count_nonzero(sample < x), N, special.betainc(a, b, x)).passed


@pytest.mark.parametrize("mean", [0.1, 3.0, 9.999, 10.0, 12.0, 200.0])
def test_poisson(mean):
    sample = draws_of(poisson.poisson, mean, dtype=np.int64)
    law = stats.poisson.pmf(np.arange(int(mean + 12 * np.sqrt(mean)) + 20), mean)
    assert testing.assert_follows(sample, law, detects=0.09).passed
    assert testing.assert_mean(sample, mean, sd=np.sqrt(mean)).passed


@pytest.mark.parametrize("mean", [1e8, 1e15])
def test_poisson_of_a_huge_mean_is_normal(mean):
    sample = (draws_of(poisson.poisson, mean, dtype=np.int64) - mean + 0.5 * (mean < 1e10)) / np.sqrt(mean)
    assert testing.assert_follows(sample, special.ndtr, detects=0.011).passed
    assert testing.assert_variance(sample, 1.0).passed


@pytest.mark.parametrize(("n", "p"), [(1, 0.4), (20, 0.9), (100, 0.2999), (100, 0.3), (62, 0.5), (60, 0.499), (400, 0.9), (10**9, 2e-9)])
def test_binomial(n, p):
    sample = draws_of(binomial_kernel.binomial, n, p, dtype=np.int64)
    law = stats.binom.pmf(np.arange(min(n, 400) + 1), n, p)
    assert testing.assert_follows(sample, law, detects=0.09).passed
    assert testing.assert_mean(sample, n * p, sd=np.sqrt(n * p * (1 - p))).passed


def test_binomial_of_a_huge_n_is_normal():
    n, p = 10**15, 0.8
    sample = (draws_of(binomial_kernel.binomial, n, p, dtype=np.int64) - 8 * 10**14) / np.sqrt(n * p * (1 - p))
    assert testing.assert_follows(sample, special.ndtr, detects=0.011).passed


def test_integer_below():
    sample = draws_of(bounded_integers.integer_below, 7, dtype=np.int64)
    assert testing.assert_follows(sample, np.full(7, 1 / 7), detects=0.02).passed
    m = 3 * 2**61  # without rejection a third of the values would be twice as likely
    sample = draws_of(bounded_integers.integer_below, m, dtype=np.int64)
    assert testing.assert_follows(sample % 3, np.full(3, 1 / 3), detects=0.02).passed


@pytest.mark.parametrize("alpha", [(0.5, 1.5, 3.0), (0.05, 0.2, 0.05), (1e-3, 2e-3, 3e-3)])
def test_dirichlet(alpha):
    alpha, out = np.array(alpha), np.empty((N // 4, 3))

    @kernel
    def fill(state, alpha, out):
        for i in range(out.shape[0]):
            dirichlet.dirichlet(state, alpha, out[i])

    fill(seeded(0), alpha, out)
    total = alpha.sum()
    for j in range(3):
        assert testing.assert_mean(out[:, j], alpha[j] / total, bounds=(0.0, 1.0)).passed
    covariance = -alpha[0] * alpha[1] / (total**2 * (total + 1))
    products = (out[:, 0] - alpha[0] / total) * (out[:, 1] - alpha[1] / total)
    assert testing.assert_mean(products, covariance, bounds=(-1.0, 1.0)).passed
    tail = special.betainc(alpha[2], total - alpha[2], 0.25)
    assert testing.assert_probability(np.count_nonzero(out[:, 2] <= 0.25), out.shape[0], tail).passed


def test_dirichlet_atoms():
    """Shapes at the smallest double: one-hot vectors with probabilities proportional to the shapes."""
    alpha, out, counts = np.array([5e-324, 0.0, 15e-324]), np.empty(3), np.zeros(3)
    state = seeded(0)
    for _ in range(4000):
        dirichlet.dirichlet(state, alpha, out)
        counts += out
    assert counts[1] == 0
    assert testing.assert_probability(int(counts[0]), 4000, 0.25).passed


FAULTS = [
    ("boost", lambda: broken(twin.standard_gamma, 0.5, boost=False), lambda x: special.gammainc(0.5, x)),
    ("condition", lambda: broken(twin.beta, 0.7, 0.8, condition=False), lambda x: special.betainc(0.7, 0.8, x)),
    ("off by one", lambda: broken(twin.poisson, 9.0, start=1), stats.poisson.pmf(np.arange(60), 9.0)),
    ("envelope", lambda: broken(twin.poisson, 20.0, envelope=False), stats.poisson.pmf(np.arange(100), 20.0)),
    ("binomial envelope", lambda: broken(twin.binomial, 100, 0.4, envelope=False), stats.binom.pmf(np.arange(101), 100, 0.4)),
    ("mirror", lambda: broken(twin.binomial, 50, 0.6, mirror=False), stats.binom.pmf(np.arange(51), 50, 0.6)),
    ("modulo", lambda: np.array([twin.Stream(seeded(i)).word() % (3 * 2**62) // 2**62 for i in range(BROKEN_N)]), np.full(3, 1 / 3)),
]


@pytest.mark.parametrize(("fault", "sample", "law"), FAULTS, ids=[case[0] for case in FAULTS])
def test_broken_twin_is_found(fault, sample, law):
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(sample(), law)
