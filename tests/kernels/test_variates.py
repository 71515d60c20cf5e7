"""Variates against their slow twins word by word: same values, same number of words, and every branch reached."""

import math

import numpy as np
import pytest

from statsim import testing
from statsim.kernels import streams
from statsim.kernels.variates import beta as beta_kernel
from statsim.kernels.variates import binomial as binomial_kernel
from statsim.kernels.variates import bounded_integers, dirichlet, poisson, standard_exponential, standard_gamma
from tests.reference import variates as twin

CASES = [
    (standard_exponential.standard_exponential, twin.standard_exponential, [()], set()),
    (standard_gamma.standard_gamma, twin.standard_gamma, [(0.3,), (0.999,)], {"boosted", "squeezed", "accepted", "rejected"}),
    (standard_gamma.standard_gamma, twin.standard_gamma, [(1.0,), (1.001,)], {"squeezed", "accepted", "rejected", "negative"}),
    (standard_gamma.standard_gamma, twin.standard_gamma, [(7.5,), (1e4,)], {"squeezed", "accepted", "rejected"}),
    (beta_kernel.beta, twin.beta, [(0.5, 0.8), (0.1, 1.0), (1.0, 1.0)], {"accepted", "rejected"}),
    (beta_kernel.beta, twin.beta, [(1.001, 0.5), (0.02, 3.0), (4.0, 200.0)], {"ratio"}),
    (poisson.poisson, twin.poisson, [(1e-300,), (0.2,), (9.999,)], {"inversion"}),
    (poisson.poisson, twin.poisson, [(10.0,), (10.5,), (300.0,)], {"squeezed", "accepted", "rejected", "outside"}),
    (binomial_kernel.binomial, twin.binomial, [(1, 0.3), (100, 0.2999), (10**9, 1e-9), (50, 0.9)], {"inversion", "mirrored"}),
    (binomial_kernel.binomial, twin.binomial, [(100, 0.3), (60, 0.5), (70, 0.55), (3000, 0.2)], {"squeezed", "accepted", "rejected", "mirrored", "outside"}),
    (bounded_integers.integer_below, twin.integer_below, [(1,), (6,), (2**62 + 2**61,), (2**63 - 1,)], {"accepted", "rejected"}),
]  # fmt: skip
IDS = [f"{case[0].__name__}{case[2]}" for case in CASES]


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


def seeded(block=0):
    state = np.zeros(4, np.uint64)
    streams.seed_block(np.uint64(20), np.uint64(26), np.uint64(block), state)
    return state


@pytest.mark.parametrize(("kernel", "slow", "parameters", "branches"), CASES, ids=IDS)
def test_equals_its_slow_twin_through_every_branch(kernel, slow, parameters, branches):
    state = seeded()
    stream = twin.Stream(state)
    for arguments in parameters:
        for _ in range(2000):
            assert math.isclose(kernel(state, *arguments), slow(stream, *arguments), rel_tol=1e-11)
    assert state.tolist() == stream.state.tolist()
    assert branches <= set(stream.seen)


@pytest.mark.parametrize(("kernel", "slow", "parameters", "branches"), CASES, ids=IDS)
def test_compiled_equals_interpreted(kernel, slow, parameters, branches):
    body = getattr(kernel, "py_func", kernel)
    state, interpreted = seeded(1), seeded(1)
    for arguments in parameters:
        assert [kernel(state, *arguments) for _ in range(50)] == [body(interpreted, *arguments) for _ in range(50)]
    assert state.tolist() == interpreted.tolist()


@pytest.mark.parametrize("shape", [0.02, 0.5, 3.0])
def test_log_gamma_variate_is_the_logarithm(shape):
    state, other = seeded(), seeded()
    for _ in range(500):
        x = standard_gamma.standard_gamma(state, shape)
        assert math.isclose(math.exp(standard_gamma.log_standard_gamma(other, shape)), x, rel_tol=1e-12)


def test_dirichlet_equals_its_slow_twin():
    for alpha in ([0.5, 2.0, 7.0], [0.09, 0.3, 1.0, 2.0]):
        state, out = seeded(), np.empty(len(alpha))
        stream = twin.Stream(state)
        for _ in range(500):
            dirichlet.dirichlet(state, np.array(alpha), out)
            np.testing.assert_allclose(out, twin.dirichlet(stream, alpha), rtol=1e-12)


@pytest.mark.parametrize(
    "alpha", [[1e-3] * 5, [1e-10, 1e-9], [1e-300, 2e-300, 3.0], [5e-324, 5e-324, 0.0], [0.0, 1.0], [1e15, 1e15], [0.0, 1e-320, 2.0]]
)
def test_dirichlet_is_a_probability_vector(alpha):
    alpha = np.array(alpha)
    state, out = seeded(), np.empty(alpha.size)
    for _ in range(300):
        dirichlet.dirichlet(state, alpha, out)
        assert out.min() >= 0.0
        assert abs(out.sum() - 1.0) < 1e-15 * alpha.size
        assert (out[alpha == 0.0] == 0.0).all()


ALL_ONES = np.array([2**64 - 1, 0, 0, 0], np.uint64)  # the first word of this state has every bit set
ALL_ZEROS = np.zeros(4, np.uint64)


@pytest.mark.parametrize("state", [ALL_ONES, ALL_ZEROS], ids=["ones", "zeros"])
@pytest.mark.parametrize(("kernel", "slow", "parameters", "branches"), CASES, ids=IDS)
def test_extreme_words(kernel, slow, parameters, branches, state):
    for arguments in parameters:
        value = kernel(state.copy(), *arguments)
        assert math.isfinite(value) and value >= 0


@pytest.mark.parametrize(
    ("kernel", "arguments", "expected"),
    [
        (poisson.poisson, (0.0,), 0),
        (poisson.poisson, (1e-300,), 0),
        (poisson.poisson, (5e-324,), 0),
        (binomial_kernel.binomial, (0, 0.5), 0),
        (binomial_kernel.binomial, (-3, 0.5), 0),
        (binomial_kernel.binomial, (2**62, 0.0), 0),
        (binomial_kernel.binomial, (2**62, 1e-300), 0),
        (binomial_kernel.binomial, (2**62, 1.0), 2**62),
        (binomial_kernel.binomial, (7, 1.0 - 2.0**-53), 7),
        (standard_gamma.standard_gamma, (0.0,), 0.0),
        (standard_gamma.standard_gamma, (1e-300,), 0.0),
        (standard_gamma.log_standard_gamma, (0.0,), -math.inf),
        (standard_gamma.standard_gamma, (-1.0,), math.nan),
        (standard_gamma.standard_gamma, (math.nan,), math.nan),
        (beta_kernel.beta, (0.0, 1.0), math.nan),
        (beta_kernel.beta, (1e-300, 2.0), 0.0),
        (bounded_integers.integer_below, (1,), 0),
    ],
)
def test_degenerate_parameters(kernel, arguments, expected):
    assert np.array_equal(kernel(seeded(), *arguments), expected, equal_nan=True)


@pytest.mark.parametrize("shape", [5e-324, 1e-300, 1e-12, 1e-3])
def test_beta_of_tiny_shapes_is_one_or_zero_or_between(shape):
    state = seeded()
    draws = np.array([beta_kernel.beta(state, shape, shape) for _ in range(4000)])
    assert ((draws >= 0.0) & (draws <= 1.0)).all()
    assert testing.assert_probability(np.count_nonzero(draws > 0.5), draws.size, 0.5, detects=0.1).passed


def test_acceptance_exponent_is_smooth_where_the_series_takes_over():
    h = standard_gamma._acceptance_exponent
    for edge in (0.02, -0.02):
        assert math.isclose(h(math.nextafter(edge, 0.0)), h(math.nextafter(edge, 2 * edge)), rel_tol=1e-8)
