"""The pair structure: three maps (real, synthetic, difference), a table, and a few scatter plots."""

import math

import numpy as np

from statsim.metrics.wording import amount, number
from statsim.report.heatmaps import heatmap
from statsim.report.scatter import scatter_matrix

_MOST_SCATTERED = 4


def pair_maps(fidelity):
    """Heat maps of strength; empty with fewer than two columns."""
    names = _names(fidelity)
    if len(names) < 2:
        return []
    place = {name: index for index, name in enumerate(names)}
    wrong = set().union(*(f.pairs for f in fidelity.findings))
    cells = {"Real": {}, "Synthetic": {}, "Difference": {}}
    tips = {}
    for one in fidelity.pairs:
        at = tuple(sorted((place[one.first.name], place[one.second.name]), reverse=True))
        is_wrong = frozenset((one.first.name, one.second.name)) in wrong
        cells["Real"][at], cells["Synthetic"][at] = (one.real, False), (one.synthetic, False)
        cells["Difference"][at] = (one.difference.value, is_wrong)
        tips[at] = (f"{one.first.name} and {one.second.name}, {one.measure}: real {number(one.real, 0.01)}, "
                    f"synthetic {number(one.synthetic, 0.01)}, difference ± {amount(one.difference.error)}")  # fmt: skip
    return [
        {"title": title, "drawing": heatmap(names, found, title=_alt(title, fidelity), signed_by=_full(title), tips=tips)}
        for title, found in cells.items()
    ]


def _full(title):
    return 0.5 if title == "Difference" else 1.0


def _alt(title, fidelity):
    if title != "Difference":
        return f"{title} table: strength of every pair of columns"
    worst = max(fidelity.pairs, key=lambda p: -1 if math.isnan(p.difference.value) else abs(p.difference.value))
    return (f"Difference of strength, synthetic minus real; largest for {worst.first.name} and {worst.second.name}: "
            f"{number(worst.difference.value, 0.01)}")  # fmt: skip


def _names(fidelity):
    paired = {one.name for p in fidelity.pairs for one in (p.first, p.second)}
    return [c.name for c in fidelity.table.columns if c.name in paired]


def pair_rows(fidelity):
    """Rows of the table of pairs, the largest difference first."""
    wrong = set().union(*(f.pairs for f in fidelity.findings))
    known = [p for p in fidelity.pairs if not math.isnan(p.difference.value)]
    return [
        {
            "names": (p.first.name, p.second.name),
            "flagged": frozenset((p.first.name, p.second.name)) in wrong,
            "measure": p.measure,
            "real": f"{number(p.real, p.real_error)} ± {amount(p.real_error)}",
            "synthetic": f"{number(p.synthetic, p.synthetic_error)} ± {amount(p.synthetic_error)}",
            "difference": f"{number(p.difference.value, p.difference.error)} ± {amount(p.difference.error)}",
        }
        for p in sorted(known, key=lambda p: -abs(p.difference.value))
    ]


def scatter_view(fidelity):
    """The scatter matrix of the numeric columns most tied to others or most wrongly so; None with fewer than two."""
    known = [p for p in fidelity.pairs if p.measure == "rank correlation" and not math.isnan(p.difference.value)]
    weight = {}
    for one in known:
        for column in (one.first, one.second):
            if not column.unit and np.unique(column.present[0]).size >= 6:
                weight[column.name] = weight.get(column.name, 0.0) + abs(one.real) + 2 * abs(one.difference.value)
    best = sorted(weight, key=lambda name: -weight[name])[:_MOST_SCATTERED]
    columns = [c for c in fidelity.table.columns if c.name in best]
    if len(columns) < 2:
        return None
    return scatter_matrix(columns, {(p.first.name, p.second.name): (p.real, p.synthetic) for p in known})
