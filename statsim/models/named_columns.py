"""Which columns of a model of rows a number or a name means, alone or with known values."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


def column_number(column, names, n_features):
    """The number of `column`, a number or one of `names` (or None).

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if isinstance(column, str):
        known = [] if names is None else list(names)
        if column not in known:
            raise ArgumentError(f"there is no column {column!r}; the columns are {known or 'not named'}")
        return known.index(column)
    return checks.integer(column, "a column number", minimum=0, maximum=n_features - 1)


class NamedColumns:
    """For a model with `n_features_in_` and, where columns have names, `feature_names_in_`."""

    def _column(self, column):
        return column_number(column, getattr(self, "feature_names_in_", None), self.n_features_in_)

    def _names(self, indices):
        names = getattr(self, "feature_names_in_", None)
        return None if names is None else names[indices]

    def _chosen(self, columns):
        """Numbers (m,) of the columns to keep."""
        indices = np.array([self._column(column) for column in columns], dtype=int)
        if indices.size == 0 or len(set(indices.tolist())) < indices.size:
            raise ArgumentError(f"columns must name at least one column and none twice, got {list(columns)!r}")
        return indices

    def _known(self, values):
        """(columns (m,), numbers (m,), columns that are free) of a dict from column to value."""
        columns = np.array([self._column(column) for column in values], dtype=int)
        numbers = np.array([checks.real(value, f"values[{column!r}]") for column, value in values.items()])
        if len(set(columns.tolist())) < columns.size or not columns.size < self.n_features_in_:
            raise ArgumentError(f"values must leave at least one column free and name none twice, got {values!r}")
        return columns, numbers, np.setdiff1d(np.arange(self.n_features_in_), columns)
