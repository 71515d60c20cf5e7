"""Distances and tests of one column: values against slow twins, errors and p-values against repetition."""

import numpy as np
import pytest
import scipy.stats

from statsim import metrics, testing
from statsim.errors import ArgumentError

REPETITIONS = 600
NUMERIC = [
    metrics.ks_complement,
    metrics.wasserstein,
    metrics.energy_distance,
    metrics.location_shift,
    metrics.spread_ratio,
    metrics.beyond_range,
]


def draw(seed, *, n=200, m=1000, shift=0.0, scale=1.0):
    g = np.random.default_rng([11, seed])
    return np.exp(g.normal(size=n)), shift + scale * np.exp(g.normal(size=m))


@pytest.mark.parametrize("seed", range(5))
def test_values_are_those_of_the_definitions(seed):
    x, y = (np.round(v, 1) for v in draw(seed, n=40, m=70, shift=0.3))
    assert 1 - metrics.ks_complement(x, y).value == pytest.approx(scipy.stats.ks_2samp(x, y).statistic, rel=1e-12)
    assert metrics.wasserstein(x, y).value == pytest.approx(scipy.stats.wasserstein_distance(x, y), rel=1e-12)
    between, within_x, within_y = (np.abs(np.subtract.outer(a, b)).mean() for a, b in ((x, y), (x, x), (y, y)))
    assert metrics.energy_distance(x, y).value == pytest.approx(2 * between - within_x - within_y, rel=1e-10)
    rows = metrics.energy_distance(x[:, None], y[:, None], permutations=9)
    assert rows.value == pytest.approx(2 * between - within_x - within_y, rel=1e-10)


def test_location_test_is_wilcoxon():
    x, y = (np.round(v, 1) for v in draw(3, shift=0.2))
    expected = scipy.stats.mannwhitneyu(x, y, method="asymptotic", use_continuity=False).pvalue
    assert metrics.location_shift(x, y).p_value == pytest.approx(expected, rel=1e-9)


def test_spread_test_is_mood():
    x, y = draw(4, scale=1.3)
    assert metrics.spread_ratio(x, y).p_value == pytest.approx(scipy.stats.mood(x, y).pvalue, rel=1e-6)


def test_beyond_range_is_the_chance_of_the_top_ranks():
    # 2 of 3 synthetic values above 4 real ones: the two largest of 7 are both synthetic with chance 3/7 * 2/6
    assert metrics.beyond_range([1, 2, 3, 4.0], [2.5, 5, 6]).p_value == pytest.approx(2 * 3 / 7 * 2 / 6)


def p_values(metric, **law):
    return np.array([metric(*draw(seed, **law)).p_value for seed in range(REPETITIONS)])


@pytest.mark.parametrize("metric", [metrics.location_shift, metrics.spread_ratio])
def test_p_values_are_uniform_for_equal_laws(metric):
    hits = int((p_values(metric) <= 0.05).sum())
    testing.assert_probability(hits, REPETITIONS, 0.05)


@pytest.mark.parametrize("metric", [metrics.ks_complement, metrics.beyond_range])
def test_conservative_p_values_never_exceed_their_level(metric):
    hits = int((p_values(metric) <= 0.05).sum())
    assert scipy.stats.binom.sf(hits - 1, REPETITIONS, 0.05) > 1e-7


@pytest.mark.parametrize(
    ("metric", "law"),
    [
        (metrics.location_shift, {"shift": 0.5}),
        (metrics.spread_ratio, {"shift": -1.0, "scale": 2.0}),
        (metrics.ks_complement, {"shift": 0.5}),
        (metrics.beyond_range, {"scale": 4.0}),
    ],
)
def test_a_broken_generator_is_found(metric, law):
    found = int((p_values(metric, **law) <= 0.05).sum())
    with pytest.raises(AssertionError):
        testing.assert_probability(found, REPETITIONS, 0.05)


@pytest.mark.parametrize("metric", [metrics.ks_complement, metrics.wasserstein, metrics.energy_distance, metrics.location_shift])
def test_errors_are_the_spread_over_repetitions(metric):
    def normal(seed):
        g = np.random.default_rng([12, seed])
        return g.normal(size=300), 1.0 + g.normal(size=900)

    scores = [metric(*normal(seed)) for seed in range(REPETITIONS)]
    values, errors = np.array([s.value for s in scores]), np.array([s.error for s in scores])
    standardised = (values - values.mean()) / errors
    testing.assert_mean(standardised**2, 1.0, detects=0.7)
    with pytest.raises(AssertionError):  # the broken twin: a variance taken for an error
        testing.assert_mean((standardised * 0.5) ** 2, 1.0, detects=0.7)


@pytest.mark.parametrize("metric", [metrics.ks_complement, metrics.wasserstein, metrics.energy_distance])
def test_expected_is_the_mean_for_equal_laws(metric):
    scores = [metric(*draw(seed)) for seed in range(REPETITIONS)]
    values = np.array([s.value for s in scores])
    expected = np.mean([s.expected for s in scores])
    assert values.mean() == pytest.approx(expected, abs=0.12 * abs(scores[0].perfect - expected))


@pytest.mark.parametrize("metric", NUMERIC)
def test_missing_values_do_not_count(metric):
    x, y = draw(0)
    with_gaps = np.concatenate([x, [np.nan, np.nan]])
    assert metric(with_gaps, y) == metric(x, y)


@pytest.mark.parametrize("metric", NUMERIC)
def test_unusable_input_is_named(metric):
    with pytest.raises(ArgumentError, match="synthetic has 0 values"):
        metric([1.0, 2.0], [np.nan])
    with pytest.raises(ArgumentError, match="real holds the infinite value -inf"):
        metric([1.0, -np.inf], [1.0, 2.0])


def test_equal_tables_score_perfectly():
    x = np.arange(50.0)
    for metric in NUMERIC:
        score = metric(x, x)
        assert score.value == score.perfect and score.p_value != 0


def test_total_variation_by_hand_and_rare_categories():
    score = metrics.tv_complement(["a"] * 50 + ["b"] * 50 + [None], ["a"] * 80 + ["b"] * 20)
    assert score.value == pytest.approx(0.7) and score.n_real == 100
    assert score.error == pytest.approx(np.sqrt(0.25 / 100 + 0.16 / 100))
    assert score.p_value == pytest.approx(scipy.stats.chi2_contingency([[50, 50], [80, 20]], correction=False).pvalue)
    assert metrics.tv_complement(list("abcdefgh"), list("abcdefgh")).p_value == 1.0
    with pytest.raises(ArgumentError, match="real has 0 and synthetic 1"):
        metrics.tv_complement([None], ["a"])


def test_fisher_tails_are_those_of_scipy():
    from statsim.metrics.chi_squared import larger_proportion, same_proportion

    for table in ([[3, 97], [40, 960]], [[0, 20], [9, 91]], [[5, 5], [1, 19]]):
        less = scipy.stats.fisher_exact(table, alternative="less").pvalue
        more = scipy.stats.fisher_exact(table, alternative="greater").pvalue
        (a, b), (c, d) = table
        assert larger_proportion(a, a + b, c, c + d) == pytest.approx(less, rel=1e-9)
        assert same_proportion(a, a + b, c, c + d) == pytest.approx(min(1, 2 * min(less, more)), rel=1e-9)


def test_holm_holds_the_family_rate_and_skips_what_was_not_tested():
    g = np.random.default_rng(5)
    false = sum(metrics.holm(g.random(20), error_rate=0.1).any() for _ in range(2000))
    testing.assert_probability(int(false), 2000, 1 - (1 - 0.1 / 20) ** 20)
    unadjusted = sum((g.random(20) <= 0.1).any() for _ in range(2000))
    with pytest.raises(AssertionError):
        testing.assert_probability(int(unadjusted), 2000, 1 - (1 - 0.1 / 20) ** 20)
    assert metrics.holm([np.nan, 0.04], error_rate=0.05).tolist() == [False, True]


def test_held_out_log_likelihood():
    g = np.random.default_rng(6)
    rows = g.normal(size=4000)
    right, wrong = scipy.stats.norm.logpdf(rows), scipy.stats.norm.logpdf(rows, scale=1.3)
    score = metrics.held_out_log_likelihood(right)
    testing.assert_mean(right, -0.5 * np.log(2 * np.pi) - 0.5)
    assert score.error == pytest.approx(np.sqrt(0.5 / 4000), rel=0.1)
    assert metrics.held_out_log_likelihood(wrong, reference=right).p_value < 1e-6
    assert metrics.held_out_log_likelihood(right, reference=right).value == 0.0
    assert metrics.held_out_log_likelihood([0.0, -np.inf]).value == -np.inf
    with pytest.raises(ArgumentError, match="reference has 3 rows and scores 2"):
        metrics.held_out_log_likelihood([1.0, 2.0], reference=[1.0, 2.0, 3.0])
    with pytest.raises(ArgumentError, match="1 NaN"):
        metrics.held_out_log_likelihood([1.0, np.nan])
