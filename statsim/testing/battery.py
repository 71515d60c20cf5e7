"""Several statistics of one sample, each at an equal share of alpha, because no single one sees every broken sampler."""

from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError
from statsim.testing.follows import judge_counts, judge_follows
from statsim.testing.laws import bounded, ties
from statsim.testing.laws.search import rising_crossing
from statsim.testing.verdict import BETA, Verdict, require_power, together

_CELLS = 64
_PAIR_CELLS = 8


def run_battery(law, parts, alpha, detects):
    """One verdict from `parts`, a mapping of name to a function (alpha, detects) -> Verdict; `detects` maps names too."""
    wanted = dict(detects or {})
    unknown = sorted(set(wanted) - set(parts))
    if unknown:
        raise ArgumentError(f"detects must map parts of the battery to effects, got {unknown}; the parts are {list(parts)}")
    share = alpha / len(parts)
    verdicts = [judge(share, wanted.get(name)) for name, judge in parts.items()]
    named = [replace(verdict, law=f"{name}: {verdict.law}") for name, verdict in zip(parts, verdicts, strict=True)]
    return together(law, named, alpha)


def judge_bounded_moment(values, name, mean, sd, reach, alpha, detects):
    """The mean of bounded functions of the draws, by Bennett's bound with the exact variance under the null law."""
    effect = f"an error in the {name}"

    def detectable(n):
        return sum(rising_crossing(lambda d: bounded.bennett_two_sided(d, n, sd, reach), p) for p in (alpha, 2 * BETA))

    require_power(detects, detectable, values.size, effect)
    distance = abs(float(np.mean(values)) - mean)
    return Verdict(
        law=f"{name} {mean:.6g}, sd {sd:.6g}, bound for every n",
        statistic_name=f"error of the {name}",
        statistic=distance,
        p_value=bounded.bennett_two_sided(distance, values.size, sd, reach),
        alpha=alpha,
        n=values.size,
        detects=detectable(values.size),
        effect=effect,
    )


def judge_distance(uniforms, alpha, detects):
    """Kolmogorov-Smirnov distance of draws that are uniform on [0, 1] under the null law."""
    return judge_follows(uniforms, uniform_cdf, alpha=alpha, detects=detects)


def uniform_cdf(values):
    """Distribution function of the uniform law on [0, 1]."""
    return np.clip(values, 0.0, 1.0)


def judge_cells(uniforms, alpha, detects):
    """Counts of 64 equal cells of draws that are uniform on [0, 1] under the null law."""
    counts = np.bincount(cell_numbers(uniforms, _CELLS), minlength=_CELLS)
    return judge_counts(counts, np.full(_CELLS, 1.0 / _CELLS), range(_CELLS), alpha=alpha, detects=detects)


def judge_pair_cells(uniforms, alpha, detects):
    """Counts of 8 x 8 equal cells of the pairs (draw 0, draw 1), (draw 2, draw 3), ..."""
    even = uniforms[: uniforms.size // 2 * 2].reshape(-1, 2)
    numbers = cell_numbers(even, _PAIR_CELLS) @ np.array([_PAIR_CELLS, 1])
    size = _PAIR_CELLS**2
    names = [divmod(i, _PAIR_CELLS) for i in range(size)]
    return judge_counts(np.bincount(numbers, minlength=size), np.full(size, 1.0 / size), names, alpha=alpha, detects=detects)


def cell_numbers(uniforms, cells):
    """Cell 0..cells-1 of each value in [0, 1]."""
    return np.minimum((uniforms * cells).astype(np.int64), cells - 1)


def judge_ties(draws, peak, alpha, detects):
    """Draws that repeat an earlier value, when no value has a probability above `peak`."""
    effect = "a share of repeated draws"

    def detectable(n):
        return (ties.allowed(n, peak, alpha) + 1) / n

    require_power(detects, detectable, draws.size, effect)
    repeats = draws.size - np.unique(draws).size
    return Verdict(
        law=f"no value has a probability above {peak:.3g}, bound for every n",
        statistic_name="repeated draws",
        statistic=float(repeats),
        p_value=ties.upper_tail(repeats, draws.size, peak),
        alpha=alpha,
        n=draws.size,
        detects=detectable(draws.size),
        effect=effect,
    )
