import mpmath as mp
import pytest

from statsim.kernels.elementary.saddle_point import binomial_log_probability, poisson_log_probability, stirling_excess


@pytest.mark.parametrize("k", [0, 1, 2, 7, 8, 9, 50, 10**6, 10**15])
def test_stirling_excess(k):
    with mp.workdps(50):
        exact = mp.loggamma(k + 1) - (k * mp.log(k) - k if k else 0)
        assert abs(stirling_excess(float(k)) - exact) < 1e-14 * max(1, exact)


@pytest.mark.parametrize(("k", "mean"), [(0, 12.5), (3, 12.5), (40, 12.5), (1000, 950.5), (10**15 + 10**7, 10**15), (10**15, 10**15)])
def test_poisson(k, mean):
    with mp.workdps(50):
        exact = k * mp.log(mean) - mean - mp.loggamma(k + 1)
        assert abs(poisson_log_probability(float(k), float(mean)) - exact) < 1e-8


@pytest.mark.parametrize(
    ("k", "n", "p"), [(0, 100, 0.3), (100, 100, 0.3), (30, 100, 0.3), (35, 100, 0.3), (10**15 // 4 + 10**7, 10**15, 0.25), (3, 5, 0.5)]
)
def test_binomial(k, n, p):
    with mp.workdps(50):
        exact = mp.log(mp.binomial(n, k)) + k * mp.log(mp.mpf(p)) + (n - k) * mp.log(1 - mp.mpf(p))
        assert abs(binomial_log_probability(float(k), float(n), p) - exact) < 1e-7
