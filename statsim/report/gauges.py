"""A number on its scale: the value with two standard errors, and where a perfect generator would stand."""

import math

from statsim.report.canvas import line, path, rect, svg, text

WIDTH, Y = 240, 16


def gauge(value, error, expected, *, low, high, alt, ends=("", "")):
    """SVG of a value between `low` and `high` with its whisker and a mark at `expected`."""

    def across(v):
        return 6 + (min(max(v, low), high) - low) / (high - low) * (WIDTH - 12)

    parts = [rect(6, Y - 2, WIDTH - 12, 4, "track", radius=2)]
    if not math.isnan(expected):
        x = across(expected)
        parts.append(path(f"M{x:.1f} {Y + 6}l4.5 7h-9z", "goal"))
    if not math.isnan(error):
        parts.append(line(across(value - 2 * error), Y, across(value + 2 * error), Y, "gauge-whisker"))
    parts.append(f'<circle class="gauge-dot" cx="{across(value):.1f}" cy="{Y}" r="5.5"/>')
    parts += [text(6, Y + 24, ends[0], "tick"), text(WIDTH - 6, Y + 24, ends[1], "tick", anchor="end")]
    return svg(WIDTH, 44, parts, alt=alt, css="gauge")
