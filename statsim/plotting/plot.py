"""`plot`: one door to every picture of draws, and of comparisons of models."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.samplers.draws.draws import Draws

KINDS = ("trace", "rank", "autocorrelation", "pair", "energy")
MOST = {"trace": 12, "rank": 12, "autocorrelation": 12, "pair": 6}
"""Coordinates that a picture of each kind can hold and still be read."""


def plot(draws, kind="trace", *, names=None):
    """A picture of draws, or of a selection or comparison of models.

    Parameters
    ----------
    draws : Draws, Selection or Comparison
        A selection is drawn as the distance from the best over the grid, a comparison as one line a model, with paired standard errors.
    kind : {"trace", "rank", "autocorrelation", "pair", "energy"}
        Values along each chain beside their density; ranks of each chain among all, flat where chains agree (Vehtari et al. 2021);
        autocorrelation by lag; scatter of pairs of coordinates with divergences marked; energies of Hamiltonian chains and
        their changes, which should spread alike (Betancourt 2017).
    names : sequence of str, optional
        Coordinates, or variables such as ``beta`` for ``beta[0]``, ``beta[1]``, ...; at most 12 (6 for "pair"). Default: the first ones,
        and the title says how many were left out.

    Returns
    -------
    matplotlib.figure.Figure
        Shown by a notebook; ``figure.savefig("trace.png")`` writes it.

    Raises
    ------
    ArgumentError
        An unknown kind or name, more coordinates than can be read, fewer than four draws, or no energies.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.samplers.draws.draws import Draws
    >>> from statsim.samplers.draws.statistics import Statistics
    >>> draws = Draws(np.random.default_rng(0).normal(size=(4, 500, 2)), Statistics({}), ("a", "b"))
    >>> figure = plot(draws, kind="rank")
    >>> len(figure.axes)
    2
    """
    if not isinstance(draws, Draws):
        from statsim.plotting.comparison import comparison_figure, is_comparison

        if is_comparison(draws):
            return comparison_figure(draws)
        hint = "; resample(n) makes some of draws with weights" if hasattr(draws, "resample") else ""
        raise ArgumentTypeError(f"draws must be the Draws that sample() returns, got {type(draws).__name__}{hint}")
    checks.choice(kind, "kind", KINDS)
    if draws.n_draws < 4:
        raise ArgumentError(f"a picture needs at least 4 draws a chain, got {draws.n_draws}")
    if kind == "energy":
        from statsim.plotting.energy import energy_figure

        return energy_figure(draws)
    places = _places(draws, kind, names)
    figure = _figure_of(kind)(draws, places)
    if names is None and len(places) < draws.dim:
        figure.suptitle(f"the first {len(places)} of {draws.dim} coordinates (names= chooses others)", fontsize="medium", color="#6B6B6B")
    return figure


def _figure_of(kind):
    if kind == "trace":
        from statsim.plotting.trace import trace_figure as make
    elif kind == "rank":
        from statsim.plotting.rank import rank_figure as make
    elif kind == "autocorrelation":
        from statsim.plotting.autocorrelation import autocorrelation_figure as make
    else:
        from statsim.plotting.pair import pair_figure as make
    return make


def _places(draws, kind, names):
    """Places of the coordinates to show."""
    if names is None:
        return list(range(min(draws.dim, MOST[kind])))
    wanted = [names] if isinstance(names, str) else list(names)
    places = [place for name in wanted for place in places_of(draws, name)]
    if not places or len(set(places)) < len(places):
        raise ArgumentError(f"names must name coordinates, each once, got {wanted!r}")
    if len(places) > MOST[kind]:
        raise ArgumentError(f"names gives {len(places)} coordinates, and kind={kind!r} can show {MOST[kind]}; name fewer, or make several pictures")
    return places


def places_of(draws, name):
    """Places of a coordinate, or of all coordinates of a variable."""
    from statsim.samplers.draws.named import variables_of

    if name in draws.names:
        return [draws.names.index(name)]
    variables = variables_of(draws.names)
    if name not in variables:
        raise ArgumentError(f"there is no coordinate {name!r}; known are {', '.join(list(variables)[:20])}")
    return np.asarray(variables[name][0]).tolist()
