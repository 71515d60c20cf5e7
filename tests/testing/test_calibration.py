"""Every random assertion holds its false-alarm rate, and finds the effect it states."""

import numpy as np
import pytest

from statsim import testing
from statsim.testing.follows import judge_follows
from statsim.testing.independent import judge_independent
from statsim.testing.laws import binomial, gaussian
from statsim.testing.mean import batch_means, judge_mean
from statsim.testing.normal import judge_normal
from statsim.testing.probability import judge_probability
from statsim.testing.same import judge_same_distribution
from statsim.testing.uniform import judge_uniform
from statsim.testing.variance import judge_variance
from statsim.testing.verdict import ALPHA, BETA

RUNS = 200
BATTERY_RUNS = 60
RATE = 0.05
SIXTHS = np.full(6, 1 / 6)


def autoregression(rng, n, phi=0.8):
    noise = rng.normal(size=n + 200)
    out = np.empty_like(noise)
    value = 0.0
    for i, e in enumerate(noise):
        out[i] = value = phi * value + e
    return out[200:]


TRUE = {
    "mean, sd known": lambda r, a: judge_mean(r.normal(size=50), 0, sd=1, alpha=a),
    "mean, sd known, skewed": lambda r, a: judge_mean(r.exponential(size=200), 1, sd=1, alpha=a),
    "mean, sd unknown": lambda r, a: judge_mean(r.normal(3, 2, size=20), 3, alpha=a),
    "mean, sd unknown, skewed": lambda r, a: judge_mean(r.exponential(size=300), 1, alpha=a),
    "mean, bounds": lambda r, a: judge_mean(r.random(30), 0.5, bounds=(0, 1), sd=12**-0.5, alpha=a),
    "mean, columns": lambda r, a: judge_mean(r.normal(size=(50, 3)), 0, alpha=a),
    "mean, batches": lambda r, a: judge_mean(batch_means(autoregression(r, 3000), n_batches=30), 0, alpha=a),
    "mean, ess": lambda r, a: judge_mean(autoregression(r, 2000), 0, sd=1 / 0.6, ess=2000 / 9, alpha=a),
    "variance, normal": lambda r, a: judge_variance(r.normal(size=40), 1, normal=True, alpha=a),
    "variance, any": lambda r, a: judge_variance(r.random(400), 1 / 12, alpha=a),
    "probability": lambda r, a: judge_probability(r.binomial(50, 0.1), 50, 0.1, alpha=a),
    "follows a cdf": lambda r, a: judge_follows(r.normal(size=100), gaussian.cdf, alpha=a),
    "follows probabilities": lambda r, a: judge_follows(r.integers(6, size=60), SIXTHS, alpha=a),
    "same, real": lambda r, a: judge_same_distribution(r.normal(size=100), r.normal(size=100), alpha=a),
    "same, real, unequal": lambda r, a: judge_same_distribution(r.normal(size=400), r.normal(size=30), alpha=a),
    "same, ties": lambda r, a: judge_same_distribution(r.poisson(2, 100), r.poisson(2, 100), alpha=a),
    "same, labels": lambda r, a: judge_same_distribution(r.choice(list("abc"), 60), r.choice(list("abc"), 90), alpha=a),
    "same, rows": lambda r, a: judge_same_distribution(r.normal(size=(60, 2)), r.normal(size=(60, 2)), alpha=a),
    "independent, lag": lambda r, a: judge_independent(r.exponential(size=400), alpha=a),
    "independent, pairs": lambda r, a: judge_independent(r.normal(size=300), r.poisson(3, 300), alpha=a),
    "normal": lambda r, a: judge_normal(r.normal(5, 3, size=1000), mean=5, sd=3, alpha=a),
    "uniform": lambda r, a: judge_uniform(r.random(1000), alpha=a),
}


@pytest.mark.parametrize("name", TRUE)
def test_false_alarms_are_no_more_than_stated(name, rng):
    runs = BATTERY_RUNS if name in ("normal", "uniform") else RUNS
    alarms = sum(not TRUE[name](rng, RATE).passed for _ in range(runs))
    testing.current_budget().charge(ALPHA)
    assert binomial.at_least(alarms, runs, RATE) > ALPHA


# each pair: a judge of draws shifted by d, and the size of the effect that the verdict states, at alpha 1e-7
WRONG = {
    "mean, sd known": lambda r, d: judge_mean(r.normal(d, size=500), 0, sd=1),
    "mean, sd unknown": lambda r, d: judge_mean(r.normal(d, size=500), 0),
    "mean, bounds": lambda r, d: judge_mean((r.random(300) < 0.3 + d).astype(float), 0.3, bounds=(0, 1)),
    "variance, normal": lambda r, d: judge_variance(r.normal(scale=np.sqrt(1 + d), size=3000), 1, normal=True),
    "variance, normal, less": lambda r, d: judge_variance(r.normal(scale=np.sqrt(1 - d), size=3000), 1, normal=True),
    "probability": lambda r, d: judge_probability(r.binomial(300, 0.3 + d), 300, 0.3),
    "probability, less": lambda r, d: judge_probability(r.binomial(300, 0.3 - d), 300, 0.3),
    "follows a cdf": lambda r, d: judge_follows(np.maximum(r.random(500), d), lambda x: np.clip(x, 0, 1)),
    "follows probabilities": lambda r, d: judge_follows(r.choice(3, 600, p=[0.2 + d, 0.4 - d / 2, 0.4 - d / 2]), [0.2, 0.4, 0.4]),
    "same, real": lambda r, d: judge_same_distribution(r.random(400), np.maximum(r.random(400), d)),
    "same, real, unequal": lambda r, d: judge_same_distribution(r.random(400), np.maximum(r.random(3000), d)),
    "same, labels": lambda r, d: judge_same_distribution(r.random(400) < 0.2, r.random(500) < 0.2 + d),
}
NOTHING = 1e-9


@pytest.mark.parametrize("name", WRONG)
def test_the_stated_effect_is_found(name, rng):
    delta = WRONG[name](rng, NOTHING).detects
    misses = sum(WRONG[name](rng, delta).passed for _ in range(100))
    testing.current_budget().charge(ALPHA)
    assert binomial.at_least(misses, 100, BETA) > ALPHA


@pytest.mark.parametrize("name", WRONG)
def test_the_stated_effect_is_not_a_gross_overstatement(name, rng):
    delta = WRONG[name](rng, NOTHING).detects
    assert sum(WRONG[name](rng, delta / 4).passed for _ in range(20)) >= 10
