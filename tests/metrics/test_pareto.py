"""Pareto-smoothed weights: equal to ArviZ and to a slow twin, right on tails of known shape, and weights at the edge."""


import numpy as np
import pytest
from arviz_stats.base import array_stats as arviz

from statsim import metrics, testing
from statsim.errors import ArgumentError
from statsim.metrics.chains import pareto
from statsim.metrics.chains.generalised_pareto import fit_generalised_pareto, generalised_pareto_quantile
from tests.reference import chains as twin

LAWS = {
    "light": lambda rng, n: rng.uniform(size=n),
    "normal": lambda rng, n: rng.normal(size=n),
    "heavy": lambda rng, n: rng.exponential(size=n) * 0.9,
    "huge": lambda rng, n: rng.normal(size=n) * 300 - 4000,
}


@pytest.mark.parametrize("n", [25, 100, 226, 1000, 20_000])
@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("efficiency", [1.0, 0.4])
def test_equal_to_arviz(n, law, efficiency):
    log_weights = LAWS[law](np.random.default_rng([41, n]), n)
    expected, k_hat = arviz.psislw(-log_weights, r_eff=efficiency)
    smoothed = metrics.pareto_smooth(log_weights, relative_efficiency=efficiency)
    np.testing.assert_allclose(smoothed.log_weights, expected, rtol=1e-9, atol=1e-9)
    assert smoothed.k_hat == pytest.approx(k_hat, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("attribute", "replacement"),
    [
        ("generalised_pareto_quantile", lambda p, shape, scale: generalised_pareto_quantile(p, shape=-shape, scale=scale)),
        ("fit_generalised_pareto", lambda x: fit_generalised_pareto(x[1:])),
        ("fit_generalised_pareto", lambda x: fit_generalised_pareto(x + x[0])),
    ],
)
def test_broken_twins_differ_from_arviz(attribute, replacement, monkeypatch):
    monkeypatch.setattr(pareto, attribute, replacement)
    log_weights = LAWS["normal"](np.random.default_rng(42), 1000)
    expected, _ = arviz.psislw(-log_weights)
    assert abs(metrics.pareto_smooth(log_weights).log_weights - expected).max() > 1e-6


def test_equal_to_the_slow_twin():
    log_weights = np.random.default_rng(43).normal(size=300)
    weights, k_hat = twin.pareto_smooth(log_weights.tolist())
    smoothed = metrics.pareto_smooth(log_weights)
    assert smoothed.k_hat == pytest.approx(k_hat, rel=1e-9)
    np.testing.assert_allclose(np.exp(smoothed.log_weights), weights, rtol=1e-9)


@pytest.mark.parametrize("shape", [-0.3, 0.2, 0.7, 1.5])
def test_the_fit_finds_a_known_shape(shape):
    rng = np.random.default_rng(44)
    found = []
    for _ in range(400):
        fitted, scale = fit_generalised_pareto(np.sort(generalised_pareto_quantile(rng.random(1000), shape=shape, scale=3.0)))
        found.append(((fitted * 1010 - 5) / 1000, scale))  # without the prior
    shapes, scales = np.array(found).T
    testing.assert_mean(shapes, shape, detects=0.05)
    testing.assert_mean(np.log(scales), np.log(3), detects=0.05)
    if abs(shape - 0.5) > 0.5:
        with pytest.raises(AssertionError):  # the broken twin: the prior taken for ten times as strong
            testing.assert_mean((shapes * 100 + 5) / 110, shape, detects=0.05)


def test_smoothed_weights_are_weights():
    log_weights = np.random.default_rng(45).normal(size=(4, 500)) * 3
    smoothed = metrics.pareto_smooth(log_weights)
    assert smoothed.log_weights.shape == (4, 500) and np.exp(smoothed.log_weights).sum() == pytest.approx(1)
    order = np.argsort(log_weights, axis=None)
    assert (np.diff(smoothed.log_weights.ravel()[order]) >= 0).all()
    assert (log_weights == np.random.default_rng(45).normal(size=(4, 500)) * 3).all()  # the argument is not touched
    shifted = metrics.pareto_smooth(log_weights + 1e5)
    assert shifted.k_hat == pytest.approx(smoothed.k_hat, rel=1e-8)


def test_limits():
    assert metrics.pareto_k_limit(10) == 0 and metrics.pareto_k_limit(100) == pytest.approx(0.5)
    assert metrics.pareto_k_limit(2200) == 0.7
    x = np.random.default_rng(46).normal(size=4000)
    assert metrics.pareto_smooth(-0.2 * x**2).reliable and not metrics.pareto_smooth(0.45 * x**2).reliable


def test_equal_weights_have_no_tail():
    noise = np.random.default_rng(47).integers(-3, 4, 1000) * 2.0**-50
    for log_weights in (np.zeros(1000), 5 + noise, np.where(np.arange(1000) % 2, 0.0, -np.inf)):
        smoothed = metrics.pareto_smooth(log_weights)
        assert smoothed.k_hat == -np.inf and smoothed.reliable
        np.testing.assert_allclose(np.exp(smoothed.log_weights).sum(), 1)


def test_a_tail_that_cannot_be_judged_is_not_trusted():
    few = np.full(1000, -np.inf)
    few[:3] = 0.0, 1.0, 2.0
    for log_weights in (few, np.random.default_rng(48).normal(size=24), np.array([0.0, 1.0])):
        smoothed = metrics.pareto_smooth(log_weights)
        assert smoothed.k_hat == np.inf and not smoothed.reliable
        np.testing.assert_allclose(np.exp(smoothed.log_weights), np.exp(log_weights) / np.exp(log_weights).sum())


@pytest.mark.parametrize(
    ("tail", "k_hat"),
    [
        ({3.0: 10, 2.0: 30, 1.0: 60}, -np.inf),
        ({3.0: 9, 2.0: 30, 1.0: 61}, np.inf),
        ({3.0: 10}, -np.inf),
        ({3.0: 9}, np.inf),
        ({9.0: 1, 8.0: 12, 7.0: 20, 1.0: 60}, np.inf),
    ],
)
def test_a_tail_of_a_few_atoms_is_judged_by_its_largest(tail, k_hat):
    log_weights = np.repeat([0.0, *tail], [2000, *tail.values()])
    smoothed = metrics.pareto_smooth(log_weights)
    assert smoothed.k_hat == k_hat and smoothed.reliable == (k_hat < 0)
    np.testing.assert_allclose(smoothed.log_weights, log_weights - np.log(np.exp(log_weights).sum()), atol=1e-12)


def test_ten_different_values_are_a_tail():
    log_weights = np.concatenate([np.zeros(2000), np.repeat(1 + np.arange(10.0) / 4, 9)])
    assert np.isfinite(metrics.pareto_smooth(log_weights).k_hat)
    assert metrics.pareto_smooth(np.concatenate([np.zeros(2000), np.repeat(1 + np.arange(9.0) / 4, 9)])).k_hat == np.inf


def test_weights_without_a_mean_are_seldom_trusted_for_their_ties(seed):
    """2^G, G geometric: the largest is met 10 times or more with probability sum_{k >= 10} 2^-k / (k log 2), about 2.6e-4."""
    rng, runs = np.random.default_rng(seed), 2000
    exact = sum(0.5**k / (k * np.log(2)) for k in range(10, 60))

    def ends(least):
        drawn = np.log(2) * rng.geometric(0.5, (runs, 1000))
        return int(((drawn > drawn.max(axis=1, keepdims=True) - 1e-9).sum(axis=1) >= least).sum())

    trusted = sum(metrics.pareto_smooth(np.log(2) * rng.geometric(0.5, 1000)).reliable for _ in range(runs))
    testing.assert_probability(trusted, runs, exact, detects=0.02)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):  # broken twin: five times are enough
        testing.assert_probability(ends(5), runs, exact, detects=0.02)


def test_zero_weights_and_ties_with_the_cut_off():
    rng = np.random.default_rng(49)
    log_weights = np.concatenate([np.full(960, -np.inf), rng.normal(size=40)])
    smoothed = metrics.pareto_smooth(log_weights)
    assert np.isfinite(smoothed.k_hat) and (smoothed.log_weights[:960] == -np.inf).all()
    tied = metrics.pareto_smooth(np.concatenate([np.zeros(960), 1 + rng.random(40)]))
    assert np.isfinite(tied.k_hat) and np.isfinite(tied.log_weights).all()


@pytest.mark.parametrize(
    ("log_weights", "message"),
    [
        ([0.0, np.nan], r"log_weights\[1\] = nan"),
        ([[0.0, np.inf]], r"log_weights\[0, 1\] = inf"),
        ([-np.inf, -np.inf], "all -inf"),
        ([1.0], "got 1"),
    ],
)
def test_bad_weights_are_named(log_weights, message):
    with pytest.raises(ArgumentError, match=message):
        metrics.pareto_smooth(log_weights)


def test_bad_efficiency_is_named():
    with pytest.raises(ArgumentError, match="relative_efficiency.*0"):
        metrics.pareto_smooth([0.0, 1.0], relative_efficiency=0)
