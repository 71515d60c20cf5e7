"""The structure of pairs as a lower triangle of coloured cells, blue for positive, orange for negative."""

import math

from statsim.report.canvas import rect, short, svg, text

SIZE = 360
_MOST_NUMBERS = 10
_MOST_LARGE = 22


def heatmap(names, cells, *, title, signed_by=1.0, tips=None):
    """SVG of a lower triangle.

    Parameters
    ----------
    names : list of str
    cells : dict of (row, column) to (value, marked)
        row > column; NaN is drawn empty; `marked` cells get a ring.
    title : str
        What the whole shows, for those who cannot see it.
    signed_by : float
        Value at which the colour is full.
    tips : dict of (row, column) to str
    """
    d = len(names)
    cell = SIZE / max(d, 2)
    parts = []
    for (row, column), (value, marked) in cells.items():
        x, y = column * cell, row * cell
        known = not math.isnan(value)
        css = "none" if not known else "plus" if value >= 0 else "minus"
        opacity = min(1.0, abs(value) / signed_by) ** 0.8 if known else None
        tip = (tips or {}).get((row, column))
        parts.append(rect(x + 0.75, y + 0.75, cell - 1.5, cell - 1.5, f"cell {css}", opacity=opacity, tip=tip, radius=2))
        if marked:
            parts.append(rect(x + 1.5, y + 1.5, cell - 3, cell - 3, "ring", radius=2))
        if d <= _MOST_NUMBERS:
            parts.append(_value(x + cell / 2, y + cell / 2 + 3.6, value, known, opacity))
    for index, name in enumerate(names):
        room = int((SIZE - index * cell) / (6.3 if d <= _MOST_LARGE else 4.2))
        css = "label" if d <= _MOST_LARGE else "label tiny"
        parts.append(text(index * cell + 4, index * cell + cell / 2 + 3, short(name, max(3, room)), css))
    return svg(SIZE, SIZE, parts, alt=title, css="heat")


def _value(x, y, value, known, opacity):
    if not known:
        return text(x, y, "–", "cell-text", anchor="middle")
    shown = f"{value:.2f}".replace("0.", ".", 1).replace("-", "−")
    shown = "0" if shown in (".00", "−.00") else shown
    return text(x, y, shown, "cell-text full" if opacity > 0.6 else "cell-text", anchor="middle")
