"""Draws by chain, with the statistics of the sampler."""

from dataclasses import dataclass, field

import numpy as np

from statsim.errors import ArgumentError
from statsim.samplers.draws.named import variables_of
from statsim.samplers.draws.statistics import Statistics


@dataclass(frozen=True, eq=False, repr=False)
class Draws:
    """Draws of a sampler.

    Parameters
    ----------
    values : ndarray (chain, draw, dim)
    stats : Mapping of str to ndarray (chain, draw)
        Statistics of the sampler: log density, acceptance, step size, divergences, ...
    names : tuple of str
        One for each coordinate.
    method : object
        The method that made them.
    warmup : Draws or None
        The draws of warm-up, where they were kept.
    notes : tuple of str
        What happened on the way (an interruption).

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.samplers.draws.draws import Draws
    >>> from statsim.samplers.draws.statistics import Statistics
    >>> draws = Draws(np.zeros((4, 100, 3)), Statistics({}), ("mu", "beta[0]", "beta[1]"))
    >>> draws["mu"].shape, draws["beta"].shape
    ((4, 100), (4, 100, 2))
    """

    values: np.ndarray
    stats: Statistics
    names: tuple
    method: object = None
    warmup: "Draws | None" = None
    notes: tuple = field(default=())

    @property
    def n_chains(self):
        """Number of chains."""
        return self.values.shape[0]

    @property
    def n_draws(self):
        """Draws of each chain."""
        return self.values.shape[1]

    @property
    def dim(self):
        """Number of coordinates."""
        return self.values.shape[2]

    def __getitem__(self, name):
        """Draws of one coordinate (chain, draw), or of a variable ``beta`` with coordinates ``beta[0]``, ... (chain, draw, k)."""
        if name in self.names:
            return self.values[:, :, self.names.index(name)]
        variables = variables_of(self.names)
        if not isinstance(name, str) or name not in variables:
            known = ", ".join(list(variables)[:20])
            raise ArgumentError(f"there is no coordinate {name!r}; known are {known}{', ...' if len(variables) > 20 else ''}; draws.stats has the statistics")
        places, shape = variables[name]
        first, last = int(places[0]), int(places[-1])
        block = self.values[:, :, first : last + 1] if last - first + 1 == len(places) and (np.diff(places) > 0).all() else self.values[:, :, places]
        return block.reshape(*block.shape[:2], *shape)

    def __repr__(self):
        by = "" if self.method is None else f" by {type(self.method).__name__}"
        variables = variables_of(self.names)
        shown = ", ".join(f"{name}{list(shape) if shape else ''}" for name, (_, shape) in list(variables.items())[:6])
        more = ", ..." if len(variables) > 6 else ""
        notes = f"; {'; '.join(self.notes)}" if self.notes else ""
        return f"Draws(chains={self.n_chains}, draws={self.n_draws}, dim={self.dim}: {shown}{more}{by}{notes})"

    def problems(self):
        """What is wrong with these draws, sentence by sentence with its remedy (tuple of str); empty where nothing is.

        Returns
        -------
        tuple of str
            On R-hat above 1.01, effective sizes below 100 per chain, divergences, cut trees, E-BFMI below 0.3.
        """
        from statsim.samplers.draws.diagnosis import problems

        return problems(self)

    def summary(self, *, probabilities=(0.05, 0.5, 0.95)):
        """Estimates for each coordinate, their Monte Carlo errors, and whether the chains agree.

        Parameters
        ----------
        probabilities : sequence of float
            Quantiles wanted, each in [0, 1].

        Returns
        -------
        statsim.samplers.draws.draws_summary.DrawsSummary
            Prints as a table; `to_dict()` and `to_frame()` convert.
        """
        from statsim.samplers.draws.draws_summary import DrawsSummary

        return DrawsSummary.of(self, probabilities)

    def to_frame(self, backend=None, *, layout="wide", stats=False):
        """The draws as a data frame.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
            Default: the first of them that is installed.
        layout : {"wide", "long"}
            One row for each draw, with a column for each coordinate; or one row for each number: chain, draw, name, value.
        stats : bool
            Add the statistics of the sampler as columns of their own names (wide only).

        Returns
        -------
        pandas.DataFrame, polars.DataFrame or pyarrow.Table
            Columns `chain` and `draw` first.
        """
        from statsim.samplers.draws.draws_frame import frame_of

        return frame_of(self, backend, layout=layout, stats=stats)

    def to_datatree(self):
        """The draws as an xarray DataTree in ArviZ's layout: posterior, sample_stats, warmup_posterior, warmup_sample_stats.

        Returns
        -------
        xarray.DataTree

        Raises
        ------
        ArgumentError
            When xarray is not installed; says how to install it.
        """
        from statsim.samplers.draws.draws_tree import tree_of

        return tree_of(self)

    def save(self, path, *, force=False):
        """Write the draws to a file, losslessly; a reader sees the whole file or none.

        Parameters
        ----------
        path : str or path-like
        force : bool
            Replace an existing file.

        Raises
        ------
        OutputError
        """
        from statsim.samplers.draws.draws_file import save_draws

        save_draws(self, path, force=force)

    @classmethod
    def load(cls, path, *, max_bytes=None):
        """Read draws written by `save`; every byte is checked, nothing in the file is executed.

        Parameters
        ----------
        path : str or path-like
        max_bytes : int, optional
            Largest file taken; default half of this machine's memory.

        Returns
        -------
        Draws

        Raises
        ------
        FileRefusedError
            A file that is truncated, damaged, of another kind or beyond a limit.
        """
        from statsim.samplers.draws.draws_file import load_draws

        return load_draws(path, cls, max_bytes=max_bytes)
