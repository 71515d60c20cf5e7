"""Bounds for the largest difference between distribution functions."""

import math


def one_sample(distance, n):
    """P(sup |F_n - F| >= distance): Dvoretzky-Kiefer-Wolfowitz with Massart's (1990) constant 2, any law, any n."""
    return min(1.0, 2.0 * math.exp(-2.0 * n * distance**2))


def one_sample_detectable(n, alpha, beta):
    """CDF error found: the threshold, plus the one-sided Hoeffding margin at the point of the error."""
    return math.sqrt(math.log(2.0 / alpha) / (2.0 * n)) + math.sqrt(math.log(1.0 / beta) / (2.0 * n))


def equal_samples(distance, n):
    """P(sup |F_n - G_n| >= distance) for two samples of n each: first term of the exact sum of Gnedenko and Korolyuk (1951).

    2 C(2n, n + k) / C(2n, n) with k = n distance bounds the alternating sum from above. Ties only lower the statistic.
    """
    k = min(round(n * distance), n)
    log_ratio = 2.0 * math.lgamma(n + 1.0) - math.lgamma(n + k + 1.0) - math.lgamma(n - k + 1.0)
    return min(1.0, 2.0 * math.exp(min(log_ratio, 0.0)))


def unequal_samples(distance, m, n):
    """As `equal_samples` for any sizes: the distance is shared between two one-sample bounds so that both are equal."""
    size = m * n / (math.sqrt(m) + math.sqrt(n)) ** 2
    return min(1.0, 4.0 * math.exp(-2.0 * size * distance**2))


def margin(m, n, beta):
    """Distance by which the difference of two distribution functions at one point falls short with probability beta."""
    return math.sqrt(math.log(1.0 / beta) * (1.0 / m + 1.0 / n) / 2.0)
