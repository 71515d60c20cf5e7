"""What the template shows: a `Fidelity` as plain dicts of text and drawings."""

import math

from statsim.metrics.wording import amount, number, percent
from statsim.report.cards import column_card
from statsim.report.gauges import gauge
from statsim.report.histograms import histogram
from statsim.report.likelihood import likelihood_view
from statsim.report.pair_view import pair_maps, pair_rows, scatter_view
from statsim.version import __version__

_FIRST = 12
_WORTH_A_BAR = 0.5


def view(fidelity, *, title=None, scores=None):
    """Everything `page.html` needs."""
    findings = [_finding(f) for f in fidelity.findings]
    flagged = {name for f in fidelity.findings for name in f.columns if f.kind != "pair"}
    return {
        "title": title or "How close do the synthetic rows come?",
        "version": __version__,
        "n_real": f"{fidelity.n_real:,}",
        "n_synthetic": f"{fidelity.n_synthetic:,}",
        "n_columns": len(fidelity.marginals),
        "subsampled": (fidelity.n_real, fidelity.n_synthetic) != (fidelity.table.n_real, fidelity.table.n_synthetic),
        "verdict": _verdict(fidelity),
        "findings": findings[:_FIRST],
        "more_findings": findings[_FIRST:],
        "nearest": [] if findings else [{"sentence": f.sentence, "p": _p(f.p_value)} for f in fidelity.nearest],
        "error_rate": f"{100 * fidelity.error_rate:g}%",
        "tests": fidelity.tests,
        "resolution": _resolution(fidelity),
        "overview": _overview(fidelity),
        "columns": [column_card(m, fidelity.findings) for m in fidelity.marginals],
        "maps": pair_maps(fidelity),
        "scatter": scatter_view(fidelity),
        "two_sample": _two_sample(fidelity),
        "likelihood": likelihood_view(scores),
        "margin_rows": [_margin_row(m, m.column.name in flagged) for m in fidelity.marginals if m.agreement is not None],
        "pair_rows": pair_rows(fidelity),
        "patterns": _patterns(fidelity),
        "copies": _copies(fidelity),
    }


def _verdict(fidelity):
    count = len(fidelity.findings)
    if not count:
        return "No difference was found that chance does not explain."
    words = "One thing is", "Two things are", "Three things are", "Four things are", "Five things are", "Six things are"
    return (words[count - 1] if count <= len(words) else f"{count} things are") + " not right."


def _finding(finding):
    width = 4 + 96 * min(1.0, finding.size / _WORTH_A_BAR)
    tested = f"p = {finding.p_value:.1g}" if not math.isnan(finding.p_value) else "certain, not tested"
    return {"sentence": finding.sentence, "width": f"{width:.0f}", "tested": tested}


def _resolution(fidelity):
    """The smallest shift of a mean the tables could show nine times in ten, in standard deviations."""
    n, m = fidelity.table.n_real, fidelity.table.n_synthetic
    critical = _normal_quantile(1 - fidelity.error_rate / (2 * max(fidelity.tests, 1)))
    return number((critical + 1.2816) * math.sqrt(math.pi / 3 * (1 / n + 1 / m)), 0.1)


def _normal_quantile(p):
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)


def _card(name, score, *, shown, note, low, high, ends):
    alt = f"{name}: {shown}, a perfect generator gets about {number(score.expected, 0.01)}"
    drawing = gauge(score.value, score.error, score.expected, low=low, high=high, alt=alt, ends=ends)
    return {"name": name, "shown": shown, "note": note, "gauge": drawing}


def _overview(fidelity):
    cards = []
    for name, score, note in (
        ("Columns agree", fidelity.marginal_score, "mean Kolmogorov-Smirnov or total variation complement"),
        ("Pairs agree", fidelity.pair_score, "one minus half the mean difference of correlation or association"),
    ):
        if not math.isnan(score.value):
            shown = f"{percent(score.value)} ± {percent(score.error)}"
            low = min(0.8, score.value - 0.1)
            text = f"{note}; about {percent(score.expected)} is what a perfect generator gets with so many rows"
            cards.append(_card(name, score, shown=shown, note=text, low=low, high=1, ends=(percent(low), "100%")))
    classifier, copies = fidelity.joint.classifier, fidelity.joint.copies
    if classifier is not None:
        shown = f"{percent(classifier.value)} ± {percent(classifier.error)}"
        note = "how often a classifier picks the synthetic row out of a real and a synthetic one; 50% is guessing"
        cards.append(_card("A classifier is right", classifier, shown=shown, note=note, low=0.4, high=1, ends=("40%", "100%")))
    if copies is not None:
        exact = copies.exact
        note = f"equal to a real row in every column; {percent(copies.exact_among_real)} of real rows equal another real row"
        shown = f"{percent(exact.value)} ± {percent(exact.error)}"
        high = max(0.1, exact.value * 1.3, exact.expected * 1.3)
        cards.append(_card("Exact copies", exact, shown=shown, note=note, low=0, high=high, ends=("0%", percent(high))))
    return cards


def _two_sample(fidelity):
    score = fidelity.joint.classifier
    if score is None:
        return None
    energy = fidelity.joint.energy
    told = score.p_value <= fidelity.error_rate
    return {
        "told": told,
        "value": percent(score.value),
        "error": percent(score.error),
        "rate": f"{100 * fidelity.error_rate:g}%",
        "p": _p(score.p_value),
        "n_real": f"{score.n_real:,}",
        "n_synthetic": f"{score.n_synthetic:,}",
        "energy": f"{number(energy.value, energy.error)} ± {amount(energy.error)}",
        "energy_expected": number(energy.expected, energy.error),
        "energy_p": _p(energy.p_value),
        "energy_rows": f"{energy.n_real:,} and {energy.n_synthetic:,}",
    }


def _p(value):
    return "not tested" if math.isnan(value) else "p < 0.0001" if value < 1e-4 else f"p = {value:.2g}"


def _with_error(score, *, unit=""):
    if score is None or math.isnan(score.value):
        return "–"
    return f"{amount(score.value, unit=unit) if unit else number(score.value, score.error)} ± {amount(score.error, unit=unit)}"


def _margin_row(one, flagged):
    unit = one.column.unit
    measure = "KS" if one.column.kind == "numeric" else "TV"
    return {
        "name": one.column.name,
        "flagged": flagged,
        "measure": measure,
        "agreement": _with_error(one.agreement),
        "expected": f"{one.agreement.expected:.3f}",
        "distance": _with_error(one.distance, unit=unit),
        "energy": _with_error(one.energy),
        "shift": _with_error(one.shift, unit=unit),
        "spread": _with_error(one.spread),
        "missing": f"{100 * one.missing.value:+.1f} ± {100 * one.missing.error:.1f}",
    }


def _patterns(fidelity):
    patterns = fidelity.joint.patterns
    if patterns is None or not patterns.patterns.any():
        return None
    rows = []
    for gone, real, synthetic in list(zip(patterns.patterns, patterns.real, patterns.synthetic, strict=True))[:12]:
        names = [name for name, missing in zip(fidelity.joint.names, gone, strict=True) if missing]
        rows.append({"names": names, "real": percent(real), "synthetic": percent(synthetic),
                     "real_width": f"{100 * real:.2f}", "synthetic_width": f"{100 * synthetic:.2f}"})  # fmt: skip
    score = patterns.score
    return {"rows": rows, "hidden": max(0, len(patterns.patterns) - 12), "agreement": _with_error(score), "p": _p(score.p_value)}


def _copies(fidelity):
    copies = fidelity.joint.copies
    if copies is None:
        return None
    exact, near = copies.exact, copies.closeness
    drawing, note = histogram(copies.real_distances, copies.synthetic_distances, name="Distance to the closest real row")
    return {
        "count": f"{round(exact.value * exact.n_synthetic):,}",
        "of": f"{exact.n_synthetic:,}",
        "among_real": percent(copies.exact_among_real),
        "exact_p": _p(exact.p_value),
        "near": f"{percent(near.value)} ± {percent(near.error)}",
        "near_p": _p(near.p_value),
        "n_fresh": f"{near.n_real:,}",
        "n_synthetic": f"{near.n_synthetic:,}",
        "drawing": drawing,
        "note": note,
    }
