"""Everything a comparison of a real and a synthetic table yields, and what is not right first."""

import dataclasses
import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.arrays import unit_range
from statsim.metrics.classifier import classifier_two_sample
from statsim.metrics.columns import TablePair, align
from statsim.metrics.copies import Copies, nearest_records
from statsim.metrics.energy import energy_distance
from statsim.metrics.findings import find
from statsim.metrics.marginals import marginal
from statsim.metrics.missingness import MissingPatterns, missing_patterns
from statsim.metrics.pairs import pair
from statsim.metrics.score import NOT_TESTED, Score
from statsim.metrics.seeds import metric_generator

ERROR_RATE = 0.01
"""Chance that a perfect generator gets any sentence from `what_is_wrong`."""
MAX_ROWS = 200_000
"""Rows of a table above which a subsample is compared; beyond it the errors are below any difference that matters."""
MAX_PAIRED_COLUMNS = 40


@dataclass(frozen=True, slots=True)
class Joint:
    """Scores of whole rows; None where the tables are too small or have no column for them."""

    names: tuple
    classifier: Score = None
    energy: Score = None
    patterns: MissingPatterns = None
    copies: Copies = None


@dataclass(frozen=True, slots=True)
class Fidelity:
    """How close a synthetic table comes to a real one.

    Parameters
    ----------
    table : TablePair
        The compared columns as arrays.
    n_real, n_synthetic : int
        Rows of the tables given (`table` holds a subsample of those above `MAX_ROWS`).
    marginals : tuple of Marginal
    pairs : tuple of Pair
    joint : Joint
    findings : tuple of Finding
        Significant differences, largest first.
    nearest : tuple of Finding
        The three least likely differences among those that chance may explain.
    tests : int
        How many tests shared the error rate.
    error_rate : float
        Chance that a perfect generator gets any finding that is tested.
    """

    table: TablePair
    n_real: int
    n_synthetic: int
    marginals: tuple
    pairs: tuple
    joint: Joint
    findings: tuple
    nearest: tuple
    tests: int
    error_rate: float

    def what_is_wrong(self):
        """The significant differences in plain sentences, the most important first; empty where none was found."""
        return [finding.sentence for finding in self.findings]

    @property
    def marginal_score(self):
        """Mean agreement of the columns; its error is the bound for fully dependent columns."""
        return _mean("mean agreement of columns", [m.agreement for m in self.marginals if m.agreement is not None])

    @property
    def pair_score(self):
        """One minus half the mean absolute difference of strength between pairs (NaN without pairs)."""
        known = [p.difference for p in self.pairs if not math.isnan(p.difference.value)]
        halves = [
            dataclasses.replace(
                score, value=1 - abs(score.value) / 2, error=score.error / 2, expected=1 - score.error / math.sqrt(2 * math.pi)
            )
            for score in known
        ]
        return _mean("mean agreement of pairs", halves)

    def to_document(self):
        """The numbers as plain dicts and lists, for JSON (NaN is None)."""
        return {
            "n_real": self.n_real,
            "n_synthetic": self.n_synthetic,
            "what_is_wrong": self.what_is_wrong(),
            "error_rate": self.error_rate,
            "tests": self.tests,
            "overall": [_plain(s) for s in (self.marginal_score, self.pair_score, *_joint_scores(self.joint)) if s is not None],
            "columns": {m.column.name: [_plain(s) for s in _scores(m)] for m in self.marginals},
            "pairs": [{"columns": [p.first.name, p.second.name], **_plain(p.difference)} for p in self.pairs],
        }


def compare_tables(real, synthetic, *, rng=0, error_rate=ERROR_RATE):
    """Compare a synthetic table with a real one: margins, pairs, whole rows, missing values, copies.

    Parameters
    ----------
    real, synthetic : data frame
        pandas, polars or pyarrow. Columns are matched by name; at least 2 rows each.
    rng : int, SeedSequence or Generator
        Chooses subsamples, halves and relabellings.
    error_rate : float
        In (0, 1): chance that a perfect generator gets any tested sentence from `what_is_wrong` (Holm's correction).

    Returns
    -------
    Fidelity

    Raises
    ------
    ArgumentTypeError
        Not a data frame.
    DataError
        No rows, no column in common, or an infinite value.

    Examples
    --------
    >>> import numpy as np, pyarrow as pa
    >>> from statsim.metrics import compare_tables
    >>> x = np.random.default_rng(2).normal(size=1000)
    >>> compare_tables(pa.table({"x": x[:500]}), pa.table({"x": 2 * x[500:]})).what_is_wrong()[0]
    'x is too wide: standard deviation 2.00 times real (± 0.089)'
    """
    if not 0 < error_rate < 1:
        raise ArgumentError(f"error_rate must be between 0 and 1, got {error_rate!r}; 0.01 is usual")
    whole = align(real, synthetic)
    table = _subsample(whole, rng)
    marginals = tuple(marginal(column) for column in table.columns)
    compared = [m.column for m in marginals if m.agreement is not None]
    problems = list(whole.problems)
    if len(compared) > MAX_PAIRED_COLUMNS:
        problems.append(f"only pairs of the first {MAX_PAIRED_COLUMNS} of {len(compared)} columns are compared")
    pairs = tuple(pair(a, b, rng=metric_generator(rng, 3)) for a, b in combinations(compared[:MAX_PAIRED_COLUMNS], 2))
    joint = _joint(table, compared, rng)
    findings, nearest, tests = find(problems, marginals, pairs, joint, error_rate=error_rate)
    return Fidelity(table, whole.n_real, whole.n_synthetic, marginals, pairs, joint, findings, nearest, tests, error_rate)


def _subsample(table, rng):
    if max(table.n_real, table.n_synthetic) <= MAX_ROWS:
        return table
    kept = [
        metric_generator(rng, path).permutation(n)[:MAX_ROWS] if n > MAX_ROWS else slice(None)
        for n, path in ((table.n_real, 4), (table.n_synthetic, 5))
    ]
    columns = tuple(dataclasses.replace(c, real=c.real[kept[0]], synthetic=c.synthetic[kept[1]]) for c in table.columns)
    return dataclasses.replace(table, columns=columns, n_real=len(columns[0].real), n_synthetic=len(columns[0].synthetic))


def _joint(table, compared, rng):
    names = tuple(c.name for c in table.columns)
    if not compared or min(table.n_real, table.n_synthetic) < 4:
        return Joint(names)
    missing = [np.stack(part, axis=1) for part in zip(*(c.missing for c in table.columns), strict=True)]
    rows = [_matrix(compared, side) for side in ("real", "synthetic")]
    categorical = np.array([c.kind == "categorical" for c in compared])
    enough = min(table.n_real, table.n_synthetic) >= 20
    return Joint(
        names,
        classifier=classifier_two_sample(*rows, categorical=categorical, rng=rng) if enough else None,
        energy=energy_distance(*_coordinates(compared), rng=metric_generator(rng, 6)) if enough else None,
        patterns=missing_patterns(*missing),
        copies=nearest_records(*rows, categorical=categorical, rng=rng) if len(compared) > 1 else None,
    )


def _matrix(columns, side):
    """Rows of numbers and codes, NaN where missing; each numeric column scaled by a power of two into the unit range."""
    parts = []
    for c in columns:
        values = getattr(c, side)
        if c.kind == "categorical":
            parts.append(np.where(values < 0, np.nan, values))
        else:
            parts.append(np.ldexp(values, -unit_range(*c.present)[-1]))
    return np.stack(parts, axis=1)


def _coordinates(columns, *, most_levels=30):
    """Both tables as points: standardised numbers (real mean and spread), half-square-root indicators, missing flags."""
    sides = ([], [])
    for c in columns:
        flags = c.missing
        if c.kind == "numeric":
            real, synthetic = _matrix([c], "real")[:, 0], _matrix([c], "synthetic")[:, 0]
            centre, spread = np.nanmean(real), np.nanstd(real) or 1.0
            parts = [[np.nan_to_num((x - centre) / spread)] for x in (real, synthetic)]
        else:
            levels = range(min(len(c.categories), most_levels))
            parts = [[(x == level) * math.sqrt(0.5) for level in levels] for x in (c.real, c.synthetic)]
        for side, own, flag in zip(sides, parts, flags, strict=True):
            side.extend([*own, flag.astype(float)])
    return tuple(np.stack(side, axis=1) for side in sides)


def _mean(name, scores):
    if not scores:
        return Score(name, NOT_TESTED, NOT_TESTED, 1.0, NOT_TESTED, NOT_TESTED, 0, 0)
    value, error, expected = (float(np.mean([getattr(s, key) for s in scores])) for key in ("value", "error", "expected"))
    return Score(name, value, error, 1.0, expected, NOT_TESTED, max(s.n_real for s in scores), max(s.n_synthetic for s in scores))


def _scores(one):
    found = (one.agreement, one.distance, one.energy, one.shift, one.spread, one.beyond, one.missing)
    return [score for score in found if score is not None]


def _joint_scores(joint):
    copies = (joint.copies.exact, joint.copies.closeness) if joint.copies is not None else ()
    return joint.classifier, joint.energy, joint.patterns.score if joint.patterns is not None else None, *copies


def _plain(score):
    fields = dataclasses.asdict(score)
    return {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in fields.items()}
