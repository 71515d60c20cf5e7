"""The few most telling numeric columns against each other: synthetic rows as shading, real rows as points."""

import numpy as np

from statsim.report.canvas import dots, line, path, rect, short, svg, text, tick_label, ticks
from statsim.report.histograms import bins

CELL, LEFT, BOTTOM, GRID, GAP = 170, 46, 26, 26, 8
_LEVELS = 6
_MOST_POINTS = 400


def scatter_matrix(columns, strengths):
    """SVG of a lower triangle of scatter plots with distributions on the diagonal and correlations above it.

    Parameters
    ----------
    columns : list of ColumnPair
        Numeric, at most four.
    strengths : dict of (name, name) to (real, synthetic)
        Rank correlations.
    """
    k = len(columns)
    edges = [_edges(c) for c in columns]
    parts = []
    for row in range(k):
        for column in range(k):
            x, y = LEFT + column * (CELL + GAP), row * (CELL + GAP)
            if row == column:
                parts += _diagonal(columns[row], edges[row], x, y)
            elif row > column:
                parts += _panel(columns[column], columns[row], edges[column], edges[row], x, y)
            else:
                parts += _numbers(strengths.get((columns[row].name, columns[column].name)), x, y)
        parts += _axes(edges[row], row, k)
    names = ", ".join(c.name for c in columns)
    size = LEFT + k * (CELL + GAP)
    alt = f"Scatter plots of {names}: synthetic rows as shading, real rows as points, rank correlations above the diagonal"
    return svg(size, size - LEFT + BOTTOM, parts, alt=alt, css="scatter")


def _edges(column):
    real, synthetic = column.present
    edges = bins(real, synthetic)
    return np.linspace(edges[0], edges[-1], GRID + 1)


def _to(edges, values, start, *, flip=False):
    share = (values - edges[0]) / (edges[-1] - edges[0])
    return start + (1 - share if flip else share) * CELL


def _panel(first, second, x_edges, y_edges, x, y):
    parts = [rect(x, y, CELL, CELL, "panel")]
    counts = np.histogram2d(first.synthetic, second.synthetic, [x_edges, y_edges])[0]
    if counts.max() > 0:
        level = np.ceil(np.sqrt(counts / counts.max()) * _LEVELS).astype(int)
        side = CELL / GRID
        for shade in range(1, _LEVELS + 1):
            at = np.argwhere(level == shade)
            squares = "".join(
                f"M{x + i * side:.1f} {y + CELL - (j + 1) * side:.1f}h{side:.2f}v{side:.2f}h-{side:.2f}z" for i, j in at
            )
            if squares:
                parts.append(path(squares, f"shade shade-{shade}"))
    a, b = first.real[:_MOST_POINTS * 4], second.real[:_MOST_POINTS * 4]
    inside = (a >= x_edges[0]) & (a <= x_edges[-1]) & (b >= y_edges[0]) & (b <= y_edges[-1])
    a, b = a[inside][:_MOST_POINTS], b[inside][:_MOST_POINTS]
    parts.append(dots(zip(_to(x_edges, a, x), _to(y_edges, b, y, flip=True), strict=True), "point"))
    return parts


def _diagonal(column, edges, x, y):
    real, synthetic = column.present
    shares = [np.histogram(v, edges)[0] / v.size for v in (real, synthetic)]
    top = max(s.max() for s in shares) * 1.35 or 1
    side = CELL / GRID
    base = y + CELL
    area = "".join(f"V{base - p / top * CELL:.1f}h{side:.2f}" for p in shares[0])
    outline = "".join(f"V{base - p / top * CELL:.1f}h{side:.2f}" for p in shares[1])
    return [
        rect(x, y, CELL, CELL, "panel"),
        path(f"M{x:.1f} {base}{area}V{base}z", "real"),
        path(f"M{x:.1f} {base}{outline}V{base}", "synthetic-line"),
        text(x + 8, y + 18, short(column.name, 22), "label strong"),
    ]


def _numbers(strength, x, y):
    if strength is None:
        return []
    real, synthetic = (f"{round(value, 2) + 0.0:.2f}".replace("-", "−") for value in strength)
    middle = x + CELL / 2
    return [
        text(middle, y + CELL / 2 - 10, real, "big real-text", anchor="middle"),
        text(middle, y + CELL / 2 + 22, synthetic, "big synthetic-text", anchor="middle"),
    ]


def _axes(edges, index, k):
    places = ticks(float(edges[0]), float(edges[-1]), most=4)
    step = places[1] - places[0] if len(places) > 1 else 1
    parts = []
    x0, y0, foot = LEFT + index * (CELL + GAP), index * (CELL + GAP), k * (CELL + GAP) - GAP
    for place in places:
        label = tick_label(place, step)
        x, y = _to(edges, place, x0), _to(edges, place, y0, flip=True)
        if index < k:
            parts += [line(x, foot, x, foot + 4, "axis"), text(x, foot + 17, label, "tick", anchor="middle")]
        if index > 0:
            parts += [line(LEFT - 4, y, LEFT, y, "axis"), text(LEFT - 7, y + 4, label, "tick", anchor="end")]
    return parts
