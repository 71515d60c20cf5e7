"""Adaptive rejection: the law with and without slopes, and the recognition of what is not log-concave."""

import numpy as np
import pytest
from scipy import stats

from statsim import testing
from statsim.errors import ArgumentError, SamplerError
from statsim.kernels.univariate.hull import fill_under_hull
from statsim.kernels.variates.categorical import alias_table
from statsim.samplers.univariate.adaptive_rejection import AdaptiveRejection
from statsim.samplers.univariate.hull import build_hull
from statsim.samplers.sampling import sample
from statsim.samplers.targets.target import Target
from tests.reference.univariate import Words, under_hull
from tests.samplers import line_targets as line

N = 100_000


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


@pytest.mark.parametrize("name", line.LOG_CONCAVE)
def test_draws_follow_the_law(name, seed):
    target, cdf = line.LOG_CONCAVE[name]
    draws = sample(target, AdaptiveRejection(), draws=N, rng=seed)
    testing.assert_follows(draws.values[0, :, 0], cdf, detects=0.02)
    assert draws.acceptance.rate > 0.9
    assert draws.acceptance.evaluations < 0.2 * N


def test_a_loose_hull_and_a_far_tail_follow_the_law(seed):
    draws = sample(line.NORMAL_WITH_SLOPE, AdaptiveRejection(max_points=5, domain=(4.0, np.inf)), draws=N, rng=seed)
    testing.assert_follows(draws.values[0, :, 0], stats.truncnorm(4.0, np.inf).cdf, detects=0.02)


def hull_of_the_normal(slopes=True):
    x = np.array([-1.5, -0.4, 0.3, 1.2])
    return build_hull(x, -0.5 * x**2, -x if slopes else None, low=-np.inf, high=np.inf)


@pytest.mark.parametrize("slopes", [True, False])
def test_hull_is_above_and_squeeze_below(slopes):
    hull = hull_of_the_normal(slopes)
    for (c, top, rate, side, width, _), (origin, level, slope) in zip(hull.pieces, hull.chords, strict=True):
        d = np.linspace(0.0, min(width, 5.0), 50)
        x = c + side * d
        assert (top - rate * d >= -0.5 * x**2 - 1e-12).all()
        assert (level + slope * (x - origin) <= -0.5 * x**2 + 1e-12).all()
    ends = np.sort(np.concatenate([hull.pieces[:, 0], hull.pieces[:, 0] + hull.pieces[:, 3] * hull.pieces[:, 4]]))
    np.testing.assert_allclose(ends[1:-1:2], ends[2::2])  # without gap or overlap


def fill(hull, block=0):
    rows, places, report = np.empty(1024), np.empty(1024, np.int64), np.empty(5)
    threshold, alias = alias_table(hull.probabilities())
    key = np.array([8, 9], np.uint64)
    context = line.NORMAL.context()
    count = fill_under_hull(context, 7.0, key, block, 1024, threshold, alias, hull.pieces, hull.chords, rows, places, report)
    return rows[:count], places[:count], report, (key, threshold, alias)


def test_kernel_equals_its_twin():
    hull = hull_of_the_normal()
    rows, places, report, (key, threshold, alias) = fill(hull)
    words = Words(key, 0)

    def component(words):
        product = words.word() * len(threshold)
        i, position = product >> 64, (product % 2**64 >> 11) * 2.0**-53
        return i if position < threshold[i] else int(alias[i])

    twin = [under_hull(words, lambda x: -0.5 * x**2, component, hull.pieces, hull.chords) for _ in range(1024)]
    np.testing.assert_array_equal(places, [i for i, (_, accepted) in enumerate(twin) if accepted])
    np.testing.assert_allclose(rows, [x for x, accepted in twin if accepted], rtol=1e-12)
    assert report[1] == -1


@pytest.mark.parametrize(("column", "change"), [(1, -0.2), (1, -3.0)])
def test_a_hull_that_is_too_low_is_met(column, change):
    hull = hull_of_the_normal()
    hull.pieces[:, column] += change
    _, _, report, _ = fill(hull)
    assert report[1] >= 0
    assert report[3] > report[4]


def test_a_squeeze_that_is_too_high_is_met():
    hull = hull_of_the_normal()
    hull.chords[:, 1] += 0.05
    assert any(fill(hull, block)[2][1] >= 0 for block in range(20))


def test_an_area_that_is_wrong_is_found(seed):
    hull = hull_of_the_normal()
    hull.log_areas[0] += 0.3
    draws = np.concatenate([fill(hull, seed % 1000 + block)[0] for block in range(100)])
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(draws, stats.norm.cdf)


@pytest.mark.parametrize("domain", [None, (-3.0, 3.0)])
def test_what_is_not_log_concave_is_recognised(domain):
    with pytest.raises(SamplerError, match=r"not log-concave.*x = -?\d"):
        sample(line.student(3), AdaptiveRejection(domain=domain), draws=10_000, rng=0)


def test_two_modes_are_recognised():
    with pytest.raises(SamplerError, match=r"not log-concave.*x = -?\d"):
        sample(line.TWO_MODES, AdaptiveRejection(), draws=10_000, rng=0)


def test_a_wrong_gradient_is_recognised():
    target = Target(lambda x: -0.5 * x[0] ** 2, lambda x: x, dim=1, interpreted=True)
    with pytest.raises(SamplerError, match="gradient is wrong"):
        sample(target, AdaptiveRejection(), draws=1000, rng=0)


def test_an_endless_density_is_refused():
    with pytest.raises(SamplerError, match="does not fall fast enough"):
        sample(line.ENDLESS, AdaptiveRejection(), draws=10, rng=0)


def test_same_bits_for_any_threads():
    one, three = (sample(line.QUARTIC, AdaptiveRejection(), draws=40_000, rng=5, num_threads=threads) for threads in (1, 3))
    np.testing.assert_array_equal(one.values, three.values)
    assert one.acceptance == three.acceptance


def test_wrong_arguments_are_refused():
    with pytest.raises(ArgumentError, match="gradient"):
        sample(line.NORMAL, AdaptiveRejection(use_gradient=True), draws=10, rng=0)
    with pytest.raises(ArgumentError, match="max_points"):
        AdaptiveRejection(max_points=2)
    with pytest.raises(ArgumentError, match="dim=2"):
        sample(Target(lambda x: 0.0, dim=2, interpreted=True), AdaptiveRejection(), draws=10, rng=0)
