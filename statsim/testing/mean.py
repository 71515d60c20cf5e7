"""The mean of a sample equals a stated value."""

import math

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.inputs import as_draws, check_alpha, check_positive, effective_size
from statsim.testing.laws import bounded, gaussian
from statsim.testing.laws.beta import student_two_sided
from statsim.testing.laws.search import crossing, rising_crossing
from statsim.testing.verdict import ALPHA, BETA, Verdict, require_power, settle, together

_EFFECT = "an error in the mean"


def assert_mean(sample, mean, *, sd=None, bounds=None, ess=None, alpha=ALPHA, detects=None):
    r"""Assert that the draws come from a law with the stated mean.

    Null laws, by what is known:

    - ``bounds=(low, high)``: Hoeffding's bound in its relative-entropy form, and Bennett's where `sd` is given too.
      Both hold for every n and every law inside the bounds; they are the choice for a small n.
    - ``sd``: the normal law for :math:`(\bar x - \mu) \sqrt{n} / \sigma`, exact for normal draws; for others its tail is
      widened by Cramér's correction with the sample's skewness and kurtosis.
    - neither: Student's t, exact for normal draws; else widened by the correction for self-normalised sums.

    Parameters
    ----------
    sample : array (n,) or (n, d)
        Draws. With d columns each is judged at alpha / d.
    mean : float or array (d,)
    sd : float or array (d,), optional
        Known standard deviation of one draw.
    bounds : (float, float), optional
        Interval that holds every possible draw.
    ess : float, optional
        Effective sample size of correlated draws; n when absent. See also `batch_means`.
    alpha : float
        False-alarm rate.
    detects : float, optional
        Error in the mean, in the unit of the draws, that has to be found with probability 1 - 1e-6.

    Returns
    -------
    Verdict

    Raises
    ------
    StatisticalAssertionError
        The mean differs.
    InsufficientSampleError
        n draws cannot find `detects`; the message names the n that can.

    References
    ----------
    W. Hoeffding (1963), JASA 58; G. Bennett (1962), JASA 57; H. Cramér (1938);
    B.-Y. Jing, Q.-M. Shao, Q. Wang (2003), Ann. Probab. 31.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim import testing
    >>> draws = np.random.default_rng(1).normal(size=1_000_000)
    >>> testing.assert_mean(draws, 0.0, sd=1.0, detects=0.0103).passed
    True
    """
    return settle(judge_mean(sample, mean, sd=sd, bounds=bounds, ess=ess, alpha=alpha, detects=detects))


def judge_mean(sample, mean, *, sd=None, bounds=None, ess=None, alpha=ALPHA, detects=None):
    """The verdict of `assert_mean`, neither charged to a budget nor raised."""
    draws = as_draws(sample, ndim=(1, 2))
    check_alpha(alpha)
    if draws.ndim == 1:
        return _judge_column(draws, float(mean), sd, bounds, ess, alpha, detects)
    d = draws.shape[1]
    means, sds = np.broadcast_to(mean, d), np.broadcast_to(np.nan if sd is None else sd, d)
    parts = [
        _judge_column(draws[:, j], float(means[j]), None if sd is None else float(sds[j]), bounds, ess, alpha / d, detects)
        for j in range(d)
    ]
    column = min(range(d), key=lambda j: parts[j].p_value)
    return together(f"column {column} of {d}", parts, alpha)


def _judge_column(draws, mean, sd, bounds, ess, alpha, detects):
    n = effective_size(ess, draws.size)
    law, tail = _null_law(draws, mean, sd, bounds)
    distance = abs(float(np.mean(draws)) - mean)
    detectable = _detectable(tail, alpha)
    require_power(detects, detectable, n, _EFFECT)
    return Verdict(
        law=f"mean {mean:.6g}, {law}",
        statistic_name="|sample mean - mean|",
        statistic=distance,
        p_value=tail(distance, n),
        alpha=alpha,
        n=draws.size,
        detects=detectable(n),
        effect=_EFFECT,
    )


def _null_law(draws, mean, sd, bounds):
    """Words for the law of the mean's error, and its two-sided tail as a function of (distance, n)."""
    if sd is not None:
        check_positive(sd, "sd")
    if bounds is not None:
        return _bounded_law(draws, mean, sd, bounds)
    if sd is not None:
        skewness, excess = _shape(draws)
        return f"sd {sd:.6g}, normal limit", lambda distance, n: gaussian.mean_two_sided(
            distance * math.sqrt(n) / sd, n, skewness, excess
        )
    if draws.size < 2:
        raise ArgumentError("sample must hold at least 2 draws when sd is not given, got 1; pass sd= or draw more")
    return _student_law(draws)


def _bounded_law(draws, mean, sd, bounds):
    low, high = bounds
    if not low <= mean <= high or not low < high:
        raise ArgumentError(f"bounds must satisfy low <= mean <= high and low < high, got {bounds!r} for mean {mean!r}")
    if draws.min() < low or draws.max() > high:
        raise ArgumentError(f"bounds {bounds!r} must hold all draws, which reach from {draws.min()} to {draws.max()}")
    reach = max(high - mean, mean - low)

    def tail(distance, n):
        p = bounded.hoeffding_two_sided(distance, n, mean, low, high)
        return p if sd is None else min(p, bounded.bennett_two_sided(distance, n, sd, reach))

    return f"draws in [{low:.6g}, {high:.6g}], bound for every n", tail


def _student_law(draws):
    sd = float(np.std(draws, ddof=1))
    skewness, _ = _shape(draws)

    def tail(distance, n):
        if sd == 0.0:
            return 0.0 if distance > 0.0 else 1.0
        # self-normalised sums: the log ratio to the normal tail is -skewness t^3 / (3 sqrt(n)), here with its harmful sign
        t = gaussian.shrink(distance * math.sqrt(n) / sd, n, abs(skewness) / 3.0)
        return min(1.0, student_two_sided(t, max(n - 1.0, 1.0)))

    return f"sd {sd:.6g} estimated, Student's t", tail


def _shape(draws):
    """Skewness and excess kurtosis of the draws; zero for a constant."""
    centred = draws - np.mean(draws)
    reach = float(np.max(np.abs(centred)))
    if reach == 0.0:
        return 0.0, 0.0
    centred /= reach
    square = centred * centred
    variance = float(np.mean(square))
    return float(np.mean(square * centred)) / variance**1.5, float(np.mean(square * square)) / variance**2 - 3.0


def _detectable(tail, alpha):
    """Error found by n draws: where the tail falls to alpha, plus where half of it falls to beta."""

    def detectable(n):
        return rising_crossing(lambda d: tail(d, n), alpha) + rising_crossing(lambda d: tail(d, n), 2.0 * BETA)

    return detectable


def batch_means(draws, *, n_batches=64):
    """Means of consecutive batches, nearly independent when a batch is much longer than the correlation of the draws.

    Parameters
    ----------
    draws : array (n,) or (n_chains, n)
        Correlated draws; rows are chains. A remainder at the start of each chain is left out.
    n_batches : int
        Batches a chain.

    Returns
    -------
    array (n_chains * n_batches,)
        Give it to `assert_mean` without `sd` and without `ess`.
    """
    chains = np.atleast_2d(as_draws(draws, "draws", ndim=(1, 2)))
    length = chains.shape[1] // n_batches
    if n_batches < 2 or length < 1:
        raise ArgumentError(f"n_batches must lie in 2..{chains.shape[1]} for chains of that length, got {n_batches!r}")
    used = chains[:, chains.shape[1] - length * n_batches :]
    return used.reshape(-1, length).mean(axis=1)
