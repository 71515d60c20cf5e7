"""Resampling: the laws of the counts, and what every method must keep whatever the weights."""

import numpy as np
import pytest

from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.streams import fill_uniform
from statsim.samplers.importance.resampling import RESAMPLERS, resample, resample_with
from statsim.samplers.importance.seeds import part_random
from tests.reference import resampling as twin

WEIGHTS = np.array([0.05, 0.0, 0.31, 0.002, 0.398, 0.24, 0.0])
N, TIMES = 9, 10_000
SD = np.sqrt(N * WEIGHTS * (1 - WEIGHTS))[WEIGHTS > 0]  # of multinomial counts; the other methods vary less


def counts(method, *, times=TIMES, seed=0):
    random = part_random(seed, 0)
    return np.array([np.bincount(resample_with(random, WEIGHTS, N, method), minlength=len(WEIGHTS)) for _ in range(times)])


@pytest.mark.parametrize("method", RESAMPLERS)
def test_every_index_is_expected_n_times_its_weight(method, seed):
    found = counts(method, seed=seed)
    assert (found.sum(axis=1) == N).all()
    assert (found[:, WEIGHTS == 0] == 0).all()
    testing.assert_mean(found[:, WEIGHTS > 0], N * WEIGHTS[WEIGHTS > 0], sd=SD, bounds=(0, N), detects=0.25)


def test_a_comb_that_is_not_shifted_is_found(rng):
    def broken():
        return np.bincount(twin.lookup((np.arange(N) + 0.5) / N, WEIGHTS), minlength=len(WEIGHTS))

    found = np.array([broken() for _ in range(TIMES)])
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(found[:, WEIGHTS > 0], N * WEIGHTS[WEIGHTS > 0], sd=SD, bounds=(0, N))


def test_multinomial_counts_vary_as_binomial_ones_do(seed):
    found = counts("multinomial", seed=seed)[:, 4]
    testing.assert_variance(found, N * 0.398 * 0.602, mean=N * 0.398, detects=0.25)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_variance(counts("stratified", seed=seed)[:, 4], N * 0.398 * 0.602)


def test_methods_keep_to_their_bounds(rng):
    for n in (1, 5, 64, 1000):
        weights = rng.dirichlet(np.full(40, 0.3))
        expected = n * weights
        found = {method: np.bincount(resample(weights, n, method=method, rng=n), minlength=40) for method in RESAMPLERS}
        assert (np.abs(found["systematic"] - expected) < 1 + 1e-9).all()
        assert (np.abs(found["stratified"] - expected) < 2).all()
        assert (found["residual"] >= np.floor(expected - 1e-9)).all()
        assert all(np.sum(array) == n for array in found.values())


@pytest.mark.parametrize("method", ["multinomial", "stratified", "systematic"])
def test_kernel_equals_its_slow_twin(method, rng):
    weights = rng.dirichlet(np.full(30, 0.5))
    random = part_random(3, 1)
    uniforms = np.empty(200)
    fill_uniform(random.copy(), uniforms)
    found = resample_with(random, weights, 200, method)
    arguments = (uniforms[0], 200) if method == "systematic" else (uniforms,)
    if method == "multinomial":  # its uniforms are the open ones, 2^-53 away: an index at a seam may differ
        assert np.count_nonzero(found != twin.multinomial(uniforms, weights)) <= 1
    else:
        assert np.array_equal(found, getattr(twin, method)(*arguments, weights))


@pytest.mark.parametrize("method", RESAMPLERS)
def test_edges(method):
    assert resample([0.0, 3.0, 0.0], 4, method=method, rng=0).tolist() == [1, 1, 1, 1]
    assert resample([1.0], 3, method=method, rng=0).tolist() == [0, 0, 0]
    assert resample([1e-300, 1e-300], 2, method=method, rng=0).max() <= 1
    assert resample([1.0, 2.0], 0, method=method, rng=0).tolist() == []
    thirds = resample(np.full(3, 1 / 3), 3000, method=method, rng=1)
    assert (np.diff(thirds) >= 0).all()
    assert thirds.max() == 2


def test_bad_input_is_refused():
    with pytest.raises(ArgumentError, match="weights.*-1"):
        resample([1.0, -1.0], 2)
    with pytest.raises(ArgumentError, match="positive sum"):
        resample([0.0, 0.0], 2)
    with pytest.raises(ArgumentError, match="'best'"):
        resample([1.0], 2, method="best")
    with pytest.raises(ArgumentTypeError, match="n must be an integer"):
        resample([1.0], 2.5)
