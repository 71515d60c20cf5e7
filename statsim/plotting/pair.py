"""Scatter of each pair of coordinates, their densities on the diagonal, divergences on top."""

import numpy as np

from statsim.plotting.density import density_of
from statsim.plotting.palette import COLOURS, MARK, tidy

_POINTS = 4000


def pair_figure(draws, places):
    """The lower triangle of pairs; where chains differ, `kind="trace"` shows it better."""
    from matplotlib.figure import Figure

    size = len(places)
    side = max(1.7 * size + 0.8, 3.6)
    figure = Figure(figsize=(side, side), layout="constrained")
    panels = figure.subplots(size, size, squeeze=False, sharex="col")
    points = draws.values[:, :, places].reshape(-1, size)
    divergent = np.asarray(draws.stats["divergent"]).ravel() if "divergent" in draws.stats else np.zeros(len(points), bool)
    shown = points[:: max(1, -(-len(points) // _POINTS))]
    for row in range(size):
        for column in range(size):
            axes = panels[row, column]
            if column > row:
                axes.remove()
            elif column == row:
                _diagonal(axes, points[:, row])
            else:
                _scatter(axes, shown[:, [column, row]], points[divergent][:, [column, row]])
            _labels(axes, draws, places, row, column)
    if divergent.any():
        _legend(figure, int(divergent.sum()))
    return figure


def _diagonal(axes, values):
    at, height = density_of(values)
    axes.fill_between(at, height, color=COLOURS[0], alpha=0.25, linewidth=0)
    axes.plot(at, height, color=COLOURS[0], linewidth=1.2)
    axes.set_yticks([])
    axes.set_ylim(bottom=0)
    axes.spines["left"].set_visible(False)
    tidy(axes)


def _scatter(axes, points, divergent):
    axes.scatter(*points.T, s=4, alpha=float(np.clip(400 / len(points), 0.25, 0.8)), color=COLOURS[0], linewidths=0, rasterized=True)
    axes.scatter(*divergent.T, s=16, color=MARK, marker="x", linewidths=1.0)
    tidy(axes)


def _labels(axes, draws, places, row, column):
    if row == len(places) - 1 and column <= row:
        axes.set_xlabel(draws.names[places[column]])
    if column < row:
        axes.tick_params(labelleft=column == 0)
    if column == 0 and row:
        axes.set_ylabel(draws.names[places[row]])


def _legend(figure, count):
    from matplotlib.lines import Line2D

    mark = Line2D([], [], linestyle="", marker="x", color=MARK, label=f"divergent ({count})")
    figure.legend(handles=[mark], loc="outside upper right", frameon=False)
