"""Broken normal and uniform samplers, each of which the battery must reject, by the part that is there for it."""

import math

import numpy as np
import pytest

from statsim import testing
from statsim.testing.follows import judge_follows
from statsim.testing.laws import gaussian

BASE = 3.6541528853610088  # start of the tail in a ziggurat of 256 layers (Marsaglia and Tsang 2000)
N = 1_000_000


def without_base_layer(rng, n):
    z = rng.normal(size=n + n // 8)
    kept = (np.abs(z) < BASE) & (rng.random(z.size) > np.exp(0.5 * (z * z - BASE**2)))
    return z[kept][:n]


def folded_tail(rng, n):
    z = rng.normal(size=n)
    return np.where(np.abs(z) > BASE, np.sign(z) * (2 * BASE - np.abs(z)), z)


def twelve_uniforms(rng, n):
    return sum(rng.random(n) for _ in range(12)) - 6.0


def rounded(rng, n):
    return np.round(rng.normal(size=n) * 2**13) / 2**13


def repeated(rng, n):
    z = rng.normal(size=n)
    z[n // 2 : n // 2 + 20] = z[:20]
    return z


def correlated(rng, n, rho=0.0125):
    z = rng.normal(size=n + 1)
    return math.sqrt(1 - rho**2) * z[1:] + rho * z[:-1]


def shared_scale(rng, n):
    scale = np.where(rng.random(n // 2) < 0.5, 0.9, math.sqrt(2 - 0.81))
    return rng.normal(size=n) * np.repeat(scale, 2)


def same_size_in_pairs(rng, n):
    z = np.abs(rng.normal(size=n))
    z[1::2] = np.where(rng.random(n // 2) < 0.05, z[::2] * (1 + 1e-9), z[1::2])
    return z * rng.choice([-1.0, 1.0], n)


def heavier_far_tail(rng, n):
    z = rng.normal(size=n)
    z[rng.random(n) < 1e-4] *= 9.0
    return z


def slightly_skewed(rng, n, shape=1000.0):
    return (rng.gamma(shape, size=n) - shape) / math.sqrt(shape)


BROKEN_NORMALS = {
    "tails": [without_base_layer, folded_tail, heavier_far_tail],
    "fourth": [twelve_uniforms],
    "third": [slightly_skewed],
    "ties": [rounded, repeated, lambda rng, n: rng.normal(size=n).astype(np.float32)],
    "variance": [lambda rng, n: rng.normal(scale=math.sqrt(1.0155), size=n)],
    "mean": [lambda rng, n: rng.normal(0.0108, size=n)],
    "lags": [correlated],
    "pairs": [same_size_in_pairs],
}


CASES = [(part, sampler) for part, samplers in BROKEN_NORMALS.items() for sampler in samplers]


@pytest.mark.parametrize(("part", "sampler"), CASES, ids=[f"{part}-{i}" for i, (part, _) in enumerate(CASES)])
def test_broken_normal_samplers_are_rejected_by_their_part(part, sampler, rng):
    with pytest.raises(testing.StatisticalAssertionError) as caught:
        testing.assert_normal(sampler(rng, N))
    rejecting = [v.law.split(":")[0] for v in caught.value.verdict.parts if not v.passed]
    assert part in rejecting


def test_distance_alone_misses_most_of_them(rng):
    found = sum(not judge_follows(sampler(rng, 200_000), gaussian.cdf).passed for _, sampler in CASES)
    assert found <= 3


def test_good_normals_pass(rng):
    testing.assert_normal(rng.normal(size=N), detects={"mean": 0.0108, "variance": 0.0155, "lags": 0.012})
    testing.assert_normal(rng.normal(size=100_000).astype(np.float32), resolution=2.0**-20)


def test_half_a_percent_of_variance_needs_nine_million_draws(rng):
    with pytest.raises(testing.InsufficientSampleError) as refused:
        testing.assert_variance(rng.normal(size=1000), 1.0, mean=0.0, normal=True, detects=0.005)
    n = refused.value.n_needed
    assert 7_500_000 < n < 9_000_000
    draws = rng.normal(size=n)
    testing.assert_variance(draws, 1.0, mean=0.0, normal=True, detects=0.005)
    with pytest.raises(testing.StatisticalAssertionError, match="chi-square"):
        testing.assert_variance(draws * math.sqrt(1.005), 1.0, mean=0.0, normal=True)


BROKEN_UNIFORMS = {
    "range": lambda rng, n: np.where(rng.random(n) < 1e-3, 1.0, rng.random(n)),
    "first": lambda rng, n: rng.random(n) ** 1.05,
    "second": lambda rng, n: rng.beta(1.04, 1.04, size=n),
    "cells": lambda rng, n: np.where((u := rng.random(n)) < 1 / 64, u + 1 / 64 * (rng.random(n) < 0.3), u),
    "ties": lambda rng, n: rng.random(n, dtype=np.float32),
    "lags": lambda rng, n: (0.94 * (u := rng.random(n)) + 0.06 * np.roll(u, 2)) % 1.0,
    "pairs": lambda rng, n: (np.repeat(rng.random(n // 2), 2) + np.tile([0.0, 0.37], n // 2) + 0.6 * rng.random(n)) % 1.0,
}


@pytest.mark.parametrize("part", BROKEN_UNIFORMS)
def test_broken_uniform_samplers_are_rejected_by_their_part(part, rng):
    with pytest.raises(testing.StatisticalAssertionError) as caught:
        testing.assert_uniform(BROKEN_UNIFORMS[part](rng, 300_000))
    assert part in [v.law.split(":")[0] for v in caught.value.verdict.parts if not v.passed]


def test_good_uniforms_pass(rng):
    testing.assert_uniform(rng.random(N), detects={"cdf": 0.006, "first": 0.007})
    testing.assert_uniform(rng.uniform(-3, 5, size=10_000), low=-3, high=5)
