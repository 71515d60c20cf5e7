"""Two arrays or frames are the same, bit for bit."""

from collections.abc import Mapping

import numpy as np


def assert_same_rows(x, y):
    """Assert that two results hold the same bits: type, shape, and every value (the sign of zero and NaN included).

    Not a random assertion: nothing is charged to the budget.

    Parameters
    ----------
    x, y : array, data frame, mapping of columns, or tuple or list of arrays

    Raises
    ------
    AssertionError
        Naming the first difference, its place, both values, and how many differ.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim import testing
    >>> testing.assert_same_rows(np.arange(3.0), np.arange(3.0))
    """
    _compare(x, y, "")


def _compare(x, y, place):
    if isinstance(x, Mapping) or hasattr(x, "columns"):
        _compare_columns(x, y, place)
    elif isinstance(x, tuple | list) and any(isinstance(item, np.ndarray) for item in x):
        _refuse(len(x) == len(y), place, f"{len(x)} arrays against {len(y)}")
        for i, (a, b) in enumerate(zip(x, y, strict=True)):
            _compare(a, b, f"{place}[{i}]")
    else:
        _compare_arrays(np.asarray(x), np.asarray(y), place)


def _compare_columns(x, y, place):
    names, others = _names(x), _names(y)
    _refuse(names == others, place, f"columns {names} against {others}")
    for name in names:
        _compare(x[name], y[name], f"{place}[{name!r}]")


def _names(frame):
    columns = getattr(frame, "column_names", None) or getattr(frame, "columns", None)
    return list(frame if columns is None else columns)


def _compare_arrays(x, y, place):
    _refuse(x.dtype == y.dtype, place, f"type {x.dtype} against {y.dtype}")
    _refuse(x.shape == y.shape, place, f"shape {x.shape} against {y.shape}")
    differs = _different_values(x, y)
    if np.any(differs):
        index = tuple(int(i) for i in np.argwhere(differs)[0])
        raise AssertionError(
            f"rows differ{place and ' in ' + place}: first at index {index}: {_show(x[index])} against {_show(y[index])}; "
            f"{int(np.count_nonzero(differs)):,} of {differs.size:,} values differ"
        )


def _different_values(x, y):
    if x.dtype.hasobject:
        flat = [not _same_object(a, b) for a, b in zip(x.ravel(), y.ravel(), strict=True)]
        return np.array(flat, dtype=bool).reshape(x.shape)
    if x.dtype.itemsize == 0:
        return np.zeros(x.shape, dtype=bool)
    return np.any(_bytes(x) != _bytes(y), axis=-1)


def _bytes(array):
    """The bytes of each value along a last axis of their own."""
    return np.ascontiguousarray(array).view(np.uint8).reshape(*array.shape, array.dtype.itemsize)


def _same_object(a, b):
    return a is b or (type(a) is type(b) and (a == b) is True) or (a != a and b != b) is True


def _show(value):
    return f"{value!r} ({float(value).hex()})" if isinstance(value, np.floating) else repr(value)


def _refuse(holds, place, difference):
    if not holds:
        raise AssertionError(f"rows differ{place and ' in ' + place}: {difference}")
