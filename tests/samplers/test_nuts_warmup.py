"""What warm-up must reach: the target acceptance, and a target of ten thousand dimensions in stated memory."""

import tracemalloc

import numpy as np
import pytest
from scipy import stats

from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.sampling import sample
from tests.reference.posteriors import eight_schools
from tests.samplers import known, known_answers
from tests.samplers.agreement import Truth, assert_agrees

ROWS = 250
"""Vectors that a chain works in, at the default depth: four pools of 40 rows, sums of momenta, moments, up to fifty draws of warm-up."""

TARGETS = {
    "scales": known_answers.scaled_normal(np.logspace(-2, 2, 100)),
    "correlated": known.normal_target(np.zeros(10), np.full((10, 10), 0.9) + 0.1 * np.eye(10)),
    "heavy tails": known_answers.students(4, 3),
    "eight schools": eight_schools.schools_non_centred().target,
}
CASES = [("scales", 0.8), ("correlated", 0.8), ("eight schools", 0.8), *((name, 0.95) for name in TARGETS)]


@pytest.mark.parametrize(("name", "target_accept"), CASES)
def test_the_acceptance_reaches_its_target(name, target_accept):
    draws = sample(TARGETS[name], NUTS(target_accept=target_accept), chains=12, draws=300, rng=3, diagnose=False)
    assert abs(draws.stats["acceptance"].mean() - target_accept) < 0.03


def test_the_acceptance_moves_with_its_target():
    low, high = (sample(TARGETS["correlated"], NUTS(target_accept=a), draws=300, rng=3, diagnose=False).stats["acceptance"].mean() for a in (0.6, 0.9))
    assert high - low > 0.2


def test_ten_thousand_dimensions():
    d, chains, kept = 10_000, 2, 100
    scale = np.logspace(-1, 1, d)
    target = known_answers.scaled_normal(scale)
    sample(target, NUTS(), chains=1, warmup=0, draws=1, rng=0, diagnose=False)  # compiled before memory is measured
    tracemalloc.start()
    draws = sample(target, NUTS(), chains=chains, warmup=300, draws=kept, rng=5, diagnose=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < draws.values.nbytes + chains * ROWS * d * 8
    z = draws.values / scale
    assert_agrees((z**2).mean(axis=2, keepdims=True), Truth(mean=np.ones(1)))
    assert_agrees(z[..., ::1000], known_answers.truth_of([stats.norm()] * 10))
    assert not draws.stats["divergent"].any()
