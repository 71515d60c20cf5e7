"""Energies of Hamiltonian chains, and their changes from draw to draw: where these spread less, tails are explored slowly."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.plotting.density import density_of
from statsim.plotting.palette import COLOURS, tidy


def energy_figure(draws):
    """The density of the energy about its mean, and that of its changes; E-BFMI of each chain beside them."""
    from matplotlib.figure import Figure

    from statsim.metrics.chains.energy import e_bfmi

    if "energy" not in draws.stats:
        raise ArgumentError(f"these draws have no energies; kind='energy' is for HMC and NUTS, these were made by {type(draws.method).__name__}")
    energy = draws.stats["energy"]
    figure = Figure(figsize=(8, 3.6), layout="constrained")
    axes, beside = figure.subplots(1, 2, width_ratios=[2.6, 1])
    centred, change = (energy - energy.mean(axis=1, keepdims=True)).ravel(), np.diff(energy, axis=1).ravel()
    for values, colour, style, label in ((centred, COLOURS[0], "-", "energy, about its mean"), (change, COLOURS[1], "--", "change between draws")):
        at, height = density_of(values)
        axes.fill_between(at, height, color=colour, alpha=0.18, linewidth=0)
        axes.plot(at, height, color=colour, linestyle=style, linewidth=1.5, label=label)
    axes.set_xlabel("energy")
    axes.set_yticks([])
    axes.set_ylim(bottom=0)
    axes.spines["left"].set_visible(False)
    axes.legend(frameon=False, loc="upper right")
    _fractions(beside, e_bfmi(energy))
    tidy(axes)
    return figure


def _fractions(axes, fractions):
    chains = np.arange(len(fractions))
    axes.barh(chains, fractions, color=[COLOURS[0] if value >= 0.3 else COLOURS[1] for value in fractions], height=0.6)
    axes.axvline(0.3, color="black", linestyle="--", linewidth=1)
    axes.set_xlim(0, max(0.6, 1.1 * float(np.nanmax(fractions, initial=0.0))))
    axes.set_xlabel("E-BFMI (too low below 0.3)")
    axes.set_ylabel("chain")
    axes.set_yticks(chains if len(chains) <= 12 else chains[:: len(chains) // 8])
    tidy(axes)
