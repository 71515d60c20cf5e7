"""A source of rows in batches: a Parquet file, a list or a function that gives them, or an iterator that gives them once.

Whatever the batches, a fit sees the rows in chunks of `batch_rows`, the last one shorter: how the rows were split changes no bit of its
arithmetic, and the order of the batches changes rounding alone (and which rows a search begins with).
"""

import os

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.tables.batches.one_batch import BatchReader
from statsim.tables.batches.parquet_rows import ParquetRows
from statsim.tables.batches.recognised import is_frame, is_source

BATCH_ROWS = 65_536


class Batches:
    """Rows that need not fit in memory, as an argument of `fit`.

    Parameters
    ----------
    source : path, iterable or callable
        A Parquet file; a list or other iterable of batches; a callable that returns a fresh iterator over batches each time; or
        an iterator, which can be read once. A batch is an array (m, d), an array (m,) for a law of one number, a data frame, or a
        pair (rows, weights). A batch of no rows says nothing and is passed over.
    columns : sequence of str, optional
        Of frames and files: only these, in this order.
    weights : str, optional
        Of frames and files: the column that holds the weight of each row.
    batch_rows : int
        Rows handled at a time. About two such batches are in memory at once, and of a file what it stores as one page.

    Attributes
    ----------
    names : ndarray (d,) of str or None
        Names of the columns, known once the first batch is.
    n_rows : int or None
        Rows, known after the first pass.

    Raises
    ------
    ArgumentError, ArgumentTypeError, DataError
        When it is made for a file; otherwise when a batch is met that cannot be used, named by its number (from 0).

    Examples
    --------
    >>> import numpy as np
    >>> import statsim as ss
    >>> def batches():
    ...     for start in range(0, 100_000, 10_000):
    ...         yield np.random.default_rng(start).normal(5.0, 2.0, (10_000, 2))
    >>> model = ss.MultivariateNormal().fit(ss.Batches(batches))
    >>> model.mean_.round(1).tolist()
    [5.0, 5.0]
    """

    def __init__(self, source, *, columns=None, weights=None, batch_rows=BATCH_ROWS):
        self.batch_rows = checks.integer(batch_rows, "batch_rows", minimum=1)
        self.repeats, self._open = _opener(source, columns, weights, self.batch_rows)
        self._reader = BatchReader(columns, weights)
        self.n_rows = None
        self._used = False

    @property
    def names(self):
        """Names of the columns (d,), or None."""
        return self._reader.names

    def expect(self, n_features, names):
        """Refuse rows of other columns than a model was fitted with: `n_features` of them, `names` (d,) or None."""
        self._reader.expect(n_features, names)

    def require_passes(self, what):
        """Raise where the batches can be read only once.

        Raises
        ------
        ArgumentTypeError
        """
        if not self.repeats:
            raise ArgumentTypeError(
                f"X gives its batches only once, and {what} reads them several times; pass a Parquet path, a list of batches, or a function that returns a "
                f"fresh iterator each time: fit(lambda: batches())"
            )

    def chunks(self, *, multiple_of=1):
        """One pass.

        Parameters
        ----------
        multiple_of : int
            Give a multiple of so many rows at a time, the largest up to `batch_rows`.

        Yields
        ------
        X : ndarray (m, d), float64
            m is the same for all but the last.
        weights : ndarray (m,)

        Raises
        ------
        ArgumentError
            When a batch cannot be used, no row comes at all, or a later pass gives another number of rows than the first.
        """
        if self._used and not self.repeats:
            raise ArgumentError("X is an iterator that has been read already; make a new one, or pass a function that returns a fresh iterator each time")
        self._used = True
        n_rows, total, size = 0, 0.0, multiple_of * max(1, self.batch_rows // multiple_of)
        for X, weights in _regrouped(self._reader.read(self._open()), size):
            n_rows, total = n_rows + len(X), total + float(weights.sum())
            yield X, weights
        self._check_count(n_rows, total)

    def _check_count(self, n_rows, total):
        if n_rows == 0 and self.n_rows is None:
            raise ArgumentError("X gave 0 sample(s): no batch with rows, while a minimum of 1 is required; an iterator that was read before is empty")
        if not total > 0 and n_rows:
            raise ArgumentError(f"sample weights must have a positive sum, got {total}; every row has weight zero")
        if self.n_rows is not None and n_rows != self.n_rows:
            raise ArgumentError(
                f"X gave {self.n_rows} rows at first and {n_rows} when read again; a function must return a fresh iterator over the same batches each time"
            )
        self.n_rows = n_rows


def batches_of(X, sample_weight=None, *, vectors=False):
    """`Batches` of an argument `X` of `fit` where it is a source of batches, None where it is data in memory.

    Parameters
    ----------
    X : object
    sample_weight : None or str
        Of batches: the name of the column with the weights.
    vectors : bool
        A list of vectors is a list of batches: for a law of one number.

    Raises
    ------
    ArgumentTypeError
        For an array of weights beside batches.
    """
    if not (isinstance(X, Batches) or is_source(X, vectors=vectors)):
        return None
    if sample_weight is not None and not isinstance(sample_weight, str):
        raise ArgumentTypeError("sample_weight goes with rows in memory; with batches let each one be a pair (rows, weights), or name the column of weights: sample_weight='w'")
    if isinstance(X, Batches):
        if sample_weight is not None:
            raise ArgumentError(f"sample_weight={sample_weight!r} beside Batches: say it there, Batches(source, weights={sample_weight!r})")
        return X
    return Batches(X, weights=sample_weight)


def _opener(source, columns, weights, batch_rows):
    """Whether the source can be read again, and the function that begins a pass."""
    if isinstance(source, (str, os.PathLike)):
        file = ParquetRows(os.fspath(source), columns, weights, batch_rows)
        return True, file.batches
    if callable(source) and not hasattr(source, "__array__") and not is_frame(source):
        return True, lambda: _iterator(source)
    if hasattr(source, "__next__"):
        return False, lambda: source
    if isinstance(source, np.ndarray) or is_frame(source):
        return True, lambda: iter((source,))
    if hasattr(source, "__iter__") and not isinstance(source, (bytes, dict, set)):
        return True, lambda: iter(source)
    raise ArgumentTypeError(f"batches come from a Parquet path, a list or iterable of arrays or frames, or a function that returns one, got {source!r:.100} of type {type(source).__name__}")


def _iterator(function):
    given = function()
    if not hasattr(given, "__iter__"):
        raise ArgumentTypeError(f"the function of batches must return an iterator, got {given!r:.100} of type {type(given).__name__}")
    return iter(given)


def _regrouped(parts, size):
    """(X, weights) in pieces of exactly `size` rows, the last shorter, whatever the sizes of `parts`."""
    held, count = [], 0
    for X, weights in parts:
        start = 0
        while count + len(X) - start >= size:
            stop = start + size - count
            yield _joined([*held, (X[start:stop], weights[start:stop])])
            held, count, start = [], 0, stop
        if start < len(X):
            held.append((X[start:], weights[start:]))
            count += len(X) - start
    if held:
        yield _joined(held)


def _joined(held):
    if len(held) == 1:
        return held[0]
    return np.concatenate([X for X, _ in held]), np.concatenate([weights for _, weights in held])
