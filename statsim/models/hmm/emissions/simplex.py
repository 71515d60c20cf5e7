"""Rows of probabilities as free coordinates, and back."""

import numpy as np

_TINY = 1e-300
_NOTHING = -680.0  # a logarithm this far below the largest of its row stands for probability 0


def log_rows(table):
    """Logarithms of `table` (k, m); that of 0 is about -691."""
    return np.log(np.maximum(table, _TINY))


def rows_of_logs(logs):
    """The table of `log_rows`; any finite (k, m) gives rows that sum to 1."""
    relative = logs - logs.max(axis=1, keepdims=True)
    table = np.where(relative > _NOTHING, np.exp(relative), 0.0)
    return table / table.sum(axis=1, keepdims=True)
