"""Several sequences as one array of steps and the places where each begins: what every model of sequences computes on."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True)
class Sequences:
    """One or more sequences, end to end.

    Attributes
    ----------
    values : ndarray (n_steps, n_features) float64
    offsets : ndarray (n_sequences + 1,) int64
        Sequence i is `values[offsets[i]:offsets[i + 1]]`.
    is_single : bool
        It was given as one array, not as a list of one.
    """

    values: np.ndarray
    offsets: np.ndarray
    is_single: bool = False

    @property
    def lengths(self):
        """Steps (n_sequences,) of each sequence."""
        return np.diff(self.offsets)

    def __len__(self):
        return len(self.offsets) - 1

    def split(self, array):
        """`array` (n_steps, ...) as the caller gave the sequences: one array, or a list of arrays."""
        return array if self.is_single else [array[a:b] for a, b in zip(self.offsets[:-1], self.offsets[1:], strict=True)]


def as_sequences(X, *, name="X", allow_missing=False, n_features=None, owner="this model", minimum_steps=1):
    """Sequences from what a user gives.

    Parameters
    ----------
    X : array (n_steps, n_features) or (n_steps,), list of such arrays, or (array, lengths)
        One sequence; several; or several end to end with the steps of each. A list of lists of numbers is one sequence.
    name : str
        Name of the argument, for messages.
    allow_missing : bool
        Take NaN as a value missing at random.
    n_features : int, optional
        Columns that `owner` was fitted with.
    minimum_steps : int
        Steps that each sequence must have at least.

    Returns
    -------
    Sequences

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For an empty sequence (named by its number), lengths that do not add up, other numbers of columns.
    """
    options = {"allow_missing": allow_missing, "n_features": n_features, "owner": owner}
    if isinstance(X, tuple):
        values, lengths = _with_lengths(X, name)
        values = _steps(values, f"{name}[0]", **options)
        lengths = _lengths(lengths, len(values), name)
        single = False
    elif isinstance(X, list) and len(X) and _is_sequence(X[0]):
        parts = [_steps(part, f"{name}[{i}]", **options) for i, part in enumerate(X)]
        _same_width(parts, name)
        values, lengths, single = np.concatenate(parts), np.array([len(part) for part in parts], np.int64), False
    else:
        values = _steps(X, name, **options)
        lengths, single = np.array([len(values)], np.int64), True
    _long_enough(lengths, minimum_steps, name)
    return Sequences(values, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64), single)


def _is_sequence(item):
    """Whether an item of a list is a sequence of its own, and not a row of numbers."""
    return hasattr(item, "__array__") and np.ndim(item) >= 1 or hasattr(item, "columns") or np.ndim(item) >= 2


def _with_lengths(X, name):
    if len(X) != 2:
        raise ArgumentTypeError(f"{name} as a tuple must be (array, lengths), got {len(X)} items; several sequences are a list of arrays")
    return X


def _steps(X, name, *, n_features, **options):
    """One sequence as (n_steps, n_features); a flat one has one feature."""
    if np.ndim(X) == 1 and not hasattr(X, "columns"):
        X = np.reshape(np.asarray(X), (-1, 1))
    return checks.data_matrix(X, name, n_features=n_features, minimum_rows=0, **options)


def _lengths(lengths, n_steps, name):
    """Lengths (n_sequences,) that add up to `n_steps`."""
    array = np.asarray(lengths)
    if array.ndim != 1 or array.dtype.kind not in "iu" or not array.size:
        raise ArgumentTypeError(f"{name}[1] must hold the steps of each sequence, one or more integers, got {lengths!r:.200}")
    bad = np.flatnonzero(array < 0)
    if bad.size:
        raise ArgumentError(f"{name}[1] must not be negative, got lengths[{bad[0]}] = {array[bad[0]]}")
    total = sum(int(length) for length in array)
    if total != n_steps:
        raise ArgumentError(f"the lengths in {name}[1] add up to {total}, but {name}[0] has {n_steps} steps; give the steps of each sequence")
    return array.astype(np.int64)


def _same_width(parts, name):
    for i, part in enumerate(parts):
        if part.shape[1] != parts[0].shape[1]:
            raise ArgumentError(f"{name}[{i}] has {part.shape[1]} features, but {name}[0] has {parts[0].shape[1]}; all sequences need the same columns")


def _long_enough(lengths, minimum, name):
    short = np.flatnonzero(lengths < minimum)
    if not short.size:
        return
    number, steps = int(short[0]), int(lengths[short[0]])
    what = "is empty" if steps == 0 else f"has {steps} step(s), fewer than the {minimum} needed"
    where = f"sequence {number} of {name}" if len(lengths) > 1 else name
    raise ArgumentError(f"{where} {what}; {'leave it out' if len(lengths) > 1 else 'at least one step is needed'}")
