"""Values along each chain, beside their density."""

import numpy as np

from statsim.plotting.density import density_of
from statsim.plotting.palette import MARK, chain_legend, colour, style, tidy

_POINTS = 1000  # of a line: more cannot be seen


def trace_figure(draws, places):
    """A row for each coordinate: density by chain, and the trace with divergences marked below it."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, max(2.2, 1.6 * len(places) + 0.6)), layout="constrained")
    rows = figure.subplots(len(places), 2, squeeze=False, width_ratios=[1, 2.4])
    for (left, right), place in zip(rows, places, strict=True):
        lines = _row(left, right, draws, place)
    rows[-1, 0].set_xlabel("value")
    rows[-1, 1].set_xlabel("draw")
    chain_legend(figure, lines, divergent=rows[0, 1].lines[draws.n_chains :])
    return figure


def _row(left, right, draws, place):
    n = draws.n_draws
    step = max(1, n // _POINTS)
    lines = []
    low, high = np.quantile(draws.values[:, :, place], [0.0025, 0.9975])  # far tails would leave nothing of the rest
    for chain, values in enumerate(draws.values[:, :, place]):
        at, height = density_of(values, low=low, high=high) if low < high else density_of(values)
        (line,) = left.plot(at, height, color=colour(chain), linestyle=style(chain), linewidth=1.4)
        right.plot(np.arange(0, n, step), values[::step], color=colour(chain), linewidth=0.5, alpha=0.75)
        lines.append(line)
    _mark_divergences(right, draws)
    left.set_ylabel(draws.names[place], rotation=0, ha="right", va="center")
    left.set_yticks([])
    left.set_ylim(bottom=0)
    left.spines["left"].set_visible(False)
    right.set_xlim(0, n - 1)
    for axes in (left, right):
        tidy(axes)
    return lines


def _mark_divergences(axes, draws):
    if "divergent" in draws.stats and (places := np.flatnonzero(draws.stats["divergent"].any(axis=0))).size:
        axes.plot(places, np.zeros(places.size), "|", color=MARK, markersize=7, transform=axes.get_xaxis_transform(), clip_on=False)
