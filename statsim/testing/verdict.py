"""What an assertion found, and what happens then: it is charged to the budget, and raises when chance does not explain it."""

import math
from dataclasses import dataclass

from statsim.errors import ArgumentError
from statsim.testing.budget import current_budget

ALPHA = 4e-8
BETA = 1e-6


class StatisticalAssertionError(AssertionError):
    """The sample does not follow the stated law; `verdict` holds the numbers."""

    def __init__(self, verdict):
        super().__init__(verdict.message)
        self.verdict = verdict


class InsufficientSampleError(ArgumentError):
    """The sample is too small to find the effect that the caller asked for; `n_needed` draws would do."""

    def __init__(self, message, n_needed):
        super().__init__(message)
        self.n_needed = n_needed


@dataclass(frozen=True)
class Verdict:
    """The record of one random assertion.

    Attributes
    ----------
    law : str
        The null law, in words.
    statistic_name, statistic : str, float
        What was computed and its value.
    p_value : float
        Exact tail probability of the statistic under the law, or an upper bound of it.
    alpha : float
        False-alarm rate: the assertion fails when `p_value <= alpha`.
    n : int
        Draws used.
    detects : float
        Smallest error found with probability 1 - 1e-6, in the unit named by `effect`.
    effect : str
        What `detects` measures.
    parts : tuple of Verdict
        The single statements of a battery, each at its share of alpha.
    """

    law: str
    statistic_name: str
    statistic: float
    p_value: float
    alpha: float
    n: int
    detects: float
    effect: str
    parts: tuple = ()

    @property
    def passed(self):
        """Whether chance alone explains the statistic at the stated rate."""
        return self.p_value > self.alpha

    @property
    def message(self):
        """One sentence with the law, the statistic, its p-value, n and the effect that can be found."""
        verdict = "agrees with" if self.passed else "does not follow"
        relation = ">" if self.passed else "<="
        return (
            f"the sample {verdict} the law [{self.law}]: {self.statistic_name} = {self.statistic:.6g}, "
            f"p = {self.p_value:.3g} {relation} alpha = {self.alpha:.3g}, n = {self.n:,}; "
            f"finds {self.effect} of {self.detects:.3g} or more with probability 1 - {BETA:g}"
        )


def settle(verdict):
    """Charge the verdict to the current budget; raise `StatisticalAssertionError` unless it passed, else return it."""
    current_budget().charge(verdict.alpha)
    if not verdict.passed:
        raise StatisticalAssertionError(verdict)
    return verdict


def together(law, verdicts, alpha):
    """One verdict from several that were judged at shares of alpha: the one that comes nearest to failing speaks."""
    worst = min(verdicts, key=lambda v: v.p_value / v.alpha)
    return Verdict(
        law=f"{law}; {worst.law}",
        statistic_name=worst.statistic_name,
        statistic=worst.statistic,
        p_value=min(1.0, worst.p_value * (alpha / worst.alpha)),
        alpha=alpha,
        n=worst.n,
        detects=worst.detects,
        effect=worst.effect,
        parts=tuple(verdicts),
    )


def require_power(detects, detectable, n, effect):
    """Refuse a sample of n draws that cannot find an error of `detects`.

    Parameters
    ----------
    detects : float or None
        The effect asked for; None asks for nothing.
    detectable : callable
        Maps a sample size to the smallest effect that it finds; falling in n.
    n : int
        Draws at hand.
    effect : str
        What the effect measures, for the message.

    Raises
    ------
    InsufficientSampleError
        With the number of draws that would do.
    """
    if detects is None:
        return
    if not detects > 0.0:
        raise ArgumentError(f"detects must be positive, got {detects!r}: it is the smallest {effect} that has to be found")
    found = detectable(n)
    if found > detects:
        needed = _sample_size(detectable, detects, n, found)
        raise InsufficientSampleError(
            f"n = {n:,} draws find {effect} of {found:.3g}, not detects = {detects:.3g}; "
            f"draw n = {needed:,} or ask for detects >= {found:.3g}",
            needed,
        )


def _sample_size(detectable, detects, n, found):
    """The size that finds `detects`, to 1 %: every detectable error falls about as 1 / sqrt(n), so few steps bracket it."""
    low = high = n
    while found > detects:
        low, high = high, math.ceil(high * max((found / detects) ** 2, 1.01))
        found = detectable(high)
    while high > 1.01 * low + 1:
        middle = math.ceil(0.5 * (low + high))
        low, high = (low, middle) if detectable(middle) <= detects else (middle, high)
    return high
