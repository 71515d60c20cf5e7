"""The table of a `Draws`: estimates, Monte Carlo errors, R-hat and effective sample sizes, a row for each coordinate."""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError

_SHOWN = 40
_DIGITS = 3


@dataclass(frozen=True, eq=False, repr=False)
class DrawsSummary:
    """Columns by name, a row for each coordinate; `summary["r_hat"]` is the array of one column.

    Parameters
    ----------
    names : tuple of str
    columns : dict of str to ndarray (dim,)
        ``mean``, ``sd``, quantiles such as ``5%``, then ``mcse_mean``, ``mcse_sd``, ``mcse_5%``, ..., ``ess_bulk``, ``ess_tail``, ``r_hat``.
    n_chains, n_draws : int

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.samplers.draws.draws import Draws
    >>> from statsim.samplers.draws.statistics import Statistics
    >>> draws = Draws(np.random.default_rng(0).normal(size=(4, 500, 2)), Statistics({}), ("a", "b"))
    >>> draws.summary()["r_hat"].round(2).tolist()
    [1.0, 1.0]
    """

    names: tuple
    columns: dict
    n_chains: int
    n_draws: int

    @classmethod
    def of(cls, draws, probabilities):
        """The table of `draws` with quantiles at `probabilities`."""
        from statsim.metrics.chains.summary import summarise_chains

        found = summarise_chains(draws.values, probabilities=probabilities)
        levels = [f"{100 * p:.6g}%" for p in found.probabilities]
        quantiles = dict(zip(levels, found.quantile, strict=True))
        errors = {f"mcse_{level}": row for level, row in zip(levels, found.mcse_quantile, strict=True)}
        columns = {
            "mean": found.mean, "sd": found.sd, **quantiles, "mcse_mean": found.mcse_mean, "mcse_sd": found.mcse_sd, **errors,
            "ess_bulk": found.ess_bulk, "ess_tail": found.ess_tail, "r_hat": found.r_hat,
        }  # fmt: skip
        return cls(tuple(draws.names), columns, draws.n_chains, draws.n_draws)

    def __getitem__(self, name):
        """One column, (dim,)."""
        if name not in self.columns:
            raise ArgumentError(f"the summary has no column {name!r}; it has {', '.join(self.columns)}")
        return self.columns[name]

    def to_dict(self):
        """Coordinate -> {column: number}."""
        return {name: {key: float(column[row]) for key, column in self.columns.items()} for row, name in enumerate(self.names)}

    def to_frame(self, backend=None):
        """A data frame with a row for each coordinate, its name in the column ``name``.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
            Default: the first of them that is installed.
        """
        from statsim.samplers.draws.draws_frame import make_frame

        return make_frame({"name": list(self.names), **self.columns}, backend)

    def __repr__(self):
        rows = range(len(self.names)) if len(self.names) <= _SHOWN else [*range(_SHOWN // 2), *range(len(self.names) - _SHOWN // 2, len(self.names))]
        cells = [["", *self.columns]] + [self._row(row) for row in rows]
        widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
        lines = ["  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in cells]
        if len(self.names) > _SHOWN:
            lines.insert(1 + _SHOWN // 2, f"... {len(self.names) - _SHOWN} more; to_frame() has them all")
        return "\n".join([f"{self.n_chains} chain{'s' * (self.n_chains != 1)} of {self.n_draws} draws", *lines])

    def _row(self, row):
        return [self.names[row], *(_shown(key, column[row], self.columns["sd"][row]) for key, column in self.columns.items())]


def _shown(key, value, sd):
    """A number as far as it says something: sizes whole, R-hat to three places, errors to two digits, the rest relative to the sd."""
    if not np.isfinite(value):
        return str(float(value))
    if key.startswith("ess"):
        return f"{value:.0f}"
    if key == "r_hat":
        return f"{value:.3f}"
    if key.startswith("mcse") or key == "sd" or not sd > 0 or not np.isfinite(sd):
        return f"{value:.{_DIGITS - key.startswith('mcse')}g}"
    places = _DIGITS - 1 - int(np.floor(np.log10(sd)))
    return f"{value:.{places}f}" if 0 <= places <= 8 else f"{value:.4g}"
