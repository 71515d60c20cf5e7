"""The independent parts of a data set: rows, or whole sequences. What folds and bootstrap replications are made of."""

import copy

import numpy as np

from statsim.errors import ArgumentTypeError
from statsim.row_model import RowModel
from statsim.sequence_model import SequenceModel
from statsim.sequences import as_sequences


def parts_of(model, X, what):
    """The number of independent parts of X, and the function (indices) -> the data of those parts, for a model of rows or sequences.

    Raises
    ------
    ArgumentTypeError
        For a model of graphs: a graph is one draw.
    """
    if isinstance(model, SequenceModel):
        sequences = as_sequences(X, allow_missing=getattr(model, "missing", "raise") == "mar")
        bounds = list(zip(sequences.offsets[:-1], sequences.offsets[1:], strict=True))
        return len(bounds), lambda indices: [sequences.values[slice(*bounds[i])] for i in indices]
    if not isinstance(model, RowModel):
        raise ArgumentTypeError(f"{what} takes rows or sequences apart, and what a {type(model).__name__} models is one draw; use an information criterion")
    if isinstance(X, (list, tuple)):
        X = np.asarray(X)
    if isinstance(X, np.ndarray):
        return len(X), lambda indices: X[indices]
    import narwhals as nw

    frame = nw.from_native(X, eager_only=True)
    return len(frame), lambda indices: frame[np.asarray(indices).tolist()].to_native()


def observations_in(model, X, terms):
    """Observations that a criterion counts: rows, or steps of sequences; `terms` is the number of terms of the log-likelihood."""
    return len(as_sequences(X, allow_missing=True).values) if isinstance(model, SequenceModel) else terms


def unfitted(model, **changes):
    """A model of the same class and constructor arguments, but for `changes`, without parameters."""
    return type(model)(**{**copy.deepcopy(model.get_params(deep=False)), **changes})
