"""What a selection gives back: the best model, the table, and what stands on each axis of the picture."""

from dataclasses import dataclass
from typing import Any

from statsim.evaluation.comparison import Comparison


@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """Candidates of one family, fitted and compared. ``ss.plot(selection)`` draws the criterion over the grid.

    Parameters
    ----------
    model : Model
        The best one, fitted to all the data.
    table : Comparison
        All candidates, the best first.
    grid : dict of str to tuple
        The constructor parameters that were varied, with their values.
    settings : dict of str to dict
        Name of a candidate -> its parameters of the grid.
    seconds : float
    """

    model: Any
    table: Comparison
    grid: dict
    settings: dict
    seconds: float

    @property
    def best(self):
        """Parameters of the grid that the best candidate has."""
        return self.settings[self.table.names[0]]

    def to_frame(self, backend=None):
        """The table as a data frame; see `Comparison.to_frame`.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
        """
        return self.table.to_frame(backend)

    def to_dict(self):
        """The table as a dict."""
        return self.table.to_dict()

    def to_html(self):
        """The table as HTML."""
        return self.table.to_html()

    def _repr_html_(self):
        return self.to_html()

    def __rich__(self):
        return self.table.__rich__()

    def __repr__(self):
        return repr(self.table)
