"""A sample is independent uniform draws, by ten statistics."""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.battery import judge_bounded_moment, judge_cells, judge_distance, judge_pair_cells, judge_ties, run_battery
from statsim.testing.inputs import as_draws, check_alpha
from statsim.testing.pairs import disjoint_pairs
from statsim.testing.probability import judge_probability
from statsim.testing.verdict import ALPHA, settle, together

_ORDINALS = ("first", "second", "third", "fourth")
_LAGS = (1, 2, 3, 4)


def assert_uniform(sample, *, low=0.0, high=1.0, serial=True, resolution=2.0**-52, alpha=ALPHA, detects=None):
    """Assert that the draws are independent and uniform on [low, high).

    These statistics share alpha equally:

    ==================== ========================================== ================================
    part                 statistic                                  null law
    ==================== ========================================== ================================
    range                draws outside [low, high)                  none can occur
    first ... fourth     means of the Legendre polynomials          Bennett's bound, exact variance
    cdf                  Kolmogorov-Smirnov distance                Massart's bound
    cells                counts of 64 equal cells                   relative entropy bound; binomial
    ties                 draws that repeat an earlier one           Chernoff's bound
    lags                 products of pairs at lags 1 to 4           Bennett's bound, exact variance
    pairs                counts of 8 x 8 cells of pairs             relative entropy bound; binomial
    ==================== ========================================== ================================

    Parameters
    ----------
    sample : array (n,)
        In the order drawn; n >= 1000.
    low, high : float
        The interval.
    serial : bool
        Whether the order of the draws counts (`lags` and `pairs`).
    resolution : float
        Coarsest grid, in units of high - low, that the draws may lie on; 2^-23 suits float32.
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
    >>> testing.assert_uniform(np.random.default_rng(1).random(100_000)).passed
    True
    """
    verdict = judge_uniform(sample, low=low, high=high, serial=serial, resolution=resolution, alpha=alpha, detects=detects)
    return settle(verdict)


def judge_uniform(sample, *, low=0.0, high=1.0, serial=True, resolution=2.0**-52, alpha=ALPHA, detects=None):
    """The verdict of `assert_uniform`, neither charged to a budget nor raised."""
    check_alpha(alpha)
    if not (low < high and math.isfinite(high - low)):
        raise ArgumentError(f"low and high must be finite with low < high, got {low!r} and {high!r}")
    draws = as_draws(sample)
    if draws.size < 1000:
        raise ArgumentError(f"sample must hold at least 1000 draws for a battery, got {draws.size}")
    outside = int(np.count_nonzero((draws < low) | (draws >= high)))
    u = np.clip((draws - low) / (high - low), 0.0, 1.0)
    parts = {"range": lambda a, d: judge_probability(outside, u.size, 0.0, alpha=a, detects=d)}
    parts |= _order_free_parts(u, resolution)
    if serial:
        parts["lags"] = lambda a, d: _judge_lags(u, a, d)
        parts["pairs"] = lambda a, d: judge_pair_cells(u, a, d)
    return run_battery(f"uniform on [{low:.6g}, {high:.6g})", parts, alpha, detects)


def _order_free_parts(u, resolution):
    moments = {
        ordinal: lambda a, d, degree=degree: _judge_legendre(u, degree, a, d) for degree, ordinal in enumerate(_ORDINALS, start=1)
    }
    return moments | {
        "cdf": lambda a, d: judge_distance(u, a, d),
        "cells": lambda a, d: judge_cells(u, a, d),
        "ties": lambda a, d: judge_ties(u, resolution, a, d),
    }


def _judge_legendre(u, degree, alpha, detects):
    # on [-1, 1] the polynomial of this degree has mean 0, variance 1 / (2 degree + 1) and stays within [-1, 1]
    values = np.polynomial.legendre.Legendre.basis(degree)(2.0 * u - 1.0)
    name = f"{_ORDINALS[degree - 1]} Legendre moment"
    return judge_bounded_moment(values, name, 0.0, 1.0 / math.sqrt(2 * degree + 1), 1.0, alpha, detects)


def _judge_lags(u, alpha, detects):
    centred = math.sqrt(3.0) * (2.0 * u - 1.0)
    share = alpha / (2 * len(_LAGS))
    parts = [
        judge_bounded_moment(first * second, f"mean product at lag {lag}", 0.0, 1.0, 3.0, share, detects)
        for lag in _LAGS
        for first, second in disjoint_pairs(centred, lag)
    ]
    return together("serial products", parts, alpha)
