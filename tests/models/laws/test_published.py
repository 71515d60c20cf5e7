"""Worked examples of the literature: the printed numbers come out, to the digits printed."""

import numpy as np
from numpy.testing import assert_allclose
from sklearn.datasets import load_iris
from statsmodels.datasets import nile, randhie, strikes

import statsim as ss

BEARINGS = [
    17.88, 28.92, 33.00, 41.52, 42.12, 45.60, 48.40, 51.84, 51.96, 54.12, 55.56, 67.80, 68.64, 68.64, 68.88, 84.12, 93.12, 98.64, 105.12, 105.84, 127.92,
    128.04, 173.40,
]  # fmt: skip


def test_durations_of_strikes():
    """J. Kennan (1985), J. Econometrics 28; the fits as printed by W. Greene, Econometric Analysis (5th edition, 2003), table 22.8."""
    days = strikes.load_pandas().data["duration"].to_numpy()
    exponential, weibull, log_normal = ss.Exponential().fit(days), ss.Weibull().fit(days), ss.LogNormal().fit(days)
    assert_allclose(1 / exponential.scale_, 0.02344, atol=5e-6)
    assert_allclose((1 / weibull.scale_, weibull.shape_), (0.02439, 0.92083), atol=5e-5)
    assert_allclose((np.exp(-log_normal.log_mean_), 1 / log_normal.log_sd_), (0.04514, 0.77206), atol=5e-6)
    assert_allclose([law.quantile(0.5) for law in (exponential, weibull, log_normal)], [29.571, 27.543, 22.152], atol=2e-3)


def test_lives_of_ball_bearings():
    """J. Lieblein, M. Zelen, J. Res. Nat. Bur. Standards 57 (1956); Weibull and log-normal as in J. Lawless, Statistical Models and Methods for Lifetime Data (2003)."""
    weibull, log_normal = ss.Weibull().fit(BEARINGS), ss.LogNormal().fit(BEARINGS)
    assert_allclose(weibull.parameter_values, (2.10, 81.87), atol=5e-3)
    assert_allclose(log_normal.parameter_values, (4.15, 0.522), atol=5e-4)


def test_remissions_of_leukaemia():
    """E. Freireich et al., Blood 21 (1963): weeks in remission on 6-MP, 9 relapses in 359 weeks, a rate of 0.025 (D. Cox, D. Oakes 1984)."""
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    left, codes = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}, []  # relapses, the other rows were still in remission
    for week in weeks:
        codes.append("none" if left.get(week, 0) > 0 else "right")
        left[week] = left.get(week, 0) - 1
    assert codes.count("none") == 9
    model = ss.Exponential().fit(weeks, censoring=codes)
    assert model.scale_ == 359 / 9
    assert_allclose(1 / model.scale_, 0.025, atol=5e-4)


def test_mites_on_apple_leaves():
    """C. Bliss, R. Fisher, Biometrics 9 (1953): 172 red mites on 150 leaves, k = 1.0246 by maximum likelihood."""
    mites = np.repeat(np.arange(8), [70, 38, 17, 10, 9, 3, 2, 1])
    model = ss.NegativeBinomial().fit(mites)
    assert_allclose(model.size_, 1.0246, atol=5e-5)
    assert_allclose(model.mean(), 172 / 150, rtol=1e-7)


def test_deaths_by_horse_kicks():
    """L. von Bortkiewicz, Das Gesetz der kleinen Zahlen (1898): 122 deaths in 200 corps-years, expected 108.7, 66.3, 20.2, 4.1, 0.6 (R. Fisher 1925)."""
    model = ss.Poisson().fit(np.repeat(np.arange(5), [109, 65, 22, 3, 1]))
    assert_allclose(model.rate_, 0.61, rtol=1e-14)
    assert_allclose(200 * np.exp(model.score_samples(np.arange(5))), [108.67, 66.29, 20.22, 4.11, 0.63], atol=5e-3)


def test_irises_and_the_nile_and_visits_to_a_physician():
    """R. Fisher, Ann. Eugenics 7 (1936), table of means; J. Durbin, S. Koopman (2012), section 2.2; A. Cameron, P. Trivedi, Microeconometrics (2005), table 20.4."""
    irises = load_iris()
    means = [ss.Normal().fit(irises.data[irises.target == kind, 0]).loc_ for kind in range(3)]
    assert_allclose(means, [5.006, 5.936, 6.588], atol=5e-4)
    assert_allclose(ss.Normal().fit(nile.load_pandas().data["volume"].to_numpy()).loc_, 919.35, rtol=1e-12)
    assert_allclose(ss.Poisson().fit(randhie.load_pandas().data["mdvis"].to_numpy()).rate_, 2.861, atol=1e-3)
