"""The null laws against SciPy, enumeration and simulation."""

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from statsim.testing.laws import (
    beta,
    binomial,
    bounded,
    entropy,
    gamma,
    gaussian,
    hypergeometric,
    kolmogorov,
    search,
    serial,
    ties,
)


@pytest.mark.parametrize("p", [0.5, 0.01, 1e-6])
@pytest.mark.parametrize("n", [10, 1000, 10**6])
def test_binomial_tails_are_exact(n, p):
    for z in (-6, -1, 0, 1, 5, 8):
        k = int(min(max(n * p + z * math.sqrt(n * p), 0), n))
        assert binomial.at_least(k, n, p) == pytest.approx(stats.binom.sf(k - 1, n, p), rel=1e-9)
        assert binomial.at_most(k, n, p) == pytest.approx(stats.binom.cdf(k, n, p), rel=1e-9)


@pytest.mark.parametrize(("n", "p"), [(7, 0.03), (40, 0.5), (200, 0.9)])
def test_binomial_two_sided_takes_the_smaller_tail(n, p):
    for k in range(n + 1):
        expected = min(1.0, 2 * min(stats.binom.sf(k - 1, n, p), stats.binom.cdf(k, n, p)))
        assert binomial.two_sided(k, n, p) == pytest.approx(expected, rel=1e-9)


def test_binomial_edges():
    assert binomial.at_least(0, 5, 0.3) == 1.0
    assert binomial.at_least(6, 5, 0.3) == 0.0
    assert binomial.at_least(1, 5, 0.0) == 0.0
    assert binomial.at_least(5, 5, 1.0) == 1.0


@pytest.mark.parametrize(("n", "p"), [(200, 0.3), (200, 0.01), (5, 0.5)])
def test_binomial_detectable_effect_is_found_by_enumeration(n, p):
    delta = binomial.detectable(n, p, 1e-3, 1e-6)
    rejected = np.array([binomial.two_sided(k, n, p) <= 1e-3 for k in range(n + 1)])
    for true in (p - delta, p + delta):
        if 0.0 < true < 1.0:
            power = stats.binom.pmf(np.arange(n + 1), n, true) @ rejected
            assert power >= 1.0 - 1.001e-6


@pytest.mark.parametrize("dof", [1, 5, 99, 10**4, 10**6])
def test_chi_square_and_student_tails(dof):
    for z in (-4, 0, 1, 6):
        x = max(dof + z * math.sqrt(2 * dof), 0.01)
        assert gamma.chi_square_upper(x, dof) == pytest.approx(stats.chi2.sf(x, dof), rel=1e-8)
        assert gamma.chi_square_lower(x, dof) == pytest.approx(stats.chi2.cdf(x, dof), rel=1e-8)
    for t in (0.1, 1, 6, 20):
        assert beta.student_two_sided(t, dof) == pytest.approx(2 * stats.t.sf(t, dof), rel=1e-8)


def test_normal_law():
    x = np.linspace(-9, 9, 101)
    np.testing.assert_allclose(gaussian.cdf(x), stats.norm.cdf(x), rtol=1e-12)
    assert gaussian.upper_tail(gaussian.upper_point(1e-9)) == pytest.approx(1e-9, rel=1e-9)


def test_corrected_mean_tail_covers_skewed_draws():
    # the sum of n exponential draws is a gamma law: the plain normal tail is five times too small here
    n, z = 400, 5.0
    exact = stats.gamma.sf(n + z * math.sqrt(n), n)
    assert gaussian.upper_tail(z) < exact / 5
    assert exact <= gaussian.mean_two_sided(z, n, skewness=2.0, excess=6.0) <= 20 * exact


@pytest.mark.parametrize("z", [1.0, 10.0, 100.0])
def test_corrected_mean_tail_falls(z):
    near, far = (gaussian.mean_two_sided(c * z, 100, skewness=3.0, excess=30.0) for c in (1.0, 2.0))
    assert far < near


@pytest.mark.parametrize("probabilities", [(0.2, 0.8), (0.1, 0.3, 0.6), (0.25, 0.25, 0.25, 0.25)])
def test_entropy_bound_lies_above_the_exact_law(probabilities):
    n, k = 12, len(probabilities)
    outcomes = [c for c in itertools.product(range(n + 1), repeat=k) if sum(c) == n]
    chances = stats.multinomial.pmf(np.array(outcomes), n, probabilities)
    values = np.array([entropy.cell_entropy(c, probabilities) for c in outcomes])
    for x in np.unique(values):
        assert chances[values >= x].sum() <= entropy.upper_tail(float(x), k) + 1e-12


def test_two_sample_law_is_the_exact_one_and_never_below():
    for n, d in ((50, 0.4), (1000, 0.09), (1000, 0.13)):
        exact = stats.ks_2samp(np.arange(n), np.arange(n) + d * n - 0.5, method="exact")
        p = kolmogorov.equal_samples(exact.statistic, n)
        assert exact.pvalue * (1 - 1e-9) <= p <= exact.pvalue * 1.01


def test_two_sample_bound_for_unequal_sizes_lies_above_the_exact_law():
    for shift in (20.5, 30.5, 45.5):
        exact = stats.ks_2samp(np.arange(100), np.linspace(0, 100, 37) + shift, method="exact")
        assert exact.pvalue <= kolmogorov.unequal_samples(exact.statistic, 100, 37)


def test_one_sample_sizes_of_the_literature():
    assert kolmogorov.one_sample_detectable(283_000, 1e-6, 1e-6) == pytest.approx(0.01, rel=1e-3)


@pytest.mark.parametrize(("total", "m", "n"), [(9, 10, 20), (500, 1000, 300), (40_000, 50_000, 50_000)])
def test_hypergeometric_tails_are_exact(total, m, n):
    law = stats.hypergeom(m + n, total, m)
    for z in (-5, -1, 0, 2, 5):
        k = int(min(max(law.mean() + z * law.std(), max(0, total - n)), min(total, m)))
        expected = min(1.0, 2 * min(law.sf(k - 1), law.cdf(k)))
        assert hypergeometric.two_sided(k, total, m, n) == pytest.approx(expected, rel=1e-7)


def test_bounded_mean_bounds_lie_above_the_binomial_law():
    n, p = 60, 0.2
    for k in range(n + 1):
        distance = abs(k / n - p)
        exact = stats.binom.sf(math.ceil(n * (p + distance) - 1e-9) - 1, n, p)
        exact += stats.binom.cdf(math.floor(n * (p - distance) + 1e-9), n, p)
        exact = min(1.0, exact)
        assert exact <= bounded.hoeffding_two_sided(distance, n, p, 0.0, 1.0) + 1e-12
        assert exact <= bounded.bennett_two_sided(distance, n, 0.4, 0.8) + 1e-12


def test_serial_bound_lies_above_a_simulated_law_and_near_it():
    z = np.random.default_rng(3).normal(size=(40_000, 64))
    products = np.mean(z * np.roll(z, 3, axis=1), axis=1)
    for level in (0.2, 0.3, 0.4):
        rate = np.mean(np.abs(products) >= level)
        assert rate <= serial.lag_product_two_sided(level, 64) <= 12 * rate


def test_serial_bound_agrees_with_the_eigenvalues():
    n, level = 500, 0.3
    cosines = np.cos(2 * np.pi * np.arange(n) / n)
    t = search.crossing(lambda t: level - np.mean(cosines / (1 - 2 * t * cosines)), 0.0, 0.0, 0.499, precision=1e-12)
    log_moment = -0.5 * np.sum(np.log(1 - 2 * t * cosines))
    assert serial.lag_product_two_sided(level, n) == pytest.approx(2 * math.exp(log_moment - t * n * level), rel=1e-6)


def test_tie_bound_lies_above_birthdays():
    days, people = 365, 23
    none = math.prod(1 - i / days for i in range(people))
    assert 1 - none <= ties.upper_tail(1, people, 1 / days)
    assert ties.upper_tail(10, people, 1 / days) < 1e-5
    assert ties.upper_tail(ties.allowed(1000, 1e-4, 1e-6) + 1, 1000, 1e-4) <= 1e-6


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_thresholds_are_found_at_any_scale(scale):
    assert search.rising_crossing(lambda x: math.exp(-x / scale), 1e-7) == pytest.approx(scale * math.log(1e7), rel=2e-5)
    assert search.rising_crossing(lambda x: 1.0, 1e-7) == math.inf
