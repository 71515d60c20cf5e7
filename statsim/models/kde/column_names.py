"""Which column a name or a number means."""

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
