"""Too few draws for the effect asked for, and arguments that make no sense, are refused by name."""

import numpy as np
import pytest

from statsim import testing
from statsim.errors import ArgumentError

X = np.random.default_rng(1).normal(size=2000)
U = np.random.default_rng(2).random(2000)

TOO_SMALL = {
    "mean": lambda d: testing.assert_mean(X, 0, sd=1, detects=d),
    "mean, sd unknown": lambda d: testing.assert_mean(X, 0, detects=d),
    "mean, bounds": lambda d: testing.assert_mean(U, 0.5, bounds=(0, 1), detects=d),
    "variance": lambda d: testing.assert_variance(X, 1, normal=True, detects=d),
    "variance, any": lambda d: testing.assert_variance(X, 1, detects=d),
    "probability": lambda d: testing.assert_probability(1000, 2000, 0.5, detects=d),
    "cdf": lambda d: testing.assert_follows(U, lambda x: np.clip(x, 0, 1), detects=d),
    "probabilities": lambda d: testing.assert_follows(X > 0, {True: 0.5, False: 0.5}, detects=d),
    "same": lambda d: testing.assert_same_distribution(X, -X, detects=d),
    "labels": lambda d: testing.assert_same_distribution(X > 0, X < 0, detects=d),
    "independent": lambda d: testing.assert_independent(X, detects=d),
    "normal": lambda d: testing.assert_normal(X, detects={"lags": d}),
    "uniform": lambda d: testing.assert_uniform(U, detects={"cdf": d}),
}


@pytest.mark.parametrize("name", TOO_SMALL)
def test_too_few_draws_are_refused_with_the_number_needed(name):
    with testing.Budget() as budget, pytest.raises(testing.InsufficientSampleError, match=r"draw n = [\d,]+ or ask") as refused:
        TOO_SMALL[name](0.003)
    assert budget.count == 0
    assert refused.value.n_needed > 2000
    assert not isinstance(refused.value, AssertionError)


def test_the_number_named_is_enough_and_not_far_too_large():
    with pytest.raises(testing.InsufficientSampleError) as refused:
        testing.assert_mean(X, 0, sd=1, detects=0.02)
    n = refused.value.n_needed
    assert 250_000 < n < 270_000
    testing.assert_mean(np.random.default_rng(5).normal(size=n), 0, sd=1, detects=0.02)


BAD = {
    "nan": (lambda: testing.assert_mean([1.0, np.nan], 0), r"finite, got nan at index \(1,\)"),
    "empty": (lambda: testing.assert_mean([], 0), r"shape \(0,\)"),
    "single draw": (lambda: testing.assert_mean([1.0], 0), "at least 2 draws"),
    "alpha": (lambda: testing.assert_mean(X, 0, alpha=0.0), r"alpha .* 0\.0"),
    "detects": (lambda: testing.assert_mean(X, 0, detects=-1.0), r"detects .* -1\.0"),
    "sd": (lambda: testing.assert_mean(X, 0, sd=-2.0), r"sd .* -2\.0"),
    "ess": (lambda: testing.assert_mean(X, 0, ess=9e9), "ess .* 9000000000"),
    "bounds": (lambda: testing.assert_mean(X, 0, bounds=(-1, 1)), r"\(-1, 1\) must hold all draws"),
    "bounds order": (lambda: testing.assert_mean(X, 5, bounds=(-9, 4)), r"\(-9, 4\)"),
    "variance": (lambda: testing.assert_variance(X, 0.0), r"variance .* 0\.0"),
    "successes": (lambda: testing.assert_probability(11, 10, 0.5), "successes = 11, n = 10"),
    "half a success": (lambda: testing.assert_probability(1.5, 10, 0.5), r"1\.5"),
    "probability": (lambda: testing.assert_probability(1, 10, 1.5), r"1\.5"),
    "law sum": (lambda: testing.assert_follows([0, 1], [0.6, 0.6]), r"sum 1\.2"),
    "law shape": (lambda: testing.assert_follows(X, lambda x: 0.5), r"shape \(\)"),
    "law range": (lambda: testing.assert_follows(X, lambda x: x), r"values in \[0, 1\]"),
    "columns": (lambda: testing.assert_same_distribution(X[:, None], X), r"\(2000, 1\) and \(2000,\)"),
    "no labels": (lambda: testing.assert_same_distribution(["a"], []), r"\(0,\)"),
    "lags": (lambda: testing.assert_independent(X, lags=(0,)), r"lags .* \(0,\)"),
    "lengths": (lambda: testing.assert_independent(X, X[:-1]), "2000 and 1999"),
    "battery size": (lambda: testing.assert_normal(X[:99]), "got 99"),
    "battery part": (lambda: testing.assert_normal(X, detects={"kurtosis": 1}), "kurtosis"),
    "interval": (lambda: testing.assert_uniform(U, low=1, high=1), "low < high, got 1 and 1"),
    "z": (lambda: testing.z_score(1, 0, sd=0, ess=5), "sd .* 0"),
    "batches": (lambda: testing.batch_means(X, n_batches=5000), "5000"),
    "eps": (lambda: testing.Budget(0.0), r"0\.0"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_arguments_are_named_with_their_value(name):
    call, message = BAD[name]
    with pytest.raises(ArgumentError, match=message):
        call()
