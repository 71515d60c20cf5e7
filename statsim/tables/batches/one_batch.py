"""One batch as an array of numbers with weights, or an error that says which batch and where in it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError, DataError
from statsim.tables.batches.recognised import is_frame
from statsim.tables.frames import check_names, frame_to_arrow


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

    def expect(self, width, names):
        """Refuse batches of other columns than a model was fitted with: `width` of them, `names` or None."""
        self._width = width
        self.names = names

    def read(self, batches):
        """Yield (X (m, d), weights (m,)) of each batch that has rows."""
        for number, batch in enumerate(batches):
            place = f"rows {batch.first_row} and on of {batch.path}" if isinstance(batch, FileRows) else f"batch {number}"
            X, weights = self._arrays(batch, place)
            self._check(X, place)
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
        if is_frame(batch) and (self._columns is not None or self._weights is not None or _is_named(batch)):
            return self._from_frame(batch, weights, place)
        if self._columns is not None or self._weights is not None:
            raise ArgumentTypeError(f"{place} is an array without column names, and columns= and weights= name some; pass frames, or pairs (rows, weights)")
        X = _array(batch, place)
        if X.dtype.kind not in "biufO" or X.ndim == 0:
            raise ArgumentTypeError(f"{place} must hold numbers, got {type(batch).__name__} of dtype {X.dtype}")
        X = _numbers(X[:, None] if X.ndim == 1 else X, place)
        if X.ndim != 2:
            raise ArgumentError(f"{place} must be two-dimensional (m, n_features), got shape {X.shape}")
        return X, _weights(weights, len(X), place)

    def _from_frame(self, frame, weights, place):
        frame = frame if _is_arrow(frame) else frame_to_arrow(frame)
        present = list(frame.schema.names)
        check_names(present)
        if self._weights is not None:
            if self._weights not in present:
                raise ArgumentError(f"{place} has no column of weights {self._weights!r}; it has {', '.join(map(repr, present))}")
            weights = _column(frame, self._weights, place)
        names = self._columns or [name for name in present if name != self._weights]
        if self.names is not None and self._columns is None and set(names) == set(self.names):
            names = list(self.names)  # the same columns in another order
        for name in names:
            if name not in present:
                raise ArgumentError(f"{place} has no column {name!r}; it has {', '.join(map(repr, present))}")
        if self.names is not None and names != list(self.names):
            raise ArgumentError(f"{place} has the columns {', '.join(map(repr, names))}, expected {', '.join(map(repr, self.names))}")
        X = np.empty((frame.num_rows, len(names)))
        for position, name in enumerate(names):
            X[:, position] = _column(frame, name, place)
        if self.names is None and names:
            self.names = np.array(names, dtype=object)
        return X, _weights(weights, len(X), place)

    def _check(self, X, place):
        if self._width is None:
            self._width = X.shape[1]
        if X.shape[1] != self._width or X.shape[1] == 0:
            raise ArgumentError(f"{place} has {X.shape[1]} feature(s), expected {self._width or 'at least 1'}; all batches must have the same columns")
        _check_finite(X, place)


def _check_finite(X, place):
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(X.sum()):  # one pass without a temporary array settles nearly every batch
            return
    wrong = np.argwhere(~np.isfinite(X))
    if wrong.size:
        row, column = (int(index) for index in wrong[0])
        raise ArgumentError(f"{place} contains {'NaN' if np.isnan(X[row, column]) else 'infinity'} (row {row} of it, column {column}); batches take complete rows of finite numbers: leave such rows out")


def _array(batch, place):
    """A batch as an array of any kind, NaN where a masked array is masked."""
    if isinstance(batch, np.ma.MaskedArray) and batch.dtype.kind in "biuf":
        return batch.astype(np.float64).filled(np.nan)
    try:
        return np.asarray(batch)
    except ValueError as error:
        raise ArgumentTypeError(f"{place} is no array of rows: {error}") from None


def _is_named(frame):
    """False for a frame whose columns are not named by text, which is an array."""
    return _is_arrow(frame) or all(isinstance(name, str) for name in frame.columns)


def _is_arrow(frame):
    return hasattr(frame, "num_rows") and hasattr(frame, "schema") and hasattr(frame, "column")


def _column(frame, name, place):
    """One column of an Arrow table or record batch as numbers (m,), NaN where empty."""
    import pyarrow as pa

    column = frame.column(name)
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)):
        raise DataError(f"{place}: column {name!r} holds {kind}, and a batch holds numbers; leave it out with Batches(..., columns=[...])")
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    column = column if kind == pa.float64() else column.cast(pa.float64())
    column = column.fill_null(np.nan) if column.null_count else column
    if not len(column):
        return np.empty(0)
    return np.frombuffer(column.buffers()[1], np.float64)[column.offset : column.offset + len(column)]  # `to_numpy` would import pandas, 40 MB


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
