"""Learning a schema: which kind each column is, and what may be kept of it without keeping anyone's value."""

import warnings
from dataclasses import dataclass

import numpy as np

from statsim.checks import choice, integer
from statsim.errors import ArgumentError, DataError, DataWarning
from statsim.files import MAX_STRING
from statsim.tables.columns import ConstantColumn
from statsim.tables.frames import frame_kind, frame_to_arrow, native_types, place_of
from statsim.tables.learn_numeric import learn_numeric
from statsim.tables.learn_temporal import learn_temporal
from statsim.tables.learn_text import learn_levels, learn_text
from statsim.tables.schema import TableSchema, one_array, prepare
from statsim.tables.types import type_text

KIND_NAMES = ("numeric", "count", "categorical", "ordinal", "identifier")
"""Kinds that a user can ask for."""


@dataclass(frozen=True)
class Learning:
    """What the learners of all kinds need: the column's identity, its present cells, and the least row count."""

    name: str
    dtype: str
    native: str
    nullable: bool
    min_count: int
    wanted: str | None
    is_dictionary: bool
    ordered: bool
    categories: tuple

    @property
    def identity(self):
        """Fields that every column has."""
        return {"name": self.name, "dtype": self.dtype, "native": self.native, "nullable": self.nullable}

    def warn(self, text):
        """Issue a `DataWarning` about the column."""
        warnings.warn(f"column {self.name!r}: {text}", DataWarning, stacklevel=2)


def learn_schema(frame, *, min_count=5, columns=None, kinds=None, missing_values=None, cleaning=()):
    """Learn the schema of a table.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
    min_count : int
        Nothing in the schema rests on fewer rows: bounds, knots and levels average or count at least this many.
    columns : sequence of str, optional
        The columns to learn, in this order; default all.
    kinds : mapping of column to {"numeric", "count", "categorical", "ordinal", "identifier"}, optional
        Where the kind should not be guessed.
    missing_values : mapping of column to list, optional
        Values that mean "missing", such as ``{"age": [-999]}``. Otherwise -999 is data.
    cleaning : sequence of steps of `statsim.tables.cleaning`
        Applied in order and recorded.

    Returns
    -------
    TableSchema

    Raises
    ------
    DataError
        When a column cannot be used as it is; column, row and value are named.

    Warns
    -----
    DataWarning
        When rare categories are merged or refused.

    Examples
    --------
    >>> import pyarrow as pa
    >>> schema = learn_schema(pa.table({"x": [1.5, 2.25, 2.5, 3.75] * 20, "n": range(80), "g": ["a", "b"] * 40}))
    >>> [column.kind for column in schema.columns]
    ['discrete', 'identifier', 'discrete']
    """
    min_count = integer(min_count, "min_count", minimum=1)
    table, native = frame_to_arrow(frame), native_types(frame)
    names = _chosen(columns, table.column_names)
    _refuse_long_names(names)
    kinds, missing_values = dict(kinds or {}), {name: list(values) for name, values in (missing_values or {}).items()}
    cleaning = tuple(cleaning)
    _check_names(names, kinds=kinds, missing_values=missing_values, cleaning=[step.column for step in cleaning])
    if table.num_rows < min_count:
        raise DataError(
            f"the table has {table.num_rows} row{'s' * (table.num_rows != 1)}, at least min_count={min_count} are needed so that nothing rests on a "
            f"single row; bring more rows, or lower min_count where the data are not personal"
        )
    cells = prepare(table, names=names, missing_values=missing_values, cleaning=())
    learned = []
    for step in cleaning:
        learned.append(step.learn(cells[step.column], min_count))
        cells[step.column] = learned[-1].apply(cells[step.column])
        native[step.column] = native[step.column] if cells[step.column].type == table.schema.field(step.column).type else ""
    parts = tuple(_learn_column(name, cells[name], native[name], min_count, kinds.get(name)) for name in names)
    return TableSchema(parts, min_count, table.num_rows, frame_kind(frame), missing_values, tuple(learned))


def _chosen(columns, available):
    if columns is None:
        return list(available)
    names = [columns] if isinstance(columns, str) else list(columns)
    unknown = [name for name in names if name not in available]
    if unknown or not names or len(set(names)) != len(names):
        raise ArgumentError(f"columns must be different names out of {list(available)}, got {names}")
    return names


def _refuse_long_names(names):
    for name in names:
        if len(name) > MAX_STRING:
            raise DataError(f"the column {name[:40]!r}... has a name of {len(name)} characters; at most {MAX_STRING} fit a model file: rename it")


def _check_names(names, *, kinds, missing_values, cleaning):
    for argument, given in (("kinds", kinds), ("missing_values", missing_values), ("cleaning", cleaning)):
        unknown = [name for name in given if name not in names]
        if unknown:
            raise ArgumentError(f"{argument} names the column {unknown[0]!r}, which is not in the table; columns are {names}")
    for name, kind in kinds.items():
        choice(kind, f"kinds[{name!r}]", KIND_NAMES)


def _learn_column(name, cells, native, min_count, wanted):
    """The column of one array of cells."""
    import pyarrow as pa

    is_dictionary = pa.types.is_dictionary(cells.type)
    ordered = is_dictionary and cells.type.ordered
    categories = tuple(cells.dictionary.to_pylist()) if is_dictionary else ()
    if is_dictionary:
        cells = cells.cast(cells.type.value_type)
    dtype = type_text(cells.type, name)
    learning = Learning(name, dtype, native, cells.null_count > 0, min_count, wanted, is_dictionary, ordered, categories)
    present = one_array(cells.drop_null())
    if len(present) < min_count:
        return _always_missing(learning, len(present))
    _refuse_not_finite(name, cells)
    if pa.types.is_null(cells.type) or len(present) == 0:
        return _always_missing(learning, 0)
    return _learner(cells.type, learning)(learning, present, cells)


def _learner(arrow_type, learning):
    import pyarrow as pa

    if learning.wanted in ("categorical", "ordinal") or learning.is_dictionary and not _is_text(arrow_type):
        return learn_levels
    if _is_text(arrow_type):
        return learn_text
    if pa.types.is_boolean(arrow_type):
        return learn_levels
    return learn_temporal if pa.types.is_temporal(arrow_type) else learn_numeric


def _is_text(arrow_type):
    import pyarrow as pa

    return pa.types.is_string(arrow_type) or pa.types.is_large_string(arrow_type)


def _always_missing(learning, n_present):
    if n_present:
        learning.warn(
            f"only {n_present} of its cells hold a value, fewer than min_count={learning.min_count}; "
            f"it is learnt as always missing. Lower min_count to keep them, or leave the column out with columns="
        )
    return ConstantColumn(**{**learning.identity, "nullable": True}, value=None, is_dictionary=learning.is_dictionary, ordered=learning.ordered)


def _refuse_not_finite(name, cells):
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_floating(cells.type):
        return
    values = pc.fill_null(cells, 0.0).to_numpy(zero_copy_only=False)
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        what = "not-a-number (NaN)" if np.isnan(values[bad[0]]) else "infinite"
        raise DataError(
            f"column {name!r}, {place_of(bad[0])}: {values[bad[0]]} is {what}, in {bad.size} cell(s); remove such rows, "
            f"or declare missing_values={{{name!r}: [float('{values[bad[0]]}')]}}"
        )
