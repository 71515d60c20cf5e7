"""Truncated normals and interval probabilities against 50-digit arithmetic, on both sides of every switch of method."""

import math

import numba
import numpy as np
import pytest

from statsim import testing
from statsim.kernels.mixture.truncated import log_interval
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.truncated_normal import truncated_normal
from statsim.kernels.variates.weighted_category import categorical, log_categorical
from tests.reference import truncated_normal as twin

INF = math.inf


@numba.njit
def fill(state, mean, sd, low, high, out):
    for i in range(out.size):
        out[i] = truncated_normal(state, mean, sd, low, high)


def draws(mean, sd, low, high, n=4000, seed=1):
    state, out = np.empty(4, np.uint64), np.empty(n)
    seed_block(np.uint64(seed), np.uint64(2), np.uint64(0), state)
    fill(state, float(mean), float(sd), float(low), float(high), out)
    return out


LAWS = [(0, 1, -INF, INF), (0, 1, -0.5, 0.9), (1, 2, -4, 5), (0, 1, 0, INF), (0, 1, 2, 2.1), (0, 1, 9, INF), (0, 1, 40, 40.01), (3, 0.5, -INF, -20)]


@pytest.mark.parametrize("law", LAWS)
def test_draws_follow_the_law(law):
    x = draws(*law)
    assert x.min() >= law[2] and x.max() <= law[3]
    levels = np.array(twin.quantile_levels(np.sort(x), *law))
    testing.assert_follows(levels, lambda u: np.clip(u, 0.0, 1.0))


def test_a_tail_without_its_rejection_is_found_out():
    x = 2.0 + -np.log1p(-np.random.default_rng(0).random(40_000)) / 2.0  # the exponential proposal alone
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(x - 2.0, twin.mean_excess(2.0))


@pytest.mark.parametrize("a", [0.5, 6.0, 1e3, 1e8])
def test_mean_excess_in_the_far_tail_counts_from_the_bound(a):
    """With the bound at 0 and the mean at -a nothing cancels, however far the tail."""
    x = draws(-a, 1.0, 0.0, INF, n=100_000)
    assert x.min() > 0.0
    with np.errstate(all="ignore"):
        expected = twin.mean_excess(a) if a < 1e4 else 1.0 / a
    testing.assert_mean(x / expected, 1.0)


@pytest.mark.parametrize("law", [(0, 1, 3.0, 2.0), (0, 0, 1.0, 2.0), (0, 1, INF, INF), (0, 1, -INF, -INF), (math.nan, 1, 0, 1), (0, 1, math.nan, 1), (0, INF, 0, 1), (INF, 1, 0, 1)])
def test_impossible_laws_give_nan(law):
    assert math.isnan(draws(*law, n=1)[0])


@pytest.mark.parametrize(("mean", "sd"), [(0.3, 1e200), (2.0, 1e300), (-5.0, 1.7e308)])
@pytest.mark.parametrize("width", [1e-150, 1e-300])
def test_a_width_of_nothing_in_units_of_sd_is_uniform(mean, sd, width):
    x = draws(mean * width, sd, -width, width)
    testing.assert_follows(x / width, lambda u: np.clip((u + 1.0) / 2.0, 0.0, 1.0))


def test_equal_bounds_give_the_bound():
    assert draws(0, 1, 2.0, 2.0, n=1)[0] == 2.0


@pytest.mark.parametrize("far", [1e155, 1e300])
def test_bounds_beyond_all_scales_give_the_bound(far):
    assert draws(0, 1, far, INF, n=3).tolist() == [far] * 3
    assert draws(0, 1, -INF, -far, n=3).tolist() == [-far] * 3


@pytest.mark.parametrize(
    ("a", "b"),
    [(-1, 2), (-0.3, 0.4), (-INF, 1), (0, INF), (1, 1.0005), (5, 5.1), (29.9, INF), (30.1, INF), (100, 101), (300, INF), (-7, -6), (-1e-3, 1e-3), (-0.1, 1.5)],
)
def test_log_interval(a, b):
    assert log_interval(float(a), float(b)) == pytest.approx(twin.log_interval(a, b), rel=1e-9, abs=1e-12)


def test_log_interval_of_nothing_and_of_everything():
    assert log_interval(2.0, 2.0) == -INF
    assert log_interval(-INF, INF) == 0.0


def test_categories_by_changing_weights():
    state = np.array([1, 2, 3, 4], np.uint64)
    weights = np.array([0.0, 1.0, 3.0, 0.0])
    found = np.array([categorical(state, weights) for _ in range(4000)])
    testing.assert_follows(found, {1: 0.25, 2: 0.75})
    logs = np.array([log_categorical(state, np.array([-INF, -1e5, -1e5 + math.log(3.0)])) for _ in range(4000)])
    testing.assert_follows(logs, {1: 0.25, 2: 0.75})
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(found, {1: 0.35, 2: 0.65})


@pytest.mark.parametrize("weights", [[0.0, 0.0], [1.0, -1.0], [1.0, math.nan], [1.0, INF]])
def test_weights_that_say_nothing_give_minus_one(weights):
    assert categorical(np.array([1, 2, 3, 4], np.uint64), np.array(weights)) == -1
    assert log_categorical(np.array([1, 2, 3, 4], np.uint64), np.array([-INF, -INF])) == -1
