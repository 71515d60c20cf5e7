"""Ranks of each chain among all draws: flat where the chains agree."""

import numpy as np

from statsim.plotting.palette import MUTED, colour, tidy

_BINS = 20


def rank_figure(draws, places):
    """A panel for each coordinate, and in it a histogram of ranks for each chain, one above the other."""
    from matplotlib.figure import Figure

    columns = min(3, len(places))
    rows = -(-len(places) // columns)
    height = 1.0 + 0.32 * draws.n_chains
    figure = Figure(figsize=(3.6 * columns, height * rows + 0.5), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in panels[len(places) :]:
        axes.remove()
    for axes, place in zip(panels, places, strict=False):
        _panel(axes, draws.values[:, :, place])
        axes.set_title(draws.names[place], fontsize="medium")
    for axes in panels[: len(places) : columns]:
        axes.set_ylabel("chain")
    figure.supxlabel("rank among all draws (dashed: what agreement gives)", fontsize="medium")
    return figure


def _panel(axes, values):
    from scipy.stats import rankdata

    chains, n = values.shape
    ranks = rankdata(values.ravel()).reshape(values.shape)
    edges = np.linspace(0, chains * n, _BINS + 1)
    shares = np.stack([np.histogram(row, edges)[0] for row in ranks]) * _BINS / n  # 1 where flat
    unit = 0.92 / max(2.0, shares.max())  # the tallest bar stays below the next chain
    for chain in range(chains):
        axes.bar(edges[:-1], unit * shares[chain], width=np.diff(edges), bottom=chain, align="edge", color=colour(chain), alpha=0.85, edgecolor="white", linewidth=0.4)
        axes.hlines(chain + unit, 0, chains * n, color=MUTED, linestyle="--", linewidth=0.9)
    axes.set_xlim(0, chains * n)
    shown = np.arange(0, chains, 1 if chains <= 12 else chains // 8)
    axes.set_yticks(shown + unit, shown)
    axes.set_xticks([0, chains * n // 2, chains * n])
    tidy(axes)
