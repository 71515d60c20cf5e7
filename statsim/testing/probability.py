"""The probability of an event equals a stated value."""

from statsim.errors import ArgumentError
from statsim.testing.inputs import check_alpha
from statsim.testing.laws import binomial
from statsim.testing.verdict import ALPHA, BETA, Verdict, require_power, settle

_EFFECT = "an error in the probability"


def assert_probability(successes, n, probability, *, alpha=ALPHA, detects=None):
    """Assert that an event seen `successes` times in n independent trials has the stated probability.

    Null law: the exact binomial law, twice its smaller tail (Clopper and Pearson 1934), for every n and probability.

    Parameters
    ----------
    successes : int
        0..n.
    n : int
        Independent trials.
    probability : float
        In [0, 1]. At 0 one success fails the assertion, at 1 one failure does.
    alpha : float
        False-alarm rate.
    detects : float, optional
        Absolute error in the probability that has to be found with probability 1 - 1e-6.

    Returns
    -------
    Verdict

    Raises
    ------
    StatisticalAssertionError
        The probability differs.
    InsufficientSampleError
        n trials cannot find `detects`.

    Examples
    --------
    >>> from statsim import testing
    >>> testing.assert_probability(50_120, 100_000, 0.5, detects=0.02).passed
    True
    """
    return settle(judge_probability(successes, n, probability, alpha=alpha, detects=detects))


def judge_probability(successes, n, probability, *, alpha=ALPHA, detects=None):
    """The verdict of `assert_probability`, neither charged to a budget nor raised."""
    check_alpha(alpha)
    n, successes = _whole(n, "n"), _whole(successes, "successes")
    if n < 1 or not 0 <= successes <= n:
        raise ArgumentError(f"successes must lie in 0..n with n >= 1, got successes = {successes}, n = {n}")
    if not 0.0 <= probability <= 1.0:
        raise ArgumentError(f"probability must lie in [0, 1], got {probability!r}")
    probability = float(probability)
    require_power(detects, lambda size: binomial.detectable(size, probability, alpha, BETA), n, _EFFECT)
    return Verdict(
        law=f"probability {probability:.6g}, exact binomial",
        statistic_name="successes / n",
        statistic=successes / n,
        p_value=binomial.two_sided(successes, n, probability),
        alpha=alpha,
        n=n,
        detects=binomial.detectable(n, probability, alpha, BETA),
        effect=_EFFECT,
    )


def _whole(value, name):
    if int(value) != value:
        raise ArgumentError(f"{name} must be a whole number, got {value!r}")
    return int(value)
