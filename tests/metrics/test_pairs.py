"""Strength of pairs: values against SciPy and by hand, errors and p-values against repetition, broken twins."""

import numpy as np
import pytest
import scipy.stats

from statsim import metrics, testing
from statsim.errors import ArgumentError

REPETITIONS = 600
FEWER = 200


def mixed(seed, *, n=200, tie=1.0, size_of_groups=1.0):
    """A heavy-tailed pair (x, y) and two categories (g, h) with stated ties."""
    rng = np.random.default_rng([21, seed, n])
    g = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    h = np.where(rng.random(n) < 0.5 * tie, g, rng.choice(3, n))
    x = np.exp(rng.normal(size=n) + 0.7 * size_of_groups * g)
    y = np.exp(rng.normal(size=n) + tie * np.log(x))
    return x, y, g, h


def table(g, h):
    return np.histogram2d(g, h, [np.arange(4) - 0.5] * 2)[0].astype(int)


def correlation(real, synthetic):
    return metrics.correlation_difference(real[:2], synthetic[:2])


def groups(real, synthetic):
    return metrics.group_difference((real[0], real[2]), (synthetic[0], synthetic[2]))


def cells(real, synthetic):
    return metrics.association_difference(table(*real[2:]), table(*synthetic[2:]))


@pytest.mark.parametrize("ties", [False, True])
def test_rank_correlation_is_spearmans(ties):
    x, y, *_ = mixed(0)
    x, y = (np.round(x), np.round(y)) if ties else (x, y)
    value, error, rows = metrics.rank_correlation(np.append(x, np.nan), np.append(y, 1.0))
    assert value == pytest.approx(scipy.stats.spearmanr(x, y).statistic, rel=1e-12)
    assert rows == 200 and 0 < error < 0.1


@pytest.mark.parametrize("ties", [False, True])
def test_error_of_rank_correlation_is_its_spread(ties):
    found = []
    for seed in range(REPETITIONS):
        x, y, *_ = mixed(seed, n=400)
        found.append(metrics.rank_correlation(np.minimum(np.round(x), 4), np.minimum(np.round(y), 4)) if ties else metrics.rank_correlation(x, y))
    values, errors, _ = np.array(found).T
    standardised = (values - values.mean()) / errors
    testing.assert_mean(standardised**2, 1.0, detects=0.9)
    with pytest.raises(AssertionError):  # the broken twin: an error three times too large
        testing.assert_mean((standardised * 0.3) ** 2, 1.0, detects=0.9)


def test_error_of_cramers_v_and_correlation_ratio_is_their_spread():
    for strength in (lambda v: metrics.cramers_v(table(*v[2:])), lambda v: metrics.correlation_ratio(np.log(v[0]), v[2])[:2]):
        values, errors = np.array([strength(mixed(seed, n=400)) for seed in range(REPETITIONS)]).T
        testing.assert_mean(((values - values.mean()) / errors) ** 2, 1.0, detects=0.9)


def test_bias_corrections_remove_the_bias():
    v, eta2, raw = [], [], []
    for seed in range(REPETITIONS):
        g = np.random.default_rng([22, seed])
        a, b, x = g.integers(0, 3, 60), g.integers(0, 3, 60), g.normal(size=60)
        v.append(metrics.cramers_v(table(a, b))[0] ** 2)
        eta2.append(metrics.correlation_ratio(x, a)[0] ** 2)
        raw.append(scipy.stats.contingency.association(table(a, b) + 0, method="cramer") ** 2)
    assert np.mean(v) < 0.5 * np.mean(raw) and np.mean(eta2) < 0.02


@pytest.mark.parametrize("compare", [correlation, groups, cells])
def test_equal_laws_are_accused_at_the_stated_rate(compare):
    p = np.array([compare(mixed(seed), mixed(seed, n=900)).p_value for seed in range(FEWER)])
    for level in (0.05, 0.01):
        assert scipy.stats.binom.sf((p <= level).sum() - 1, FEWER, level) > 1e-7


@pytest.mark.parametrize(
    ("compare", "law"), [(correlation, {"tie": 0.3}), (groups, {"size_of_groups": 0.2}), (cells, {"tie": 0.2})]
)
def test_a_weakened_tie_is_found(compare, law):
    p = np.array([compare(mixed(seed), mixed(seed, n=900, **law)).p_value for seed in range(30)])
    assert np.median(p) < 0.01
    assert np.mean([compare(mixed(seed), mixed(seed, n=900, **law)).value for seed in range(30)]) < -0.05


def test_a_shift_common_to_all_groups_is_no_difference_of_ties():
    hits = 0
    for seed in range(FEWER):
        real, synthetic = mixed(seed), mixed(seed, n=900)
        ranked = [(np.log(v[0]), v[2]) for v in (real, synthetic)]
        ranked[1] = (ranked[1][0] + 0.05, ranked[1][1])
        hits += metrics.group_difference(*ranked).p_value <= 0.01
    assert scipy.stats.binom.sf(hits - 1, FEWER, 0.02) > 1e-7


def test_other_margins_alone_do_not_trip_the_association_test():
    odds = np.array([[8.0, 2.0], [2.0, 8.0]])
    g = np.random.default_rng(23)
    hits = 0
    for _ in range(FEWER):
        tables = []
        for weights, n in (((1, 1), 300), ((1, 3), 900)):
            shares = odds * np.array(weights)[:, None]
            tables.append(g.multinomial(n, (shares / shares.sum()).ravel()).reshape(2, 2))
        hits += metrics.association_difference(*tables).p_value <= 0.01
    assert scipy.stats.binom.sf(hits - 1, FEWER, 0.01) > 1e-7


def test_degenerate_pairs_are_nan_and_not_tested():
    constant, x = np.ones(30), np.arange(30.0)
    assert np.isnan(metrics.rank_correlation(constant, x)[0])
    assert np.isnan(metrics.correlation_difference((constant, x), (x, x)).p_value)
    assert np.isnan(metrics.correlation_ratio(x, np.zeros(30, int))[0])
    assert np.isnan(metrics.cramers_v([[5, 5]])[0])
    assert np.isnan(metrics.association_difference([[5, 5], [0, 0]], [[1, 2], [3, 4]]).p_value)
    assert metrics.correlation_difference((x, x), (x, x)).p_value == 1.0


def test_unequal_lengths_are_named():
    with pytest.raises(ArgumentError, match="not 2 and 3"):
        metrics.rank_correlation([1.0, 2.0], [1.0, 2.0, 3.0])
