"""The variance of a sample equals a stated value."""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.inputs import as_draws, check_alpha, check_positive, effective_size
from statsim.testing.laws.gamma import chi_square_lower, chi_square_two_sided, chi_square_upper
from statsim.testing.laws.search import crossing
from statsim.testing.mean import judge_mean
from statsim.testing.verdict import ALPHA, BETA, Verdict, require_power, settle

_EFFECT = "a relative error in the variance"


def assert_variance(sample, variance, *, mean=None, normal=False, ess=None, alpha=ALPHA, detects=None):
    r"""Assert that the draws come from a law with the stated variance.

    Null laws: with ``normal=True`` the exact chi-square law of :math:`\sum (x_i - \bar x)^2 / \sigma^2`; else the squared
    deviations are a sample whose mean is the variance, judged as by `assert_mean` with an unknown standard deviation
    (the kurtosis of the draws sets its standard error).

    Parameters
    ----------
    sample : array (n,)
    variance : float
    mean : float, optional
        Known mean; the sample's when absent.
    normal : bool
        Whether the draws are normal under the null law.
    ess : float, optional
        Effective sample size of the squared deviations of correlated draws.
    alpha : float
        False-alarm rate.
    detects : float, optional
        Relative error, `|true / variance - 1|`, that has to be found with probability 1 - 1e-6.

    Returns
    -------
    Verdict

    Raises
    ------
    StatisticalAssertionError
        The variance differs.
    InsufficientSampleError
        n draws cannot find `detects`.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim import testing
    >>> draws = np.random.default_rng(1).normal(scale=2.0, size=100_000)
    >>> testing.assert_variance(draws, 4.0, normal=True, detects=0.05).passed
    True
    """
    return settle(judge_variance(sample, variance, mean=mean, normal=normal, ess=ess, alpha=alpha, detects=detects))


def judge_variance(sample, variance, *, mean=None, normal=False, ess=None, alpha=ALPHA, detects=None):
    """The verdict of `assert_variance`, neither charged to a budget nor raised."""
    draws = as_draws(sample)
    check_alpha(alpha)
    check_positive(variance, "variance")
    if draws.size < 2:
        raise ArgumentError("sample must hold at least 2 draws for a variance, got 1")
    n = effective_size(ess, draws.size)
    freedom_lost = 1 if mean is None else 0
    squares = (draws - (np.mean(draws) if mean is None else mean)) ** 2 / variance
    if normal:
        return _judge_normal(float(np.mean(squares)), variance, n, freedom_lost, alpha, detects)
    squares *= draws.size / (draws.size - freedom_lost)
    found = judge_mean(squares, 1.0, ess=ess, alpha=alpha, detects=detects)
    return Verdict(
        law=f"variance {variance:.6g}, squared deviations by {found.law}",
        statistic_name="|sample variance / variance - 1|",
        statistic=found.statistic,
        p_value=found.p_value,
        alpha=alpha,
        n=draws.size,
        detects=found.detects,
        effect=_EFFECT,
    )


def _judge_normal(mean_square, variance, n, freedom_lost, alpha, detects):
    dof = n - freedom_lost
    require_power(detects, lambda size: _detectable(size, freedom_lost, alpha), n, _EFFECT)
    return Verdict(
        law=f"variance {variance:.6g} of normal draws, chi-square with {dof:,} degrees of freedom",
        statistic_name="sample variance / variance",
        statistic=mean_square * n / dof,
        p_value=chi_square_two_sided(mean_square * n, dof),
        alpha=alpha,
        n=int(n),
        detects=_detectable(n, freedom_lost, alpha),
        effect=_EFFECT,
    )


def _detectable(n, freedom_lost, alpha):
    dof = n - freedom_lost
    high = _ratio_reached(dof, 0.5 * alpha) / _ratio_kept(dof, BETA)
    low = _ratio_kept(dof, 0.5 * alpha) / _ratio_reached(dof, BETA)
    return max(high - 1.0, 1.0 - low)


def _ratio_reached(dof, p):
    reach = 20.0 / math.sqrt(dof) + 100.0 / dof
    return 1.0 + crossing(lambda s: chi_square_upper((1.0 + s) * dof, dof), p, 0.0, reach)


def _ratio_kept(dof, p):
    return 1.0 - crossing(lambda s: chi_square_lower((1.0 - s) * dof, dof), p, 0.0, 1.0)
