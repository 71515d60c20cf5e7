"""A mixture over mixed-type rows as JSON values, and back; reading trusts nothing."""

import numpy as np

from statsim import files
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.models.table_mixture.parameters import check_layout, checked_parameters, parameter_fields
from statsim.tables.arrays import TableLayout

_FLAGS = ("continuous_nullable", "discrete_nullable", "counts_nullable")
_NAMES = ("continuous_names", "discrete_names", "counts_names")
_ARRAYS = (
    "means",
    "covariances",
    "count_means",
    "count_dispersions",
    "missing_continuous",
    "missing_discrete",
    "missing_counts",
)


def parameters_document(parameters, layout):
    """JSON values of parameters and layout."""
    values = parameter_fields(parameters)
    document = {name: files.array_to_document(values[name]) for name in ("weights", *_ARRAYS)}
    document["level_probabilities"] = [files.array_to_document(table) for table in parameters.level_probabilities]
    document["layout"] = {name: list(getattr(layout, name)) for name in (*_FLAGS, "n_levels", *_NAMES)}
    return document


def read_parameters(document):
    """Checked parameters and layout from `parameters_document`.

    Raises
    ------
    FileRefusedError, ArgumentError
        For missing or unknown keys, wrong shapes and impossible values.
    """
    closed(document, ("weights", *_ARRAYS, "level_probabilities", "layout"))
    layout = _read_layout(document["layout"])
    (p, _, r), k = layout.shape, None
    weights = files.array_from_document(document["weights"], "weights", shape=(k,))
    k = len(weights)
    q = len(layout.n_levels)
    shapes = {
        "means": (k, p),
        "covariances": (k, p, p),
        "count_means": (k, r),
        "count_dispersions": (k, r),
        "missing_continuous": (k, p),
        "missing_discrete": (k, q),
        "missing_counts": (k, r),
    }
    arrays = {name: _shaped(document[name], name, shape) for name, shape in shapes.items()}
    tables = document["level_probabilities"]
    if not isinstance(tables, list) or len(tables) != q:
        raise FileRefusedError(f"level_probabilities must be a list of {q} arrays, one per discrete column")
    levels = tuple(
        files.array_from_document(table, f"level_probabilities[{j}]", shape=(k, layout.n_levels[j])) for j, table in enumerate(tables)
    )
    parameters = checked_parameters(weights, level_probabilities=levels, **arrays)
    check_layout(parameters, layout)
    return parameters, layout


def _shaped(value, name, shape):
    """An array of the shape; nested lists cannot tell the shape of an array without elements."""
    if 0 in shape and isinstance(value, list):
        if np.array(value, dtype=object).size:
            raise FileRefusedError(f"{name} must have shape {shape}, without elements")
        return np.zeros(shape)
    return files.array_from_document(value, name, shape=shape)


def _read_layout(document):
    if not isinstance(document, dict):
        raise FileRefusedError(f"layout must be an object, got {type(document).__name__}")
    closed(document, (*_FLAGS, "n_levels", *_NAMES))
    for name, kind in (*((name, bool) for name in _FLAGS), ("n_levels", int), *((name, str) for name in _NAMES)):
        if not isinstance(document[name], list) or not all(type(item) is kind for item in document[name]):
            raise FileRefusedError(f"layout.{name} must be a list of {kind.__name__} values")
    return TableLayout(**{name: tuple(values) for name, values in document.items()})
