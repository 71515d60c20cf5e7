"""Independent draws: one chain without warm-up, and how many candidates they took."""

import math
from dataclasses import dataclass

from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics


@dataclass(frozen=True)
class Acceptance:
    """How often a candidate was taken.

    Attributes
    ----------
    rate : float
        Accepted over tried. Drawing until n are accepted, the unbiased estimate is (n - 1) / (tries - 1); this is it.
    standard_error : float
    tries : int
        Candidates drawn.
    evaluations : int
        Log densities computed; fewer than `tries` where a squeeze spared some.
    """

    rate: float
    standard_error: float
    tries: int
    evaluations: int


@dataclass(frozen=True, eq=False, repr=False)
class IndependentDraws(Draws):
    """Independent draws of a target: `values` is (1, n, dim), and no diagnostics of convergence are called for.

    Attributes
    ----------
    acceptance : Acceptance or None
        None for a method that takes every candidate.
    """

    acceptance: Acceptance | None = None


def acceptance_of(accepted, tries, evaluations):
    """The rate of `accepted` draws, the last of `tries` candidates having been accepted (negative binomial)."""
    if accepted < 2:
        return Acceptance(math.nan, math.nan, tries, evaluations)
    rate = (accepted - 1) / (tries - 1)
    return Acceptance(rate, rate * math.sqrt((1.0 - rate) / accepted), tries, evaluations)


def independent_draws(values, target, method, *, acceptance=None):
    """Draws of `values` (n, dim)."""
    names = tuple(f"x[{i}]" for i in range(values.shape[1])) if target.names is None else tuple(target.names)
    return IndependentDraws(values[None], Statistics({}), names, method, acceptance=acceptance)
