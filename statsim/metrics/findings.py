"""What is not right, in plain sentences: every test of a comparison, Holm's correction, the largest faults first.

The stated error rate is the chance that a perfect generator gets any tested sentence at all. A model fitted to the very
rows it is compared with lies nearer to them than a perfect generator would, so the rate is an upper bound for it.
"""

from collections import Counter
from dataclasses import dataclass, replace

from statsim.metrics.arrays import unit_range
from statsim.metrics.finding_sentences import (
    joint_candidates,
    marginal_candidates,
    pair_candidates,
    untested,
)
from statsim.metrics.multiplicity import holm
from statsim.metrics.rank_tests import spread_ratio


@dataclass(frozen=True, slots=True)
class Finding:
    """One significant difference.

    Parameters
    ----------
    sentence : str
    kind : {"structure", "copies", "location", "spread", "shape", "range", "missing", "shares", "rounding", "pair", "rows"}
    columns : tuple of str
    size : float
        From 0 to 1, comparable between kinds: a difference of probabilities or half a difference of correlations.
    p_value : float
        Before correction; NaN for what is certain and not tested.
    also : tuple of (str, str)
        Further pairs of one of the columns that are wrong too and told in the same sentence.
    """

    sentence: str
    kind: str
    columns: tuple
    size: float
    p_value: float
    also: tuple = ()

    @property
    def pairs(self):
        """The pairs of columns the sentence is about."""
        return {frozenset(pair) for pair in (self.columns, *self.also)} if self.kind == "pair" else set()


def find(problems, marginals, pairs, joint, *, error_rate):
    """Findings, largest first; the least likely differences that chance may still explain; the number of tests made.

    Parameters
    ----------
    problems : sequence of str
        Sentences on what could not be compared.
    marginals, pairs : sequences of Marginal, Pair
    joint : Joint
        Classifier, energy distance, missing patterns, copies.
    error_rate : float
        Chance of any false sentence from a perfect generator.
    """
    candidates = [c for m in marginals for c in marginal_candidates(m)]
    candidates += [c for p in pairs for c in pair_candidates(p)] + joint_candidates(joint)
    rejected = holm([c.p_value for c in candidates], error_rate=error_rate)
    tests = sum(c.p_value == c.p_value for c in candidates)
    found = {(c.kind, c.columns): c for c, is_found in zip(candidates, rejected, strict=True) if is_found}
    for one in marginals:
        _settle_spread(one, found, candidates, error_rate / max(tests, 1))
    kept = [c for c in found.values() if not _is_implied(c, found)]
    findings = _gathered([Finding(c.sentence, c.kind, c.columns, c.size, c.p_value) for c in kept])
    findings += [Finding(p[0].upper() + p[1:], "structure", (), 1.0, float("nan")) for p in problems]
    findings += [Finding(*fault) for m in marginals for fault in untested(m)]
    return tuple(sorted(findings, key=_importance)), _nearest(candidates, found), tests


def _nearest(candidates, found, *, most=3):
    """The `most` smallest p-values that did not reject, at most one for the same columns."""
    left = {}
    for c in sorted((c for c in candidates if c.p_value == c.p_value), key=lambda c: c.p_value):
        if (c.kind, c.columns) not in found:
            left.setdefault(c.columns, Finding(c.sentence, c.kind, c.columns, c.size, c.p_value))
    return tuple(left.values())[:most]


def _settle_spread(one, found, candidates, level):
    """A shift alone looks like a spread to Mood's test: once shifted, the spread is judged after aligning the medians."""
    name = (one.column.name,)
    if ("location", name) not in found or one.spread is None:
        return
    found.pop(("spread", name), None)
    real, synthetic, _ = unit_range(*one.column.present)
    if spread_ratio(real, synthetic, align=True).p_value <= level:
        found.update({("spread", name): c for c in candidates if (c.kind, c.columns) == ("spread", name)})


def _is_implied(candidate, found):
    """A shape is only worth a sentence where location and spread do not explain it."""
    return candidate.kind == "shape" and any((kind, candidate.columns) in found for kind in ("location", "spread"))


def _gathered(findings):
    """One sentence for the wrong pairs of a column that is wrong with three or more: they have one cause."""
    pairs = sorted((f for f in findings if f.kind == "pair"), key=lambda f: -f.size)
    rest = [f for f in findings if f.kind != "pair"]
    while pairs:
        count = Counter(name for f in pairs for name in f.columns)
        hub, times = max(count.items(), key=lambda item: item[1])
        if times < 3:
            return rest + pairs
        own = [f for f in pairs if hub in f.columns]
        pairs = [f for f in pairs if hub not in f.columns]
        rest.append(replace(own[0], sentence=f"{own[0].sentence}; {_others(hub, own[1:])}", also=tuple(f.columns for f in own[1:])))
    return rest


def _others(hub, findings):
    names = [name for f in findings for name in f.columns if name != hub]
    listed = ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) <= 6 else ", ".join(names[:5]) + f" and {len(names) - 5} more"
    return f"the ties of {hub} with {listed} are wrong too"


def _importance(finding):
    first = {"structure": 0, "copies": 1}.get(finding.kind, 2)
    return first, -finding.size
