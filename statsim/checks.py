"""The only validators. Each names the argument, says what was expected, shows the value and says the remedy."""

import numbers

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError

_MAX_ROW = 2**63 - 1


def integer(value, name, *, minimum=None, maximum=None, remedy=""):
    """`value` as a Python int within [minimum, maximum]; whole floats such as 1e6 are taken."""
    whole = isinstance(value, numbers.Integral) or (isinstance(value, numbers.Real) and float(value).is_integer())
    if isinstance(value, (bool, np.bool_)) or not whole:
        raise ArgumentTypeError(f"{name} must be an integer, got {value!r} of type {type(value).__name__}{_tail(remedy)}")
    number = int(value)
    if (minimum is not None and number < minimum) or (maximum is not None and number > maximum):
        raise ArgumentError(f"{name} must be {_range(minimum, maximum)}, got {value!r}{_tail(remedy)}")
    return number


def real(value, name, *, minimum=None, maximum=None, open_minimum=False, remedy=""):
    """`value` as a finite float within [minimum, maximum] (or above `minimum` where `open_minimum`)."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, numbers.Real):
        raise ArgumentTypeError(f"{name} must be a number, got {value!r} of type {type(value).__name__}{_tail(remedy)}")
    number = float(value)
    low = minimum is not None and (number <= minimum if open_minimum else number < minimum)
    if not np.isfinite(number) or low or (maximum is not None and number > maximum):
        raise ArgumentError(f"{name} must be a finite number {_range(minimum, maximum, open_minimum)}, got {value!r}{_tail(remedy)}")
    return number


def choice(value, name, options):
    """`value`, one of the strings `options`."""
    if not isinstance(value, str) or value not in options:
        raise ArgumentError(f"{name} must be one of {', '.join(repr(option) for option in options)}; got {value!r}")
    return value


def row_range(n, start, rng, *, repeatable):
    """Number of rows and first row as Python ints; `start` needs an rng that names the same rows each time."""
    n = integer(n, "n", minimum=0)
    start = integer(start, "start", minimum=0)
    if start + n > _MAX_ROW:
        raise ArgumentError(f"start + n must stay below 2^63, got start={start}, n={n}; row numbers are 64-bit")
    if start and not repeatable:
        raise ArgumentError(f"start={start} needs an rng that names a data set: an integer or a SeedSequence, got rng={rng!r}")
    return n, start


def data_matrix(X, name="X", *, allow_missing=False, n_features=None, minimum_rows=1, owner="this model"):
    """`X` as a C-contiguous float64 array (n_samples, n_features), copied only where needed.

    Parameters
    ----------
    X : array-like (n_samples, n_features)
        Numbers; the masked cells of a masked array are missing. Sparse matrices, complex numbers and other ranks are refused.
    allow_missing : bool
        Take NaN as a missing value.
    n_features : int, optional
        The number of columns that `owner` was fitted with.
    minimum_rows : int

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    array = _as_float(X, name)
    if array.ndim != 2:
        raise ArgumentError(
            f"{name} must be two-dimensional (n_samples, n_features), got shape {array.shape}. Reshape your data: "
            f"use {name}.reshape(-1, 1) for a single feature or {name}.reshape(1, -1) for a single sample"
        )
    rows, columns = array.shape
    if columns == 0:
        raise ArgumentError(f"{name} has 0 feature(s) (shape={array.shape}) while a minimum of 1 is required.")
    if rows < minimum_rows:
        raise ArgumentError(f"{name} has {rows} sample(s) (shape={array.shape}) while a minimum of {minimum_rows} is required")
    if n_features is not None and columns != n_features:
        raise ArgumentError(f"{name} has {columns} features, but {owner} is expecting {n_features} features as input")
    finite(array, name, allow_missing=allow_missing)
    return array


def finite(array, name, *, allow_missing=False):
    """Raise when `array` holds an infinity, or NaN where missing values were not declared."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):  # one pass without a temporary array settles nearly every call
            return
    if np.isinf(array).any():
        place = tuple(int(index) for index in np.argwhere(np.isinf(array))[0])
        raise ArgumentError(f"{name} contains infinity: {name}{list(place)} = {array[place]}; remove or cap such values")
    if not allow_missing and np.isnan(array).any():
        place = tuple(int(index) for index in np.argwhere(np.isnan(array))[0])
        raise ArgumentError(
            f"{name} contains NaN: {name}{list(place)} = nan; remove such rows, or declare missing values "
            f"where the model can treat them (missing='mar')"
        )


def sample_weights(sample_weight, n_samples, name="sample_weight"):
    """Non-negative finite weights (n_samples,) float64 with a positive sum; None gives None."""
    if sample_weight is None:
        return None
    weights = _as_float(sample_weight, name)
    if weights.ndim == 0:
        weights = np.full(n_samples, float(weights))
    if weights.shape != (n_samples,):
        raise ArgumentError(f"{name}.shape == {weights.shape}, expected {(n_samples,)}: one weight for each row")
    if not np.isfinite(weights).all() or (weights < 0).any():
        index = int(np.flatnonzero(~(np.isfinite(weights) & (weights >= 0)))[0])
        raise ArgumentError(f"{name} must be finite and not negative, got {name}[{index}] = {weights[index]}")
    if not weights.sum() > 0:
        raise ArgumentError(f"{name} must have a positive sum, got {weights.sum()}; every row has weight zero")
    return weights


def memory(nbytes, max_bytes, *, what, remedy):
    """Refuse an allocation of `nbytes` above `max_bytes`, by default half of the machine's memory."""
    from statsim.errors import TooLargeError

    limit = half_of_memory() if max_bytes is None else integer(max_bytes, "max_bytes", minimum=1)
    if nbytes > limit:
        raise TooLargeError(f"{what} would take {_size(nbytes)}, above the limit of {_size(limit)}; {remedy}")


def half_of_memory():
    """Half of the machine's memory in bytes (4 GiB where the system does not tell)."""
    import os

    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return 4 * 2**30


def _as_float(X, name):
    if hasattr(X, "tocsr") or hasattr(X, "todense"):
        raise ArgumentTypeError(
            f"{name} is a sparse matrix or array, but dense data is required; use {name}.toarray() when it fits in memory"
        )
    array = _masked_as_nan(X) if isinstance(X, np.ma.MaskedArray) else np.asarray(X)
    if array.dtype.kind == "c":
        raise ArgumentError(f"Complex data not supported: {name} has dtype {array.dtype}; pass real numbers")
    try:
        return np.ascontiguousarray(array, dtype=np.float64) if array.ndim else np.float64(array)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{name} must hold numbers, got dtype {array.dtype}: {error}") from error


def _masked_as_nan(X):
    """A masked array as a plain one, NaN where masked."""
    return X.astype(np.float64).filled(np.nan) if X.dtype.kind in "biuf" and np.ma.is_masked(X) else np.asarray(X)


def _range(minimum, maximum, open_minimum=False):
    parts = []
    if minimum is not None:
        parts.append(f"above {minimum}" if open_minimum else f"at least {minimum}")
    if maximum is not None:
        parts.append(f"at most {maximum}")
    return " and ".join(parts)


def _tail(remedy):
    return f"; {remedy}" if remedy else ""


def _size(nbytes):
    value, unit = float(nbytes), "B"
    for larger in ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.3g} {unit}"


def probability_rows(array, name):
    """`array` (m, k), each row not negative and with sum 1 within 1e-8, divided by its sum unless that is 1 but for rounding: what was saved loads as it was.

    A row or vector is named by its place.
    """
    bad = np.argwhere(~(array >= 0))
    if bad.size:
        place = tuple(int(i) for i in bad[0])
        raise ArgumentError(f"{name} must not be negative, got {name}{list(place)} = {array[place]}")
    sums = array.sum(axis=1)
    wrong = np.flatnonzero(~(np.abs(sums - 1.0) <= 1e-8))
    if wrong.size:
        row = int(wrong[0])
        raise ArgumentError(f"each row of {name} must sum to 1, got row {row} = {array[row].tolist()[:10]} with sum {sums[row]}; divide it by its sum")
    rounded = np.abs(sums - 1.0) <= array.shape[1] * np.finfo(np.float64).eps
    return np.ascontiguousarray(array / np.where(rounded, 1.0, sums)[:, None])
