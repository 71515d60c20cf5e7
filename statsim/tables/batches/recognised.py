"""Telling a source of batches from rows that are in memory."""

import os

import numpy as np

_IN_MEMORY = ("__array__", "shape", "columns", "column_names", "__dataframe__", "__arrow_c_stream__")


def is_frame(value):
    """True for a data frame of any library, an Arrow table or a record batch."""
    return hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__") or (hasattr(value, "columns") and hasattr(value, "shape"))


def is_source(X, *, vectors=False):
    """True where X gives batches: a path, a callable, an iterator, or an iterable of arrays, frames or pairs of them with weights.

    A list of numbers or of rows is data in memory, as it always was; a list of arrays of rank two is a list of batches, and where `vectors`
    is True (a law of one number is fitted) so is one of vectors.
    """
    if isinstance(X, (str, os.PathLike)):
        return True
    if any(hasattr(X, name) for name in _IN_MEMORY) or isinstance(X, (bytes, dict, set, frozenset)) or not hasattr(X, "__iter__"):
        return callable(X) and not hasattr(X, "__array__") and not hasattr(X, "shape")
    if isinstance(X, (list, tuple)):
        return bool(len(X)) and _is_batch(X[0], 1 if vectors else 2)
    return True


def _is_batch(item, least_rank):
    if isinstance(item, tuple) and len(item) == 2:
        return _is_batch(item[0], least_rank)
    return is_frame(item) or (isinstance(item, np.ndarray) and least_rank <= item.ndim <= 2)
