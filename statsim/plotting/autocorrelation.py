"""Autocorrelation of each chain by lag, with the band that independent draws would stay in."""

from statsim.plotting.palette import MUTED, chain_legend, colour, style, tidy

_LAGS = 100


def autocorrelation_figure(draws, places):
    """A panel for each coordinate, a line for each chain."""
    from matplotlib.figure import Figure

    from statsim.metrics.chains.autocorrelation import autocorrelation

    columns = min(3, len(places))
    rows = -(-len(places) // columns)
    figure = Figure(figsize=(3.6 * columns + 0.8, 2.3 * rows + 0.5), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    for axes in panels.ravel()[len(places) :]:
        axes.remove()
    lags = min(_LAGS, draws.n_draws // 2)
    for axes, place in zip(panels.ravel(), places, strict=False):
        lines = [
            axes.plot(row, color=colour(chain), linestyle=style(chain), linewidth=1.3)[0]
            for chain, row in enumerate(autocorrelation(draws.values[:, :, place], max_lag=lags))
        ]
        band = 1.96 / draws.n_draws**0.5
        axes.axhspan(-band, band, color=MUTED, alpha=0.18, linewidth=0)
        axes.axhline(0, color=MUTED, linewidth=0.8)
        axes.set_title(draws.names[place], fontsize="medium")
        axes.set_xlim(0, lags)
        axes.tick_params(labelbottom=True)
        tidy(axes)
    figure.supxlabel("lag in draws (band: 95 % of independent draws)", fontsize="medium")
    figure.supylabel("autocorrelation", fontsize="medium")
    chain_legend(figure, lines)
    return figure
