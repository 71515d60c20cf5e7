"""One batch as an array of numbers with weights, or an error that says which batch and where in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError, DataError
from statsim.tables.batches.recognised import is_frame
from statsim.tables.frames import check_names


@dataclass(frozen=True)
class FileRows:
    """Rows of a file: columns of an Arrow record batch, and what to call them in a message."""

    frame: Any
    first_row: int
    path: str


class BatchReader:
    """Reads batches, all of the columns of the first.

    Parameters
    ----------
    columns : sequence of str or None
    weights : str or None
        The column of weights.
    """

    def __init__(self, columns, weights):
        if isinstance(columns, str):
            raise ArgumentTypeError(f"columns must be a list of names, got {columns!r}; use columns=[{columns!r}]")
        self._columns = None if columns is None else list(columns)
        self._weights = weights
        self.names = None
        self._width = None

    def read(self, batches, allow_missing):
        """Yield (X (m, d), weights (m,)) of each batch that has rows."""
        for number, batch in enumerate(batches):
            place = f"rows {batch.first_row} and on of {batch.path}" if isinstance(batch, FileRows) else f"batch {number}"
            X, weights = self._arrays(batch, place)
            self._check(X, weights, place, allow_missing)
            if len(X):
                yield X, weights

    def _arrays(self, batch, place):
        weights = None
        if isinstance(batch, FileRows):
            batch = batch.frame
        elif isinstance(batch, tuple):
            if len(batch) != 2:
                raise ArgumentTypeError(f"{place} is a tuple of {len(batch)}; a batch is an array, a frame, or a pair (rows, weights)")
            batch, weights = batch
        if is_frame(batch):
            return self._from_frame(batch, weights, place)
        if self._columns is not None or self._weights is not None:
            raise ArgumentTypeError(f"{place} is an array without column names, and columns= and weights= name some; pass frames, or pairs (rows, weights)")
        X = np.asarray(batch)
        if X.dtype.kind not in "biufO" or isinstance(batch, (str, bytes)):
            raise ArgumentTypeError(f"{place} must hold numbers, got {type(batch).__name__} of dtype {X.dtype}")
        X = _numbers(X[:, None] if X.ndim == 1 else X, place)
        if X.ndim != 2:
            raise ArgumentError(f"{place} must be two-dimensional (m, n_features), got shape {X.shape}")
        return X, _weights(weights, len(X), place)

    def _from_frame(self, frame, weights, place):
        import narwhals as nw

        table = nw.from_native(_table(frame), eager_only=True)
        present = list(table.columns)
        check_names(present)
        if self._weights is not None:
            if self._weights not in present:
                raise ArgumentError(f"{place} has no column of weights {self._weights!r}; it has {', '.join(map(repr, present))}")
            weights = _column(table[self._weights], self._weights, place)
        names = self._columns or [name for name in present if name != self._weights]
        if self.names is not None and self._columns is None and set(names) == set(self.names):
            names = list(self.names)  # the same columns in another order
        for name in names:
            if name not in present:
                raise ArgumentError(f"{place} has no column {name!r}; it has {', '.join(map(repr, present))}")
        if self.names is not None and names != list(self.names):
            raise ArgumentError(f"{place} has the columns {', '.join(map(repr, names))}, and the batches before it {', '.join(map(repr, self.names))}")
        X = np.empty((len(table), len(names)))
        for position, name in enumerate(names):
            X[:, position] = _column(table[name], name, place)
        if self.names is None:
            self.names = np.array(names, dtype=object)
        return X, _weights(weights, len(X), place)

    def _check(self, X, weights, place, allow_missing):
        if self._width is None:
            self._width = X.shape[1]
        if X.shape[1] != self._width or X.shape[1] == 0:
            raise ArgumentError(f"{place} has {X.shape[1]} column(s), and the batches before it {self._width}" if X.shape[1] else f"{place} has 0 columns")
        checks.finite(X, place, allow_missing=allow_missing)


def _table(frame):
    """Arrow record batches as tables; other frames as they are."""
    import sys

    arrow = sys.modules.get("pyarrow")
    return arrow.Table.from_batches([frame]) if arrow is not None and isinstance(frame, arrow.RecordBatch) else frame


def _column(series, name, place):
    """One column of a frame (m,) float64, NaN where empty."""
    kind = series.dtype
    if not (kind.is_numeric() or str(kind) == "Boolean"):
        raise DataError(f"{place}: column {name!r} holds {kind}, and a batch holds numbers; leave it out with Batches(..., columns=[...])")
    import narwhals as nw

    return np.asarray(series.cast(nw.Float64).to_numpy(), np.float64)


def _numbers(X, place):
    try:
        return np.ascontiguousarray(X, np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"{place} must hold numbers: {error}") from None


def _weights(weights, n, place):
    """Weights (n,), ones where there are none; zeros are allowed in any number, since another batch may hold the others."""
    if weights is None:
        return np.ones(n)
    weights = _numbers(np.asarray(weights), place)
    if weights.shape != (n,):
        raise ArgumentError(f"the weights of {place} have shape {weights.shape}, expected {(n,)}: one for each row")
    wrong = np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))
    if wrong.size:
        raise ArgumentError(f"the weights of {place} must be finite and not negative, got {weights[wrong[0]]} at row {wrong[0]}")
    return weights
