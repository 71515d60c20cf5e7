"""A sample is independent normal draws, by ten statistics."""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.battery import judge_bounded_moment, judge_cells, judge_distance, judge_pair_cells, judge_ties, run_battery
from statsim.testing.inputs import as_draws, check_alpha, check_positive
from statsim.testing.laws import gaussian, serial
from statsim.testing.laws.search import rising_crossing
from statsim.testing.probability import judge_probability
from statsim.testing.variance import judge_variance
from statsim.testing.verdict import ALPHA, BETA, Verdict, require_power, settle, together

_CLIP = 4.0
# 3.5 lies where the tail of a ziggurat begins (3.44 with 128 layers, 3.65 with 256); a single draw beyond 8 is enough
_TAILS = (1.0, 2.0, 3.0, 3.5, 4.0, 5.0, 8.0)
_LAGS = (1, 2, 3, 4)


def assert_normal(sample, *, mean=0.0, sd=1.0, serial=True, resolution=2.0**-46, alpha=ALPHA, detects=None):
    """Assert that the draws are independent and normal with the stated mean and standard deviation.

    A Kolmogorov-Smirnov test alone misses most broken samplers, so ten statistics share alpha equally:

    ========== ======================================================= =====================================
    part       statistic                                               null law
    ========== ======================================================= =====================================
    mean       sample mean                                             normal, exact
    variance   sample variance                                         chi-square, exact
    third      Hermite moment x^3 - 3x of draws clipped at 4 sd        Bennett's bound, exact variance
    fourth     Hermite moment x^4 - 6x^2 + 3 of draws clipped at 4 sd  Bennett's bound, exact variance
    tails      counts beyond 1, 2, 3, 3.5, 4, 5, 8 sd, either side     binomial, exact
    cdf        Kolmogorov-Smirnov distance                             Massart's bound
    cells      counts of 64 cells of equal probability                 relative entropy bound; binomial
    ties       draws that repeat an earlier one                        Chernoff's bound
    lags       circular products at lags 1 to 4                        Chernoff's bound, exact moments
    pairs      counts of 8 x 8 cells of pairs                          relative entropy bound; binomial
    ========== ======================================================= =====================================

    Parameters
    ----------
    sample : array (n,)
        In the order drawn; n >= 1000.
    mean, sd : float
        The law.
    serial : bool
        Whether the order of the draws counts (`lags` and `pairs`).
    resolution : float
        Coarsest grid, in standard deviations, that the draws may lie on; 2^-22 suits float32.
    alpha : float
        False-alarm rate of the whole.
    detects : mapping of str to float, optional
        Effect, by part, that has to be found with probability 1 - 1e-6.

    Returns
    -------
    Verdict
        Of the part that comes nearest to failing; `parts` holds all.

    Raises
    ------
    StatisticalAssertionError
        Some part does not follow the law; the message names it.
    InsufficientSampleError
        n draws cannot find `detects`.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim import testing
    >>> testing.assert_normal(np.random.default_rng(1).normal(size=100_000), detects={"mean": 0.04}).passed
    True
    """
    verdict = judge_normal(sample, mean=mean, sd=sd, serial=serial, resolution=resolution, alpha=alpha, detects=detects)
    return settle(verdict)


def judge_normal(sample, *, mean=0.0, sd=1.0, serial=True, resolution=2.0**-46, alpha=ALPHA, detects=None):
    """The verdict of `assert_normal`, neither charged to a budget nor raised."""
    check_alpha(alpha)
    check_positive(sd, "sd")
    check_positive(resolution, "resolution")
    z = (as_draws(sample) - mean) / sd
    if z.size < 1000:
        raise ArgumentError(f"sample must hold at least 1000 draws for a battery, got {z.size}")
    u = gaussian.cdf(z)
    parts = _order_free_parts(z, u, resolution)
    if serial:
        parts["lags"] = lambda a, d: _judge_lags(z, a, d)
        parts["pairs"] = lambda a, d: judge_pair_cells(u, a, d)
    return run_battery(f"normal, mean {mean:.6g}, sd {sd:.6g}", parts, alpha, detects)


def _order_free_parts(z, u, resolution):
    peak = resolution / math.sqrt(2.0 * math.pi)
    return {
        "mean": lambda a, d: _judge_mean(z, a, d),
        "variance": lambda a, d: judge_variance(z, 1.0, mean=0.0, normal=True, alpha=a, detects=d),
        "third": lambda a, d: _judge_hermite(z, "third Hermite moment", (0.0, -3.0, 0.0, 1.0), a, d),
        "fourth": lambda a, d: _judge_hermite(z, "fourth Hermite moment", (3.0, 0.0, -6.0, 0.0, 1.0), a, d),
        "tails": lambda a, d: _judge_tails(z, a, d),
        "cdf": lambda a, d: judge_distance(u, a, d),
        "cells": lambda a, d: judge_cells(u, a, d),
        "ties": lambda a, d: judge_ties(z, peak, a, d),
    }


def _judge_mean(z, alpha, detects):
    effect = "an error in the mean, in sd"

    def detectable(n):
        return (gaussian.upper_point(alpha / 2) + gaussian.upper_point(BETA)) / math.sqrt(n)

    require_power(detects, detectable, z.size, effect)
    distance = abs(float(np.mean(z)))
    return Verdict(
        law="mean, normal, exact",
        statistic_name="|sample mean - mean| / sd",
        statistic=distance,
        p_value=2.0 * gaussian.upper_tail(distance * math.sqrt(z.size)),
        alpha=alpha,
        n=z.size,
        detects=detectable(z.size),
        effect=effect,
    )


def _judge_hermite(z, name, coefficients, alpha, detects):
    polynomial = np.polynomial.Polynomial(coefficients)
    mean = _clipped_mean(polynomial)
    sd = math.sqrt(_clipped_mean(polynomial**2) - mean**2)
    # both polynomials are largest at the clipping point
    reach = abs(float(polynomial(_CLIP))) + abs(mean)
    values = polynomial(np.clip(z, -_CLIP, _CLIP))
    return judge_bounded_moment(values, f"{name}, clipped at {_CLIP:g} sd", mean, sd, reach, alpha, detects)


def _clipped_mean(polynomial):
    """Exact mean of a polynomial of a standard normal draw clipped at -4 and 4."""
    tail = gaussian.upper_tail(_CLIP)
    density = math.exp(-0.5 * _CLIP**2) / math.sqrt(2.0 * math.pi)
    inside, total = 1.0 - 2.0 * tail, 0.0
    for power, coefficient in enumerate(polynomial.coef):
        if power % 2:
            continue
        if power:
            inside = (power - 1) * inside - 2.0 * _CLIP ** (power - 1) * density
        total += coefficient * (inside + 2.0 * tail * _CLIP**power)
    return total


def _judge_tails(z, alpha, detects):
    share = alpha / (2 * len(_TAILS))
    parts = [
        judge_probability(int(np.count_nonzero(sign * z > t)), z.size, gaussian.upper_tail(t), alpha=share, detects=detects)
        for t in _TAILS
        for sign in (-1.0, 1.0)
    ]
    worst = min(range(len(parts)), key=lambda i: parts[i].p_value)
    side = "above" if worst % 2 else "below -"
    return together(f"draws {side}{' ' * (worst % 2)}{_TAILS[worst // 2]:g} sd", parts, alpha)


def _judge_lags(z, alpha, detects):
    share = alpha / len(_LAGS)
    return together("serial products", [_judge_lag(z, lag, share, detects) for lag in _LAGS], alpha)


def _judge_lag(z, lag, alpha, detects):
    effect = "a serial correlation"

    def detectable(n):
        return sum(rising_crossing(lambda d: serial.lag_product_two_sided(d, n), p) for p in (alpha, 2 * BETA))

    require_power(detects, detectable, z.size, effect)
    product = float(z @ np.roll(z, lag)) / z.size
    return Verdict(
        law=f"independent normal draws at lag {lag}, bound by exact moments",
        statistic_name="mean product",
        statistic=product,
        p_value=serial.lag_product_two_sided(product, z.size),
        alpha=alpha,
        n=z.size,
        detects=detectable(z.size),
        effect=effect,
    )
