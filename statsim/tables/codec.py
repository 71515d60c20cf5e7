"""Frames to arrays and back, as a schema says."""

import numpy as np

from statsim.errors import DataError, ImpossibleConditionError
from statsim.tables.arrays import TableArrays
from statsim.tables.columns import ConstantColumn, DiscreteColumn
from statsim.tables.frames import arrow_to_frame, frame_to_arrow
from statsim.tables.schema import prepare


def encode(frame, schema):
    """Arrays of the rows of a frame.

    Parameters
    ----------
    frame : pandas, polars or pyarrow table
        With at least the schema's columns.
    schema : TableSchema

    Returns
    -------
    TableArrays

    Raises
    ------
    DataError
        When a column lacks, or a cell does not fit its column.
    """
    return encode_cells(cells_of_frame(frame, schema), schema)


def cells_of_frame(frame, schema):
    """Arrow arrays by column name: cleaned, and of the schema's types."""
    table = frame_to_arrow(frame)
    cells = prepare(table, names=schema.names, missing_values=schema.missing_values, cleaning=schema.cleaning)
    return {name: _as_type(array, schema.column(name)) for name, array in cells.items()}


def _as_type(cells, column):
    """Cells cast to the type of their column."""
    import pyarrow as pa

    if pa.types.is_dictionary(cells.type):
        cells = cells.cast(cells.type.value_type)
    if cells.type == column.arrow_type:
        return cells
    try:
        return cells.cast(column.arrow_type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(f"column {column.name!r} is {cells.type}, the schema says {column.dtype}: {error}") from None


def encode_cells(cells, schema):
    """`encode` of what `cells_of_frame` returns."""
    parts = {"continuous": [], "discrete": [], "counts": []}
    n = len(next(iter(cells.values())))
    for column in schema.columns:
        for block, part in zip(column.blocks(), column.encode(cells[column.name]), strict=True):
            parts[block.kind].append(part)
    return TableArrays(
        _stack(parts["continuous"], n, np.float64), _stack(parts["discrete"], n, np.int32), _stack(parts["counts"], n, np.int64), schema.layout
    )


def _stack(columns, n, dtype):
    out = np.empty((n, len(columns)), dtype)
    for position, column in enumerate(columns):
        out[:, position] = column
    return out


def log_slopes(cells, schema, *, without=()):
    """Sum over columns of log dx/dz (n,), less those `without`: a log density of the arrays minus this is one in data units."""
    total = np.zeros(len(next(iter(cells.values()))))
    for column in schema.columns:
        if column.name not in without:
            total += column.log_slope(cells[column.name])
            for step in schema.cleaning:
                if step.column == column.name and step.reversible:
                    total += np.where(cells[column.name].is_null().to_numpy(zero_copy_only=False), 0.0, np.log(step.factor))
    return total


def impossible_rows(cells, schema):
    """Rows (n,) that no draw can equal, since a constant column of theirs holds another value."""
    impossible = np.zeros(len(next(iter(cells.values()))), bool)
    for column in schema.columns:
        if isinstance(column, ConstantColumn):
            impossible |= column.differs(cells[column.name])
    return impossible


def cleaned_value(schema, name, value, *, reversible):
    """A value of a column after those cleaning steps that are (or are not) reversible, as a plain Python value."""
    import pyarrow as pa

    value = value.item() if isinstance(value, np.generic) else value
    for step in schema.cleaning:
        if step.column == name and step.reversible is reversible:
            cleaned = step.apply(pa.array([value]))[0].as_py()
            if cleaned is None:
                raise ImpossibleConditionError(f"column {name!r} cannot be {value!r}: the cleaning step {step.name} makes it missing")
            value = cleaned
    return value


def decode(arrays, schema, *, row_numbers, key, like=None, fixed=None):
    """Rows of a frame from arrays.

    Parameters
    ----------
    arrays : TableArrays
    schema : TableSchema
    row_numbers : int or array (n,) of uint64
        Number of the first row, or of each; identifiers depend on nothing else but the key.
    key : array (2,) of uint64
        Names the data set.
    like : {"pandas", "polars", "pyarrow"}, optional
        Kind of frame; default the kind the schema was learnt from.
    fixed : mapping of column name to value, optional
        Columns that hold one value (None: missing) in every row, exactly.

    Returns
    -------
    A frame with the schema's columns, in order, in their types.
    """
    table = decode_arrow(arrays, schema, row_numbers=row_numbers, key=key, fixed=fixed)
    native = {column.name: column.native for column in schema.columns} if like in (None, schema.frame) else {}
    categories = {column.name: list(column.categories) for column in schema.columns if getattr(column, "categories", ())}
    return arrow_to_frame(table, like or schema.frame, native, categories)


def decode_arrow(arrays, schema, *, row_numbers, key, fixed=None):
    """`decode` to a pyarrow Table."""
    import pyarrow as pa

    n, fixed = arrays.n_rows, fixed or {}
    rows = np.asarray(row_numbers, np.uint64)
    if rows.ndim == 0:
        rows = rows + np.arange(n, dtype=np.uint64)
    out = []
    for column in schema.columns:
        parts = [np.ascontiguousarray(getattr(arrays, kind)[:, position]) for kind, position in schema.places[column.name]]
        cells = column.decode(parts, rows, key)
        if column.name in fixed:
            cells = _repeated(column, fixed[column.name], cells)
        for step in reversed(schema.cleaning):
            if step.column == column.name and step.reversible and column.name not in fixed:
                cells = step.reverse(cells)
        out.append(cells)
    return pa.table(out, names=list(schema.names))


def _repeated(column, value, cells):
    """One value in every row, of the type that drawn cells have."""
    import pyarrow as pa

    if value is None:
        return pa.nulls(len(cells), cells.type)
    if isinstance(column, (ConstantColumn, DiscreteColumn)):
        parts = [np.full(len(cells), code, np.int32) for code in column.condition(value)]
        return column.decode(parts, np.zeros(len(cells), np.uint64), None)
    return pa.repeat(column.cell_array(value)[0], len(cells))
