"""Two data frames as pairs of typed arrays: float64 with NaN for missing, or codes with -1 for missing.

Numbers, dates and times become numbers; text, booleans, categories become codes over the categories of both tables.
A text column in which nearly every value is its own (an identifier) is kept out of the comparison of laws.
"""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentTypeError, DataError

_SECONDS_PER_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class ColumnPair:
    """One column of both tables.

    Parameters
    ----------
    name : str
    kind : {"numeric", "categorical", "identifier"}
    real, synthetic : array
        float64 with NaN, or int64 codes with -1.
    categories : tuple of str
        Labels of the codes; empty for numbers.
    unit : {"", "date", "time"}
        "date": days since 1970-01-01; "time": seconds since then.
    whole : bool
        True where every real number is an integer.
    """

    name: str
    kind: str
    real: np.ndarray
    synthetic: np.ndarray
    categories: tuple = ()
    unit: str = ""
    whole: bool = False

    @property
    def missing(self):
        """Missing flags of the real and of the synthetic rows."""
        return tuple(np.isnan(x) if self.kind == "numeric" else x < 0 for x in (self.real, self.synthetic))

    @property
    def present(self):
        """The values of both tables that are not missing."""
        gone = self.missing
        return self.real[~gone[0]], self.synthetic[~gone[1]]


@dataclass(frozen=True, slots=True)
class TablePair:
    """The columns two tables share, and what cannot be compared, in sentences."""

    columns: tuple
    problems: tuple
    n_real: int
    n_synthetic: int


def align(real, synthetic):
    """Pair the columns of two data frames (pandas, polars, pyarrow) by name.

    Parameters
    ----------
    real, synthetic : data frame

    Returns
    -------
    TablePair

    Raises
    ------
    ArgumentTypeError
        Not a data frame.
    DataError
        A table without rows, no column in common, or an infinite value.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from statsim.metrics.columns import align
    >>> pair = align(pa.table({"x": [1.0, None]}), pa.table({"x": [2, 3], "y": ["a", "b"]}))
    >>> pair.columns[0].kind, pair.problems
    ('numeric', ("the column 'y' is in the synthetic table only",))
    """
    left, right = _frame(real, "real"), _frame(synthetic, "synthetic")
    problems = [f"the column {c!r} is missing from the synthetic table" for c in left.columns if c not in right.columns]
    problems += [f"the column {c!r} is in the synthetic table only" for c in right.columns if c not in left.columns]
    columns = []
    for name in left.columns:
        if name in right.columns:
            found = _pair(name, left.get_column(name), right.get_column(name))
            (problems if isinstance(found, str) else columns).append(found)
    if not columns:
        raise DataError(f"real has the columns {left.columns} and synthetic {right.columns}: none can be compared; "
                        "both tables need columns of the same name and type")  # fmt: skip
    return TablePair(tuple(columns), tuple(problems), len(left), len(right))


def _frame(frame, name):
    import narwhals as nw

    try:
        frame = nw.from_native(frame, eager_only=True)
    except TypeError as error:
        raise ArgumentTypeError(
            f"{name} must be a pandas, polars or pyarrow data frame, got {type(frame).__name__}; read the file first"
        ) from error
    if len(frame) == 0:
        raise DataError(f"{name} has no rows; at least 2 are needed")
    return frame


def _pair(name, real, synthetic):
    """The `ColumnPair`, or the sentence that says why there is none."""
    kinds = [_kind(column) for column in (real, synthetic)]
    known = [kind for kind in kinds if kind != "null"]
    if "other" in kinds:
        return f"the column {name!r} holds values that cannot be compared ({real.dtype} and {synthetic.dtype})"
    if len(set(known)) > 1:
        return f"the column {name!r} holds {kinds[0]} values in real and {kinds[1]} values in synthetic"
    kind = known[0] if known else "number"
    if kind in ("number", "date", "time"):
        arrays = [_numbers(column, name, table) for column, table in ((real, "real"), (synthetic, "synthetic"))]
        whole = bool((np.nan_to_num(arrays[0]) == np.round(np.nan_to_num(arrays[0]))).all())
        if whole and kind == "number" and _is_row_number(arrays[0]):
            return ColumnPair(name, "identifier", *(np.where(np.isnan(x), -1, 0) for x in arrays))
        return ColumnPair(name, "numeric", *arrays, unit="" if kind == "number" else kind, whole=whole)
    labels = [_labels(column) for column in (real, synthetic)]
    codes, categories = _codes(labels)
    return ColumnPair(name, "identifier" if _is_identifier(codes[0]) else "categorical", *codes, categories=categories)


def _kind(column):
    import narwhals as nw

    dtype = column.dtype
    if column.null_count() == len(column) and not dtype.is_numeric():
        return "null"
    if dtype.is_numeric():
        return "number"
    for kind, types in (("text", (nw.String, nw.Categorical, nw.Enum)), ("boolean", (nw.Boolean,)), ("date", (nw.Date,)),
                        ("time", (nw.Datetime, nw.Duration))):  # fmt: skip
        if isinstance(dtype, types):
            return kind
    return _kind_of_objects(column) if dtype == nw.Object else "other"


def _kind_of_objects(column):
    present = [value for value in column.to_list() if value is not None and value == value]
    for kind, types in (("text", str), ("boolean", (bool, np.bool_)), ("number", (int, float, np.number))):
        if present and all(isinstance(value, types) for value in present):
            return kind
    return "other" if present else "null"


def _numbers(column, name, table):
    import narwhals as nw

    if isinstance(column.dtype, nw.Date):
        column = column.cast(nw.Datetime("us"))
        scale = 1e6 * _SECONDS_PER_DAY
    else:
        scale = 1.0
    if isinstance(column.dtype, nw.Datetime):
        column, scale = column.dt.timestamp("us"), scale if scale > 1 else 1e6
    elif isinstance(column.dtype, nw.Duration):
        column, scale = column.dt.total_microseconds(), 1e6
    values = [np.nan if v is None else v for v in column.to_list()] if column.null_count() else column.to_numpy()
    values = np.asarray(values, dtype=float) / scale
    if np.isinf(values).any():
        raise DataError(f"the column {name!r} of {table} holds {int(np.isinf(values).sum())} infinite values; "
                        "remove them or mark them as missing")  # fmt: skip
    return values


def _labels(column):
    return [None if value is None or value != value else str(value) for value in column.to_list()]


def _codes(labels):
    """Codes of both label lists over their common categories, the most frequent in real first."""
    count = {}
    for label in labels[0]:
        count[label] = count.get(label, 0) + 1
    count.pop(None, None)
    known = sorted(count, key=lambda label: (-count[label], label))
    categories = (*known, *sorted({label for label in labels[1] if label is not None} - set(known)))
    number = {label: code for code, label in enumerate(categories)} | {None: -1}
    return [np.array([number[label] for label in own], dtype=np.int64) for own in labels], categories


def _is_row_number(values):
    """Whole, all different, and dense: at least 50 of them, filling half of their range."""
    present = values[~np.isnan(values)]
    return present.size >= 50 and np.unique(present).size == present.size > np.ptp(present) / 2


def _is_identifier(codes):
    """Nearly every value its own: more than 20 distinct values and above nine tenths of the rows that have one."""
    present = codes[codes >= 0]
    distinct = np.unique(present).size
    return distinct > 20 and distinct > 0.9 * present.size
