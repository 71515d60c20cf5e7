"""A numeric column: the real rows as filled bars with whiskers, the synthetic rows as an outline."""

import numpy as np

from statsim.metrics.wording import number, percent
from statsim.report.canvas import line, path, rect, svg, text, tick_label, ticks

WIDTH, HEIGHT, BASE, TOP, SIDE = 360, 170, 146, 10, 6


def histogram(real, synthetic, *, name, unit="", whole=False):
    """SVG of two samples on common bins, and the share that falls beyond the axis."""
    edges = bins(real, synthetic, whole=whole)
    share = [np.histogram(x, edges)[0] / x.size for x in (real, synthetic)]
    top = max(max(s.max() for s in share), 1e-9) * 1.08

    def across(value):
        return SIDE + (value - edges[0]) / (edges[-1] - edges[0]) * (WIDTH - 2 * SIDE)

    def up(value):
        return BASE - value / top * (BASE - TOP)

    parts = [line(SIDE, BASE, WIDTH - SIDE, BASE, "axis")]
    for low, high, p in zip(edges[:-1], edges[1:], share[0], strict=True):
        if p > 0:
            parts.append(rect(across(low) + 0.4, up(p), across(high) - across(low) - 0.8, BASE - up(p), "real"))
            error, middle = 2 * np.sqrt(p * (1 - p) / real.size), across((low + high) / 2)
            parts.append(line(middle, up(max(p - error, 0)), middle, max(up(p + error), 1), "whisker"))
    parts.append(path(_outline([across(e) for e in edges], [up(p) for p in share[1]]), "synthetic-line"))
    parts += axis(edges[0], edges[-1], across, unit=unit)
    beyond = max(1 - float(s.sum()) for s in share)
    alt = (f"{name}: distribution of {real.size:,} real values (bars) and {synthetic.size:,} synthetic values (line), "
           f"from {number(float(edges[0]), unit=unit)} to {number(float(edges[-1]), unit=unit)}")  # fmt: skip
    note = f"up to {percent(beyond)} of values lie beyond the axis" if beyond > 1e-9 else ""
    return svg(WIDTH, HEIGHT, parts, alt=alt, css="chart"), note


def bins(real, synthetic, *, whole=False):
    """Edges: whole numbers get their own bins where they are few; far outliers are left off the axis."""
    low, high = _window(real, synthetic)
    if whole and high - low < 60:
        return np.arange(np.floor(low), np.ceil(high) + 2) - 0.5
    if not high > low:
        half = abs(low) * 0.05 or 0.5
        return np.linspace(low - half, low + half, 4)
    quarter = np.subtract(*np.quantile(real, [0.75, 0.25]))
    width = 2 * quarter * real.size ** (-1 / 3) if quarter > 0 else 0  # Freedman and Diaconis 1981
    count = int(np.clip((high - low) / width if width > 0 else 30, 12, 36))
    if whole:
        step = max(1.0, np.ceil((high - low + 1) / count))
        return np.arange(np.floor(low) - 0.5, high + step, step)
    return np.linspace(low, high, count + 1)


def _window(real, synthetic):
    """The range of both, or of their central 99 % where the tails would take most of the axis."""
    low, high = min(real.min(), synthetic.min()), max(real.max(), synthetic.max())
    inner = [np.quantile(x, [0.005, 0.995]) for x in (real, synthetic)]
    inner_low, inner_high = min(q[0] for q in inner), max(q[1] for q in inner)
    reach = 0.6 * (inner_high - inner_low)
    return (low if low >= inner_low - reach else inner_low), (high if high <= inner_high + reach else inner_high)


def _outline(x, y):
    steps = "".join(f"V{level:.1f}H{edge:.1f}" for level, edge in zip(y, x[1:], strict=True))
    return f"M{x[0]:.1f} {BASE}{steps}V{BASE}"


def axis(low, high, across, *, unit="", base=BASE, most=5):
    """Tick marks and labels below the base line."""
    places = ticks(float(low), float(high), most=3 if unit else most)
    step = places[1] - places[0] if len(places) > 1 else max(abs(places[0]), 1) if places else 1
    parts = []
    for place in places:
        label = number(place, unit=unit) if unit else tick_label(place, step)
        x = across(place)
        anchor = "start" if x < 16 else "end" if x > WIDTH - 16 else "middle"
        parts += [line(x, base, x, base + 4, "axis"), text(x, base + 17, label, "tick", anchor=anchor)]
    return parts
