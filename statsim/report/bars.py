"""A categorical column: two bars a category, real above synthetic, with whiskers on the real share."""

import math

from statsim.metrics.wording import percent
from statsim.report.canvas import line, rect, short, svg, text

WIDTH, ROW, LABEL, VALUE = 360, 27, 104, 54
MOST = 10


def bars(names, real, synthetic, *, name, n_real):
    """SVG of shares by category; beyond ten the rest is drawn as one."""
    rows = list(zip(names, real, synthetic, strict=True))
    if len(rows) > MOST:
        rest = rows[MOST - 1 :]
        rows = [*rows[: MOST - 1], (f"{len(rest)} others", sum(r[1] for r in rest), sum(r[2] for r in rest))]
    room, top = WIDTH - LABEL - VALUE, max([*(r[1] for r in rows), *(r[2] for r in rows), 1e-9])
    parts = []
    for index, (label, p, q) in enumerate(rows):
        y = index * ROW + 4
        error = 2 * math.sqrt(p * (1 - p) / n_real)
        ends = [LABEL + min(max(v, 0) / top, 1.04) * room for v in (p - error, p + error)]
        tip = f"{label}: real {percent(p)}, synthetic {percent(q)}"
        parts += [
            text(LABEL - 8, y + 14, short(label, 15), "label", anchor="end"),
            rect(LABEL, y, p / top * room, 9, "real", tip=tip, radius=1.5),
            line(ends[0], y + 4.5, ends[1], y + 4.5, "whisker"),
            rect(LABEL, y + 10, q / top * room, 9, "synthetic", tip=tip, radius=1.5),
            text(WIDTH, y + 8, percent(p), "value real-text", anchor="end"),
            text(WIDTH, y + 19, percent(q), "value synthetic-text", anchor="end"),
        ]
    listed = "; ".join(f"{label} {percent(p)} real, {percent(q)} synthetic" for label, p, q in rows)
    return svg(WIDTH, len(rows) * ROW + 4, parts, alt=f"{name}: shares of categories. {listed}", css="chart")
