"""One card a column: the overlay, a few numbers, and what is wrong with it."""

import numpy as np

from statsim.metrics.arrays import counts, mean_and_sd
from statsim.metrics.wording import amount, number, percent
from statsim.report.bars import bars
from statsim.report.histograms import histogram

_KINDS = {"numeric": "number", "categorical": "category", "identifier": "identifier"}


def column_card(one, findings):
    """Text and drawing for one `Marginal`."""
    column = one.column
    real, synthetic = column.present
    gone = [percent(flags.mean()) for flags in column.missing]
    card = {
        "name": column.name,
        "kind": {"date": "date", "time": "time"}.get(column.unit, _KINDS[column.kind]),
        "wrong": [f.sentence for f in findings if f.columns == (column.name,)],
        "drawing": None,
        "note": "",
        "rows": [("missing", gone[0], gone[1], "")],
    }
    if one.agreement is None:
        card["note"] = "nearly every value is its own: not compared" if column.kind == "identifier" else "too few values to compare"
        return card
    agreement = ("agreement", "", "", f"{one.agreement.value:.3f} ± {amount(one.agreement.error)}")
    if column.kind == "categorical":
        shares = counts(real, synthetic) / np.array([[real.size], [synthetic.size]])
        card["drawing"] = bars(column.categories, *shares, name=column.name, n_real=real.size)
        card["note"] = _unseen(column, shares)
        card["rows"] = [*card["rows"], agreement]
        return card
    card["drawing"], card["note"] = histogram(real, synthetic, name=column.name, unit=column.unit, whole=column.whole)
    card["rows"] = [_mean(one, real, synthetic), _spread(one, real, synthetic), *card["rows"], agreement]
    return card


def _mean(one, real, synthetic):
    unit, error = one.column.unit, one.shift.error
    shift = number(one.shift.value, error) if not unit else amount(one.shift.value, unit=unit)
    return "mean", number(mean_and_sd(real)[0], error, unit=unit), number(mean_and_sd(synthetic)[0], error, unit=unit), f"{shift} ± {amount(error, unit=unit)}"


def _spread(one, real, synthetic):
    unit = one.column.unit
    a, b = mean_and_sd(real)[1], mean_and_sd(synthetic)[1]
    ratio = "" if np.isnan(one.spread.value) else f"× {one.spread.value:.2f} ± {amount(one.spread.error)}"
    write = (lambda v: amount(v, unit=unit)) if unit else (lambda v: number(v, v / 50))
    return "sd", write(a), write(b), ratio


def _unseen(column, shares):
    new = [name for name, p, q in zip(column.categories, *shares, strict=True) if p == 0 and q > 0]
    if not new:
        return ""
    share = sum(q for p, q in zip(*shares, strict=True) if p == 0)
    return f"{len(new)} categories not seen in real, {percent(share)} of synthetic rows" if len(new) > 1 else (
        f"{new[0]!r} was not seen in real, {percent(share)} of synthetic rows")  # fmt: skip
