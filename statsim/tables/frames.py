"""Data frames in, the same kind out: pandas, polars and pyarrow through narwhals, with an Arrow table in between."""

import re

from statsim.errors import ArgumentError, ArgumentTypeError, DataError

KINDS = ("pandas", "polars", "pyarrow")
_INDEX_TYPE = re.compile(r"dictionary<values=[a-z_]+, indices=(u?int(?:8|16|32|64)), ordered=[01]>")


def frame_kind(frame):
    """Which library a data frame belongs to: "pandas", "polars" or "pyarrow"."""
    from narwhals import dependencies

    for kind, belongs in (
        ("pandas", dependencies.is_pandas_dataframe),
        ("polars", dependencies.is_polars_dataframe),
        ("pyarrow", dependencies.is_pyarrow_table),
    ):
        if belongs(frame):
            return kind
    raise ArgumentTypeError(
        f"frame must be a pandas, polars or pyarrow table, got {type(frame).__name__}; "
        f"arrays go to the array models, or make a frame of it first"
    )


def frame_to_arrow(frame):
    """Arrow table of a frame, its dictionary columns kept.

    Raises
    ------
    DataError
        For duplicate or non-text column names and for columns of mixed types: column, row and value are named.
    """
    import pyarrow as pa

    kind = frame_kind(frame)
    names = list(frame.column_names if kind == "pyarrow" else frame.columns)
    check_names(names)
    if kind == "pyarrow":
        return frame
    if kind == "polars":
        return frame.to_arrow()
    return pa.table({name: _series_to_arrow(frame[name], name) for name in names})


def check_names(names):
    """Refuse duplicate, empty and non-text column names."""
    if not names:
        raise DataError("the table has no columns")
    seen = set()
    for position, name in enumerate(names):
        if not isinstance(name, str) or not name:
            raise DataError(f"column {position + 1} is named {name!r}; column names must be non-empty text: rename it")
        if name in seen:
            raise DataError(f"two columns are named {name!r}; column names must differ: rename one")
        seen.add(name)


def place_of(row):
    """Where a row is found: its position from 0, as data frames count, and its line in a file, as editors count.

    >>> place_of(0)
    'row 0 (line 2 of a CSV file)'
    """
    return f"row {row} (line {row + 2} of a CSV file)"


def _series_to_arrow(series, name):
    """One pandas column; a mixed one is refused by its first cell of another type."""
    import pyarrow as pa

    try:
        return pa.Array.from_pandas(series)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
        present = series[series.notna()]
        types = present.map(type)
        odd = types.ne(types.mode().iloc[0]).to_numpy().nonzero()[0] if len(present) else []
        if not len(odd):
            raise DataError(f"column {name!r} cannot be used: {error}") from None
        row = series.notna().to_numpy().nonzero()[0][odd[0]]
        raise DataError(
            f"column {name!r} mixes types: {place_of(row)} is {present.iloc[odd[0]]!r} ({types.iloc[odd[0]].__name__}), "
            f"most are {types.mode().iloc[0].__name__}; convert the column first, or leave it out with columns="
        ) from None


def native_types(frame):
    """Per column what Arrow does not say: the pandas dtype, or that a polars column is an Enum or Categorical."""
    kind = frame_kind(frame)
    if kind == "pandas":
        return {name: str(dtype) for name, dtype in frame.dtypes.items()}
    if kind == "polars":
        return {name: type(dtype).__name__ if hasattr(dtype, "is_nested") and not isinstance(dtype, type) else str(dtype)
                for name, dtype in zip(frame.columns, frame.dtypes, strict=True)}
    return {field.name: str(field.type) for field in frame.schema}


def arrow_to_frame(table, kind, native=None, categories=None):
    """Turn an Arrow table into a frame of `kind`.

    Parameters
    ----------
    table : pyarrow.Table
    kind : {"pandas", "polars", "pyarrow"}
    native : mapping of column to the text `native_types` gave, optional
    categories : mapping of column to its full list of categories, optional
        For polars Enum columns.
    """
    if kind not in KINDS:
        raise ArgumentError(f"as_frame must be one of {', '.join(KINDS)}, got {kind!r}")
    native, categories = native or {}, categories or {}
    if kind == "pyarrow":
        return _with_index_types(table, native)
    return (_to_pandas if kind == "pandas" else _to_polars)(table, native, categories)


def _to_pandas(table, native, categories):
    frame = table.to_pandas()
    for name in table.column_names:
        dtype = native.get(name)
        if dtype and dtype != "category" and str(frame[name].dtype) != dtype:
            frame[name] = frame[name].astype(dtype)
    return frame


def _to_polars(table, native, categories):
    import polars as pl

    frame = pl.from_arrow(table)
    enums = [pl.col(name).cast(pl.String).cast(pl.Enum(categories[name])) for name in table.column_names
             if native.get(name) == "Enum" and name in categories]
    texts = [pl.col(name).cast(pl.String) for name in table.column_names
             if native.get(name) == "String" and frame[name].dtype != pl.String]
    return frame.with_columns(*enums, *texts) if enums or texts else frame


def _with_index_types(table, native):
    """Dictionary columns with the index type they had."""
    import pyarrow as pa

    for position, field in enumerate(table.schema):
        wanted = _INDEX_TYPE.fullmatch(native.get(field.name, ""))
        if wanted and pa.types.is_dictionary(field.type):
            index_type = pa.type_for_alias(wanted[1])
            dictionary = pa.dictionary(index_type, field.type.value_type, field.type.ordered)
            table = table.set_column(position, field.name, table[position].cast(dictionary))
    return table


def append_rows(frame, rows, schema):
    """A frame with an Arrow table of rows below it, in the frame's own types.

    Raises
    ------
    ArgumentError
        When the columns differ.
    """
    import pyarrow as pa

    kind = frame_kind(frame)
    names = list(frame.column_names if kind == "pyarrow" else frame.columns)
    if set(names) != set(rows.column_names):
        odd = sorted(set(names) ^ set(rows.column_names))
        raise ArgumentError(f"frame must have the columns of the model, {rows.column_names}; {odd} differ: drop or add them first")
    rows = rows.select(names)
    if kind == "pyarrow":
        return pa.concat_tables([frame, _like(rows, frame.schema)])
    categories = {column.name: list(column.categories) for column in schema.columns if getattr(column, "categories", ())}
    added = arrow_to_frame(rows, kind, native_types(frame), categories)
    if kind == "polars":
        import polars as pl

        return pl.concat([frame, added.cast(dict(frame.schema))])
    return _concat_pandas(frame, added)


def _concat_pandas(frame, added):
    """Two pandas frames, one below the other; a categorical keeps its type unless a value is none of its categories."""
    import pandas as pd

    for name, dtype in frame.dtypes.items():
        converted = added[name].astype(dtype) if added[name].dtype != dtype else added[name]
        if converted.isna().sum() == added[name].isna().sum():
            added[name] = converted
    return pd.concat([frame, added], ignore_index=True)


def _like(rows, schema):
    """Rows cast to a schema; categoricals by their values."""
    import pyarrow as pa

    columns = []
    for field in schema:
        cells = rows[field.name]
        if pa.types.is_dictionary(cells.type):
            cells = cells.cast(cells.type.value_type)
        if pa.types.is_dictionary(field.type):
            cells = cells.cast(field.type.value_type).dictionary_encode()
        columns.append(cells.cast(field.type))
    return pa.table(columns, schema=schema)
