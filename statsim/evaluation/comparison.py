"""The table of a comparison: models by rank, differences with paired standard errors, weights."""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError
from statsim.evaluation.comparison_page import comparison_page
from statsim.evaluation.comparison_table import terminal_table, terminal_text

COLUMNS = ("model", "value", "standard_error", "difference", "difference_error", "weight", "parameters", "warnings")


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Models on the same data under one criterion, the best first. ``comparison["name"]`` is the row of one model.

    Parameters
    ----------
    criterion : str
    names : tuple of str
        The best first.
    models : tuple of Model or None
        In the same order; None where a candidate could not be fitted.
    values : tuple of CriterionValue or None
    differences : ndarray (k,)
        Distance from the best, not negative.
    difference_errors : ndarray (k,)
        Standard error of the difference: of the paired differences of the rows where the criterion has rows, else of independent Monte Carlo runs.
    weights : ndarray (k,)
    weighting : {"akaike", "evidence", "stacking"}
        exp(-difference / 2) normalised (H. Akaike 1978), posterior probabilities under equal prior ones, or the mixture of predictive laws
        with the best score (Yao, Vehtari, Simpson, Gelman 2018).
    notes : tuple of tuple of str
        Warnings of each model.
    """

    criterion: str
    names: tuple
    models: tuple
    values: tuple
    differences: np.ndarray
    difference_errors: np.ndarray
    weights: np.ndarray
    weighting: str
    notes: tuple

    @property
    def best(self):
        """The model with the best value."""
        return self.models[0]

    @property
    def higher_is_better(self):
        """True for scores and evidences, False for information criteria."""
        return next(value.higher_is_better for value in self.values if value is not None)

    def __len__(self):
        return len(self.names)

    def __getitem__(self, name):
        """The row of one model, a dict."""
        if name not in self.names:
            raise ArgumentError(f"there is no model {name!r} in the comparison; there are {', '.join(self.names)}")
        return self.rows()[self.names.index(name)]

    def rows(self):
        """A dict for each model, the best first."""
        return [dict(zip(COLUMNS, self._row(place), strict=True)) for place in range(len(self))]

    def _row(self, place):
        value = self.values[place]
        own = (float("nan"), float("nan")) if value is None else (value.value, value.standard_error)
        parameters = None if value is None else value.n_parameters
        numbers = (float(self.differences[place]), float(self.difference_errors[place]), float(self.weights[place]))
        return (self.names[place], *own, *numbers, parameters, "; ".join(self.notes[place]))

    def to_dict(self):
        """Model -> {column: value}."""
        return {row["model"]: {name: row[name] for name in COLUMNS[1:]} for row in self.rows()}

    def to_frame(self, backend=None):
        """A data frame with a row for each model.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
            Default: the first of them that is installed.
        """
        from statsim.samplers.draws.draws_frame import make_frame

        rows = self.rows()
        columns = {name: [row[name] for row in rows] for name in COLUMNS}
        columns["parameters"] = [float("nan") if value is None else float(value) for value in columns["parameters"]]
        return make_frame(columns, backend)

    def to_html(self):
        """The table as HTML, complete in itself."""
        return comparison_page(self)

    def _repr_html_(self):
        return self.to_html()

    def __rich__(self):
        return terminal_table(self)

    def __repr__(self):
        return terminal_text(terminal_table(self))
