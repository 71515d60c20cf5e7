"""A kernel density estimate as JSON values, and back, trusting nothing."""

import numpy as np

from statsim import checks, files
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.models.kde.columns import Categorical, Circular, Interval, Line
from statsim.models.kde.parameters import checked_parameters

BOUNDARIES = ("reflect", "renormalise")
_REQUIRED = ("rows", "weights", "bandwidth", "kernel", "columns", "boundary", "holds_raw_rows", "min_count")


def write_parameters(law, names):
    """JSON values of a `DensityParameters`; `names` of the columns or None."""
    document = {
        "rows": files.array_to_document(law.rows),
        "weights": files.array_to_document(law.weights),
        "bandwidth": files.array_to_document(law.bandwidth),
        "kernel": law.kernel.name,
        "columns": [_write_column(kind) for kind in law.columns],
        "boundary": law.boundary,
        "holds_raw_rows": law.min_count == 0,
        "min_count": law.min_count,
    }
    if law.factors is not None:
        document["factors"] = files.array_to_document(law.factors)
    return document if names is None else {**document, "feature_names": list(names)}


def _write_column(kind):
    if isinstance(kind, Categorical):
        return {"kind": "categorical", "values": [float(value) for value in kind.values]}
    if isinstance(kind, Circular):
        return {"kind": "circular", "low": float(kind.low), "high": float(kind.high)}
    if isinstance(kind, Interval):
        return {"kind": "interval", **{end: value for end, value in (("low", kind.low), ("high", kind.high)) if np.isfinite(value)}}
    return {"kind": "line"}


def read_parameters(document):
    """`DensityParameters` from what `write_parameters` made; `FileRefusedError` or `ArgumentError` for anything else."""
    closed(document, _REQUIRED, ("factors", "feature_names"))
    rows = files.array_from_document(document["rows"], "rows", shape=(None, None))
    n, d = rows.shape
    if n < 1 or d < 1:
        raise FileRefusedError(f"rows must have at least one row and one column, the file has {rows.shape}")
    weights = files.array_from_document(document["weights"], "weights", shape=(n,))
    if not (weights > 0).all() or abs(weights.sum() - 1) > 1e-9:
        raise FileRefusedError("weights must be above zero and sum to 1")
    factors = files.array_from_document(document["factors"], "factors", shape=(n,)) if "factors" in document else None
    return checked_parameters(
        rows=rows, weights=weights, bandwidth=_read_bandwidth(document["bandwidth"], d), factors=factors,
        kernel=document["kernel"], columns=_read_columns(document["columns"], d),
        boundary=checks.choice(document["boundary"], "boundary", BOUNDARIES), min_count=_read_count(document), exact=True,
    )  # fmt: skip


def _read_bandwidth(value, d):
    is_matrix = isinstance(value, list) and value and isinstance(value[0], list) or isinstance(value, dict)
    return files.array_from_document(value, "bandwidth", shape=(d, d) if is_matrix else (d,))


def _read_count(document):
    count, raw = document["min_count"], document["holds_raw_rows"]
    if type(count) is not int or count < 0 or type(raw) is not bool or raw != (count == 0):
        raise FileRefusedError(f"min_count must be a whole number, 0 where holds_raw_rows is true; got {str(count)[:40]} and {str(raw)[:40]}")
    return count


def _read_columns(value, d):
    if not isinstance(value, list) or len(value) != d:
        raise FileRefusedError(f"columns must list {d} objects, got {str(value)[:100]}")
    return tuple(_read_column(entry) for entry in value)


def _read_column(entry):
    kind = entry.get("kind") if isinstance(entry, dict) else None
    allowed = {"line": (), "interval": ("low", "high"), "circular": ("low", "high"), "categorical": ("values",)}
    if not isinstance(kind, str) or kind not in allowed or set(entry) - {"kind", *allowed[kind]}:
        raise FileRefusedError(f"a column must be an object with a kind of {sorted(allowed)} and its numbers, got {str(entry)[:100]}")
    if kind == "categorical":
        return Categorical(tuple(_numbers(entry.get("values"))))
    if kind == "circular":
        return Circular(*_numbers([entry.get("low"), entry.get("high")]))
    if kind == "line":
        return Line()
    low, high = _numbers([entry.get("low", -1e308)])[0], _numbers([entry.get("high", 1e308)])[0]
    if not low < high or len(entry) < 2:
        raise FileRefusedError(f"an interval must have low below high, or one of the two, got {str(entry)[:100]}")
    return Interval(low if "low" in entry else -np.inf, high if "high" in entry else np.inf)


def _numbers(values):
    if not isinstance(values, list) or not all(type(value) in (int, float) for value in values):
        raise FileRefusedError(f"a column's numbers must be numbers, got {str(values)[:100]}")
    return [checks.real(value, "a number of a column") for value in values]
