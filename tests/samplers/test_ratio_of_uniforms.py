"""Ratio of uniforms: the law, the acceptance known in closed form, and boxes that are too small."""

import numba
import numpy as np
import pytest
from scipy import stats

from statsim import testing
from statsim.errors import ArgumentError, SamplerError, TargetError
from statsim.kernels.univariate.ratio import fill_ratio
from statsim.samplers.univariate.ratio_box import find_box
from statsim.samplers.univariate.ratio_of_uniforms import RatioOfUniforms
from statsim.samplers.sampling import sample
from statsim.samplers.supports import CorrelationCholesky, Ordered, Positive, Real, Simplex
from statsim.samplers.targets.target import Target
from tests.reference.univariate import Words, in_ratio_box
from tests.samplers import line_targets as line

N = 100_000


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


@numba.njit
def _pair(x):
    return -0.5 * x[0] ** 2 + 2.0 * np.log(x[1]) - x[1] * (1.0 + 0.2 * x[0] ** 2)


@pytest.mark.parametrize("name", ["normal", "gamma 3", "cauchy", "exponential", "gamma 200"])
def test_draws_follow_the_law(name, seed):
    target, cdf = line.ANY[name]
    draws = sample(target, RatioOfUniforms(), draws=N, rng=seed)
    testing.assert_follows(draws.values[0, :, 0], cdf, detects=0.02)


def test_acceptance_is_that_of_the_region():
    draws = sample(line.NORMAL, RatioOfUniforms(), draws=N, rng=1)
    known = np.sqrt(np.pi * np.e) / 4.0 / 1.01  # area of the region over that of the box, the box enlarged by 1 %
    assert abs(draws.acceptance.rate - known) < 6 * draws.acceptance.standard_error


def test_heavy_tails_need_a_larger_power(seed):
    with pytest.raises(SamplerError, match="larger power"):
        sample(line.student(0.5), RatioOfUniforms(), draws=10, rng=0)
    draws = sample(line.student(0.5), RatioOfUniforms(power=2.5), draws=N, rng=seed)
    testing.assert_follows(draws.values[0, :, 0], stats.t(0.5).cdf, detects=0.02)


def test_two_coordinates_with_a_support(seed):
    target = Target(_pair, dim=2, support=[Real(), Positive()], **line.QUIET)
    draws = sample(target, RatioOfUniforms(center=[0.0, 2.0]), draws=N, rng=seed).values[0]
    scaled = draws[:, 1] * (1.0 + 0.2 * draws[:, 0] ** 2)  # gamma(3), whatever the first coordinate
    testing.assert_follows(scaled, stats.gamma(3).cdf, detects=0.02)
    testing.assert_independent(draws[:, 0], scaled, detects=0.05)


@numba.njit
def _independent_pair(x):
    return -0.5 * (x[0] ** 2 + x[1] ** 2)


def test_ordered_coordinates_come_in_order(seed):
    target = Target(_independent_pair, dim=2, support=Ordered(2), **line.QUIET)
    box = RatioOfUniforms(center=[0.0, 0.0], bounds=(0.0, -1.06, 1.06))  # the square root of 3 / e is 1.0505
    draws = sample(target, box, draws=20_000, rng=seed).values[0]
    assert (draws[:, 1] > draws[:, 0]).all()
    testing.assert_follows(draws[:, 1], lambda x: stats.norm.cdf(x) ** 2, detects=0.05)


@pytest.mark.parametrize("support", [Simplex(2), [CorrelationCholesky(2)]])
def test_a_support_that_no_box_hits_is_refused(support):
    target = Target(lambda x: 0.0, dim=2 if isinstance(support, Simplex) else 4, support=support, interpreted=True)
    with pytest.raises(ArgumentError, match=r"RatioOfUniforms: .*cannot hit the support.*NUTS\(\)"):
        sample(target, RatioOfUniforms(), draws=10, rng=0)


def test_a_forgotten_power_is_found(seed):
    draws = sample(line.NORMAL, RatioOfUniforms(), draws=N, rng=seed)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(draws.values[0, :, 0] / 1.05, stats.norm.cdf)


@pytest.mark.parametrize("power", [1.0, 0.5])
def test_kernel_equals_its_twin(power):
    box, key = find_box(line.NORMAL, power, None), np.array([8, 9], np.uint64)
    rows, places, report = np.empty((1024, 1)), np.empty(1024, np.int64), np.empty(5)
    count = fill_ratio(line.NORMAL.context(), box.log_max, key, 0, 1024, box.center, box.low, box.high, power, rows, places, report)
    words = Words(key, 0)
    twin = [in_ratio_box(words, lambda x: -0.5 * x[0] ** 2, box.center, box.low, box.high, power) for _ in range(1024)]
    np.testing.assert_array_equal(places[:count], [i for i, (_, accepted) in enumerate(twin) if accepted])
    np.testing.assert_allclose(rows[:count, 0], [x[0] for x, accepted in twin if accepted], rtol=1e-12)


@pytest.mark.parametrize(
    ("bounds", "message"),
    [((7.0, -0.5, 0.9), r"box of x\[0\], \[-0.5, 0.9\], is violated: at x = \[-"), ((6.9, -0.9, 0.9), r"log_max = 6.9 is violated: at x = \[")],
)
def test_a_box_that_is_too_small_raises(bounds, message):
    with pytest.raises(SamplerError, match=message):
        sample(line.NORMAL, RatioOfUniforms(center=0.0, bounds=bounds), draws=N, rng=0)


def test_a_box_of_the_users(seed):
    draws = sample(line.NORMAL, RatioOfUniforms(center=0.0, bounds=(7.0, -0.9, 0.9)), draws=N, rng=seed)
    testing.assert_follows(draws.values[0, :, 0], stats.norm.cdf, detects=0.02)


def test_same_bits_for_any_threads():
    one, three = (sample(line.QUARTIC, RatioOfUniforms(), draws=40_000, rng=5, num_threads=threads) for threads in (1, 3))
    np.testing.assert_array_equal(one.values, three.values)
    assert one.acceptance == three.acceptance


def test_wrong_arguments_are_refused():
    with pytest.raises(ArgumentError, match="needs center"):
        sample(line.NORMAL, RatioOfUniforms(bounds=(7.0, -1.0, 1.0)), draws=10, rng=0)
    with pytest.raises(ArgumentError, match="low=.0.5"):
        sample(line.NORMAL, RatioOfUniforms(center=0.0, bounds=(7.0, 0.5, 1.0)), draws=10, rng=0)
    with pytest.raises(ArgumentError, match="power"):
        RatioOfUniforms(power=0.0)
    with pytest.raises(TargetError, match="nan"):
        sample(Target(lambda x: np.nan if x[0] > 1 else -(x[0] ** 2), dim=1, interpreted=True), RatioOfUniforms(), draws=10, rng=0)
