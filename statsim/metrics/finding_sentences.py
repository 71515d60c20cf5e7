"""One sentence for each test of a comparison, written whether or not it is significant; `findings` keeps those that are."""

import math
from dataclasses import dataclass

import numpy as np

from statsim.metrics.arrays import counts, mean_and_sd
from statsim.metrics.kolmogorov_smirnov import largest_gap
from statsim.metrics.pairs import contingency
from statsim.metrics.rank_tests import mid_ranks
from statsim.metrics.wording import amount, label, number, percent


@dataclass(frozen=True, slots=True)
class Candidate:
    """A test, and what to say should it reject."""

    sentence: str
    kind: str
    columns: tuple
    size: float
    p_value: float


def marginal_candidates(one):
    """Tests of one column."""
    name = (one.column.name,)
    found = []
    if one.agreement is not None:
        size = 1 - one.agreement.value
        write = (("shares", _shares, one.agreement),) if one.column.kind == "categorical" else (
            ("location", _location, one.shift), ("spread", _spread, one.spread),
            ("shape", _shape, one.agreement), ("range", _range, one.beyond))  # fmt: skip
        found = [Candidate(sentence(one), kind, name, size, score.p_value) for kind, sentence, score in write]
    if not math.isnan(one.missing.p_value):
        found.append(Candidate(_missing(one), "missing", name, abs(one.missing.value), one.missing.p_value))
    return found


def _location(one):
    x, y = one.column.present
    unit = one.column.unit
    shift = one.shift
    middle, a, b = "mean", mean_and_sd(x)[0], mean_and_sd(y)[0]
    ranks = mid_ranks(np.concatenate([x, y]))
    if (ranks[x.size :].mean() - ranks[: x.size].mean()) * shift.value <= 0:  # a tail pulls the mean the other way
        middle, a, b = "median", np.median(x), np.median(y)
    side = "late" if unit and b > a else "early" if unit else "high" if b > a else "low"
    return (f"{one.column.name} is too {side}: {middle} {number(b, shift.error, unit=unit)} where real is "
            f"{number(a, shift.error, unit=unit)} (± {amount(shift.error, unit=unit)})")  # fmt: skip


def _spread(one):
    ratio, error = one.spread.value, one.spread.error
    if math.isnan(ratio):
        return f"{one.column.name} varies where real does not"
    side = "wide" if ratio > 1 else "narrow"
    return f"{one.column.name} is too {side}: standard deviation {ratio:.2f} times real (± {amount(error)})"


def _shape(one):
    at, real, synthetic = largest_gap(*one.column.present)
    return (f"{one.column.name} has another shape: {percent(synthetic)} of values are at most "
            f"{number(at, unit=one.column.unit)}, in real {percent(real)} (± {percent(one.agreement.error)})")  # fmt: skip


def _range(one):
    x, unit = one.column.present[0], one.column.unit
    return (f"{one.column.name} leaves the real range too often: {percent(one.beyond.value)} of values lie outside "
            f"{number(x.min(), unit=unit)} to {number(x.max(), unit=unit)} ({percent(one.beyond.expected)} expected)")  # fmt: skip


def _missing(one):
    real, synthetic = (gone.mean() for gone in one.column.missing)
    return (f"{one.column.name} is missing in {percent(synthetic)} of rows, in real in {percent(real)} "
            f"(± {percent(one.missing.error)})")  # fmt: skip


def _shares(one):
    table = counts(*one.column.present)
    shares = table / table.sum(axis=1, keepdims=True)
    pooled = table.sum(axis=0) / table.sum()
    worst = int(np.argmax(np.abs(shares[1] - shares[0]) / np.sqrt(np.maximum(pooled * (1 - pooled), 1e-12))))
    error = math.sqrt(sum(p[worst] * (1 - p[worst]) / n for p, n in zip(shares, table.sum(axis=1), strict=True)))
    return (f"{one.column.name} has the wrong shares: {label(one.column.categories[worst])} is {percent(shares[1][worst])} "
            f"where real is {percent(shares[0][worst])} (± {percent(error)})")  # fmt: skip


def pair_candidates(one):
    """The test of one pair of columns."""
    if math.isnan(one.difference.p_value):
        return []
    write = {"rank correlation": _correlation, "correlation ratio": _groups, "Cramer's V": _cells}[one.measure]
    columns = (one.first.name, one.second.name)
    return [Candidate(write(one), "pair", columns, abs(one.difference.value) / 2, one.difference.p_value)]


def _strength(one):
    error = one.difference.error
    return f"{one.measure} {number(one.synthetic, error)} where real is {number(one.real, error)} (± {amount(error)})"


def _tie(one):
    if one.real * one.synthetic < 0 and min(abs(one.real), abs(one.synthetic)) > one.difference.error:
        return "are tied the wrong way round"
    return "are tied too weakly" if abs(one.synthetic) < abs(one.real) else "are tied too strongly"


def _correlation(one):
    return f"{one.first.name} and {one.second.name} {_tie(one)}: {_strength(one)}"


def _groups(one):
    x, g = one.first, one.second
    worst, text = -1.0, ""
    for code, category in enumerate(g.categories):
        a, b = (v[(c == code) & ~np.isnan(v)] for v, c in ((x.real, g.real), (x.synthetic, g.synthetic)))
        if min(a.size, b.size) < 15:
            continue
        (mean, sd), (other, other_sd) = mean_and_sd(a), mean_and_sd(b)
        error = math.hypot(sd / math.sqrt(a.size), other_sd / math.sqrt(b.size))
        gap = abs(other - mean) / error if error > 0 else 0.0
        if gap > worst:
            worst, text = gap, (f"; most where {g.name} is {label(category)}: mean {number(other, error, unit=x.unit)}, "
                                f"in real {number(mean, error, unit=x.unit)} (± {amount(error, unit=x.unit)})")  # fmt: skip
    return f"{x.name} and {g.name} {_tie(one)}: {_strength(one)}{text}"


def _cells(one):
    tables = np.array(contingency(one.first, one.second), float)
    shares = tables / tables.sum(axis=(1, 2), keepdims=True)
    pooled = np.maximum(tables.sum(axis=0) / tables.sum(), 1e-12)
    row, column = np.unravel_index(int(np.argmax(np.abs(shares[1] - shares[0]) / np.sqrt(pooled))), pooled.shape)
    where = f"{label(one.first.categories[row])} with {label(one.second.categories[column])}"
    return (f"{one.first.name} and {one.second.name} {_tie(one)}: {_strength(one)}; most in {where}: "
            f"{percent(shares[1][row, column])} of rows, in real {percent(shares[0][row, column])}")  # fmt: skip


def joint_candidates(joint):
    """Tests of whole rows: missing patterns, classifier, copies (the permutations of the energy distance are too few for it)."""
    found = []
    if joint.patterns is not None and len(joint.patterns.patterns) > 2:
        score = joint.patterns.score
        found.append(Candidate(_patterns(joint), "missing", ("patterns",), 1 - score.value, score.p_value))
    if joint.classifier is not None:
        score = joint.classifier
        found.append(Candidate(
            f"A classifier can tell the tables apart: of a real and a synthetic row it picks out the synthetic one "
            f"{percent(score.value)} of the time (± {percent(score.error)}; 50% is guessing)",
            "rows", ("classifier",), abs(score.value - 0.5), score.p_value))  # fmt: skip
    return found + (_copies(joint.copies) if joint.copies is not None else [])


def _patterns(joint):
    patterns = joint.patterns
    worst = int(np.argmax(np.abs(patterns.synthetic - patterns.real)))
    names = [name for name, gone in zip(joint.names, patterns.patterns[worst], strict=True) if gone]
    what = "complete rows" if not names else f"rows without {' and '.join(names[:3])}" + (" ..." if len(names) > 3 else "")
    return (f"Values go missing in other combinations: {what} are {percent(patterns.synthetic[worst])}, "
            f"in real {percent(patterns.real[worst])}")  # fmt: skip


def _copies(copies):
    exact, near = copies.exact, copies.closeness
    return [
        Candidate(f"{percent(exact.value)} of synthetic rows are exact copies of a real row (± {percent(exact.error)}; "
                  f"{percent(copies.exact_among_real)} of real rows repeat another one)", "copies", ("exact",), exact.value,
                  exact.p_value),
        Candidate(f"Synthetic rows lie too close to real ones: {percent(near.value)} are nearer to a real row than a fresh "
                  f"real row is (± {percent(near.error)}; 50% expected)", "copies", ("near",), near.value - 0.5, near.p_value),
    ]  # fmt: skip


def untested(one):
    """Faults of one column that need no test: a finer rounding than real, identifiers taken from real rows."""
    name, kind = one.column.name, one.column.kind
    if one.decimals is not None and one.finer > 0:
        digits = "whole numbers" if one.decimals == 0 else f"{one.decimals} decimal{'s' * (one.decimals > 1)}"
        text = f"{name} is not rounded as real is ({digits}): {percent(one.finer)} of values have more decimals"
        yield text, "rounding", (name,), 0.05 * one.finer, math.nan
    if kind == "identifier" and one.column.categories:
        real, synthetic = one.column.present
        copied = np.isin(synthetic, real).mean() if synthetic.size else 0.0
        if copied > 0:
            yield f"{percent(copied)} of the values of {name} are real identifiers", "copies", (name,), copied, math.nan
    if kind != "identifier" and (one.column.present[0].size < 2) != (one.column.present[1].size < 2):
        empty = "real" if one.column.present[0].size < 2 else "synthetic"
        yield f"{name} has no values to compare in {empty}", "structure", (name,), 1.0, math.nan
