"""Models by their distance from the best: over the grid of a selection where that is of numbers, else one line a model."""

import numpy as np

from statsim.evaluation.comparison import Comparison
from statsim.evaluation.selection import Selection
from statsim.plotting.palette import COLOURS, MUTED, colour, style, tidy

_MOST_LINES = 8
_MOST_MODELS = 40


def is_comparison(value):
    """True for what this file draws."""
    return isinstance(value, (Selection, Comparison))


def comparison_figure(value):
    """The figure of a `Selection` or `Comparison`."""
    if isinstance(value, Selection):
        axis = next((name for name, values in value.grid.items() if len(values) > 1 and all(_is_number(one) for one in values)), None)
        others = [name for name in value.grid if name != axis]
        if axis is not None and int(np.prod([len(value.grid[name]) for name in others])) <= _MOST_LINES:
            return _over_grid(value, axis, others)
        value = value.table
    return _one_line_each(value)


def _is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _figure(width, height):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots()


def _over_grid(selection, axis, others):
    """Distance from the best over the values of `axis`, one line for each setting of the other parameters."""
    figure, axes = _figure(6.4, 4.0)
    lines = {}
    for row in selection.table.rows():
        setting = selection.settings[row["model"]]
        lines.setdefault(tuple(setting[name] for name in others), []).append((setting[axis], row["difference"], row["difference_error"]))
    for number, (key, points) in enumerate(sorted(lines.items(), key=lambda pair: str(pair[0]))):
        x, y, error = np.array(sorted(points), float).T
        error = np.nan_to_num(error)
        axes.plot(x, y, style(number), marker="o", markersize=4, color=colour(number), label=", ".join(map(str, key)))
        axes.fill_between(x, y - 2 * error, y + 2 * error, color=colour(number), alpha=0.15, linewidth=0)
    best = selection.best[axis]
    axes.plot([best], [0.0], "o", markersize=11, fillstyle="none", markeredgewidth=1.8, color="#333333")
    axes.annotate(f"best: {best:g}", (best, 0.0), xytext=(0, -16), textcoords="offset points", ha="center", color="#333333")
    axes.set_xlabel(axis)
    values = selection.grid[axis]
    if len(values) <= 20:
        axes.set_xticks(values)
    axes.set_ylabel(f"{selection.table.criterion}: distance from the best")
    axes.margins(y=0.12)
    axes.set_title("bands: two paired standard errors", fontsize="small", color=MUTED, loc="left")
    if others:
        axes.legend(title=", ".join(others), frameon=False)
    tidy(axes)
    return figure


def _one_line_each(table):
    """Distance from the best of each model, the best on top."""
    count = min(len(table), _MOST_MODELS)
    figure, axes = _figure(6.4, 1.2 + 0.32 * count)
    place = np.arange(count)
    errors = np.nan_to_num(table.difference_errors[:count])
    axes.errorbar(table.differences[:count], place, xerr=2 * errors, fmt="o", color=COLOURS[0], ecolor=COLOURS[0], elinewidth=1.4, markersize=5)
    axes.axvline(0.0, color=MUTED, linewidth=0.8)
    axes.set_yticks(place, table.names[:count])
    axes.invert_yaxis()
    axes.set_xlabel(f"{table.criterion}: distance from the best")
    axes.set_title("bars: two paired standard errors", fontsize="small", color=MUTED, loc="left")
    if count < len(table):
        axes.set_title(f"the best {count} of {len(table)}", fontsize="small", color=MUTED, loc="right")
    tidy(axes)
    return figure
