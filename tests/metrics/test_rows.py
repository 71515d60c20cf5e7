"""Whole rows: classifier, energy, missing patterns, copies; each with a broken twin."""

import numpy as np
import pytest
import scipy.stats

from statsim import metrics
from statsim.errors import ArgumentError


def rows(seed, n, *, correlation=0.8):
    g = np.random.default_rng([31, seed, n])
    z = g.normal(size=(n, 2))
    return np.column_stack([z[:, 0], correlation * z[:, 0] + np.sqrt(1 - correlation**2) * z[:, 1], g.integers(0, 3, n)])


CATEGORICAL = [False, False, True]


def test_classifier_guesses_on_equal_laws_at_its_rate():
    p = np.array([metrics.classifier_two_sample(rows(s, 80), rows(s, 160), categorical=CATEGORICAL, rng=s).p_value for s in range(20)])
    assert scipy.stats.binom.sf((p <= 0.1).sum() - 1, 20, 0.1) > 1e-7
    areas = [metrics.classifier_two_sample(rows(s, 80), rows(s, 160), categorical=CATEGORICAL, rng=s).value for s in range(20)]
    assert np.mean(areas) == pytest.approx(0.5, abs=5 * 0.04 / np.sqrt(20))


def test_classifier_finds_a_broken_correlation_that_margins_hide():
    score = metrics.classifier_two_sample(rows(1, 400), rows(1, 3000, correlation=0.0), categorical=CATEGORICAL)
    assert score.value > 0.6 and score.p_value < 1e-6 and score.value - 5 * score.error > 0.5


def test_classifier_takes_missing_values_and_many_categories():
    g = np.random.default_rng(2)
    x = np.column_stack([g.normal(size=900), g.integers(0, 400, 900)])
    x[::7, 0], x[::5, 1] = np.nan, np.nan
    assert 0.3 < metrics.classifier_two_sample(x[:400], x[400:], categorical=[False, True]).value < 0.7


def test_classifier_repeats_itself_and_refuses_few_rows():
    a, b = rows(3, 60), rows(4, 90)
    assert metrics.classifier_two_sample(a, b, rng=5) == metrics.classifier_two_sample(a, b, rng=5)
    with pytest.raises(ArgumentError, match="real has 19 and synthetic 90 rows"):
        metrics.classifier_two_sample(a[:19], b)
    with pytest.raises(ArgumentError, match="equal columns"):
        metrics.classifier_two_sample(a, b[:, :2])


def test_energy_of_rows():
    p = [metrics.energy_distance(rows(s, 60), rows(s, 90), permutations=99, rng=s).p_value for s in range(100)]
    assert scipy.stats.binom.sf((np.array(p) <= 0.1).sum() - 1, 100, 0.1) > 1e-7
    broken = metrics.energy_distance(rows(1, 300), rows(1, 900, correlation=-0.5), permutations=199)
    assert broken.p_value == 1 / 200 and broken.value > 4 * broken.expected
    assert metrics.energy_distance(rows(1, 300), rows(1, 900), max_rows=100).n_synthetic == 100
    with pytest.raises(ArgumentError, match="rows must have no missing value"):
        metrics.energy_distance(np.full((3, 2), np.nan), rows(0, 5)[:, :2])


def test_missing_patterns_see_what_margins_hide():
    together = np.zeros((400, 2), bool)
    together[:40] = True
    apart = np.zeros((400, 2), bool)
    apart[:40, 0], apart[40:80, 1] = True, True
    found = metrics.missing_patterns(together, apart)
    assert found.patterns.tolist() == [[False, False], [True, True], [False, True], [True, False]]
    assert found.real.tolist() == [0.9, 0.1, 0.0, 0.0] and found.synthetic.tolist() == [0.8, 0.0, 0.1, 0.1]
    assert found.score.p_value < 1e-6 and found.score.value == pytest.approx(0.8)
    assert metrics.missing_patterns(together, together).score.p_value == 1.0
    with pytest.raises(ArgumentError, match="equal columns"):
        metrics.missing_patterns(together, together[:, :1])


def test_copies_with_a_little_noise_are_too_close():
    real = rows(7, 300)
    noisy = real[np.random.default_rng(1).integers(0, 300, 1000)]
    noisy[:, :2] += np.random.default_rng(2).normal(size=(1000, 2)) * 0.01
    found = metrics.nearest_records(real, noisy, categorical=CATEGORICAL)
    assert found.exact.value == 0.0 and found.closeness.value > 0.65 and found.closeness.p_value < 1e-6


def test_independent_rows_are_as_near_as_fresh_ones():
    p = np.array([metrics.nearest_records(rows(s, 80), rows(s, 200), categorical=CATEGORICAL, rng=s).closeness.p_value for s in range(200)])
    assert scipy.stats.binom.sf((p <= 0.05).sum() - 1, 200, 0.05) > 1e-7


def test_exact_copies_are_counted_and_coincidence_is_allowed_for():
    real, fresh = rows(8, 300), rows(9, 1000)
    fresh[:50] = real[:50]
    found = metrics.nearest_records(real, fresh, categorical=CATEGORICAL)
    assert found.exact.value == 0.05 and found.exact_among_real == 0.0 and found.exact.p_value < 0.002
    g = np.random.default_rng(3)
    codes = [g.integers(0, 3, (n, 2)).astype(float) for n in (300, 1000)]
    few = metrics.nearest_records(*codes, categorical=[True, True])
    assert few.exact.value > 0.99 and few.exact_among_real > 0.99 and few.exact.p_value > 0.05


def test_missing_equals_missing_in_a_copy_and_costs_one_otherwise():
    real = np.array([[1.0, np.nan], [2.0, 5.0], [3.0, 6.0], [4.0, 7.0]])
    assert metrics.nearest_records(real, real[:1]).exact.value == 1.0
    from statsim.metrics.copies import _gower

    distance = _gower(np.array([[1.0, 5.0], [1.0, np.nan]]), real[:1], np.ones(2), np.zeros(2, bool))
    assert distance.ravel().tolist() == [0.5, 0.0]


def test_gower_distance_is_scaled_by_range():
    from statsim.metrics.copies import _gower

    found = _gower(np.array([[1.0, 0.0]]), np.array([[3.0, 0.0], [1.0, 1.0]]), np.array([4.0, 1.0]), np.array([False, True]))
    assert found.tolist() == [[0.25, 0.5]]


def test_coincident_rows_are_taken_for_copies_at_no_more_than_the_rate():
    p = []
    for seed in range(300):
        g = np.random.default_rng([32, seed])
        real, synthetic = (np.minimum(g.geometric(0.02, (n, 1)), 400).astype(float) for n in (60, 200))
        p.append(metrics.nearest_records(real, synthetic).exact.p_value)
    assert scipy.stats.binom.sf((np.array(p) <= 0.05).sum() - 1, 300, 0.05) > 1e-7
