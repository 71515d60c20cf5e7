"""Each assertion on a good sample and on its broken twin; the message says what was wrong."""

import math

import numpy as np
import pytest

from statsim import testing
from statsim.testing import StatisticalAssertionError


def poisson(rate, size):
    return [math.exp(-rate) * rate**k / math.factorial(k) for k in range(size)]


def test_mean_of_columns(rng):
    draws = rng.normal([1.0, 2.0], [1.0, 5.0], size=(20_000, 2))
    testing.assert_mean(draws, [1.0, 2.0], sd=[1.0, 5.0])
    with pytest.raises(StatisticalAssertionError, match=r"column 1 of 2; mean 2\.5.*n = 20,000; finds an error in the mean of"):
        testing.assert_mean(draws, [1.0, 2.5], sd=[1.0, 5.0])


def test_mean_of_a_constant():
    testing.assert_mean(np.full(10, 3.0), 3.0)
    with pytest.raises(StatisticalAssertionError):
        testing.assert_mean(np.full(10, 3.0), 3.1)


@pytest.mark.parametrize("scale", [2.0**-500, 2.0**500])
def test_mean_and_variance_at_extreme_scales(rng, scale):
    draws = rng.normal(size=10_000)
    assert testing.assert_mean(draws * scale, 0.0).p_value == pytest.approx(testing.assert_mean(draws, 0.0).p_value, rel=1e-9)
    testing.assert_variance(draws * scale, scale**2)


def test_correlated_draws_need_batches_or_ess(rng):
    draws = np.repeat(rng.normal(size=2_000), 100)
    testing.assert_mean(testing.batch_means(draws, n_batches=200), 0.0)
    testing.assert_mean(draws, 0.0, sd=1.0, ess=2_000)
    with pytest.raises(StatisticalAssertionError):
        testing.assert_mean(testing.batch_means(draws + 0.3, n_batches=200), 0.0)


def test_batch_means_keeps_chains_apart():
    draws = np.arange(14.0).reshape(2, 7)
    np.testing.assert_array_equal(testing.batch_means(draws, n_batches=3), [1.5, 3.5, 5.5, 8.5, 10.5, 12.5])


def test_variance(rng):
    draws = rng.exponential(size=200_000)
    testing.assert_variance(draws, 1.0, detects=0.08)
    with pytest.raises(StatisticalAssertionError, match="relative error in the variance"):
        testing.assert_variance(draws * 1.05, 1.0)


def test_probability_at_the_ends():
    testing.assert_probability(0, 100, 0.0)
    testing.assert_probability(100, 100, 1.0)
    with pytest.raises(StatisticalAssertionError):
        testing.assert_probability(1, 10**9, 0.0)
    with pytest.raises(StatisticalAssertionError):
        testing.assert_probability(99, 100, 1.0)


def test_probability_off_by_one_in_a_million_million():
    n = 10**12
    testing.assert_probability(n // 3 + 10**6, n, 1 / 3)
    with pytest.raises(StatisticalAssertionError):
        testing.assert_probability(n // 3 + 4 * 10**6, n, 1 / 3)


def test_follows_a_law_with_atoms(rng):
    draws = np.maximum(rng.random(50_000), 0.3)
    testing.assert_follows(draws, lambda x: np.where(x < 0.3, 0.0, np.minimum(x, 1.0)), detects=0.03)
    with pytest.raises(StatisticalAssertionError, match="largest gap at 0.3"):
        testing.assert_follows(draws, lambda x: np.clip(x, 0.0, 1.0))


def test_follows_counts_with_a_rest(rng):
    testing.assert_follows(rng.poisson(3.0, 100_000), poisson(3.0, 12), detects=0.03)
    with pytest.raises(StatisticalAssertionError):
        testing.assert_follows(rng.poisson(3.12, 100_000), poisson(3.0, 12))
    with pytest.raises(StatisticalAssertionError, match="any other value"):
        testing.assert_follows(np.append(rng.integers(3, size=999), 3), np.full(3, 1 / 3))


def test_follows_labels(rng):
    law = {"yes": 0.25, "no": 0.75}
    testing.assert_follows(rng.choice(["yes", "no"], 40_000, p=[0.25, 0.75]), law)
    with pytest.raises(StatisticalAssertionError, match="yes|no|cells"):
        testing.assert_follows(rng.choice(["yes", "no"], 40_000, p=[0.28, 0.72]), law)


def test_same_distribution_sees_a_dependence_of_columns(rng):
    x, y = rng.normal(size=(2, 20_000, 3))
    testing.assert_same_distribution(x, y, detects=0.07)
    y[:, 2] = 0.8 * y[:, 0] + 0.6 * y[:, 2]
    with pytest.raises(StatisticalAssertionError, match=r"columns 0 [+-] 2"):
        testing.assert_same_distribution(x, y)


def test_same_distribution_of_labels(rng):
    x, y = rng.choice(list("abcd"), (2, 30_000))
    testing.assert_same_distribution(x, y)
    fewer = np.where((y == "a") & (rng.random(y.size) < 0.2), "b", y)
    with pytest.raises(StatisticalAssertionError, match="value .*[ab]"):
        testing.assert_same_distribution(x, fewer)


def test_same_distribution_of_sorted_samples_of_other_sizes(rng):
    testing.assert_same_distribution(np.sort(rng.normal(size=9_000)), np.sort(rng.normal(size=10_000)))


def test_independence(rng):
    x = rng.normal(size=40_000)
    testing.assert_independent(x, lags=(1, 2, 5), detects=0.09)
    testing.assert_independent(x, rng.poisson(2.0, x.size))
    with pytest.raises(StatisticalAssertionError, match="rank correlation"):
        testing.assert_independent(x, x * 0.06 + rng.normal(size=x.size))
    with pytest.raises(StatisticalAssertionError, match="rank cell"):
        testing.assert_independent(x, x**2 + rng.normal(size=x.size))
    with pytest.raises(StatisticalAssertionError, match="draws 2 apart"):
        testing.assert_independent(x[2:] + 0.2 * x[:-2], lags=(1, 2))


def test_z_score():
    assert testing.z_score(1.5, 1.0, sd=2.0, ess=64) == 2.0


def test_verdict_says_everything(rng):
    verdict = testing.assert_mean(rng.normal(size=1000), 0.0, sd=1.0)
    assert verdict.passed
    assert verdict.n == 1000
    assert verdict.alpha == 4e-8
    assert verdict.p_value > 4e-8
    assert verdict.detects == pytest.approx((5.3267 + 4.7534) / math.sqrt(1000), rel=0.02)
    for said in ("mean 0, sd 1", "p = ", "n = 1,000", "1 - 1e-06"):
        assert said in verdict.message


def test_failure_carries_its_verdict():
    with pytest.raises(StatisticalAssertionError) as caught:
        testing.assert_probability(90, 100, 0.1)
    assert caught.value.verdict.statistic == 0.9
    assert not caught.value.verdict.passed
