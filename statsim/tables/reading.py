"""Reading tables: local CSV, Parquet and Arrow files, with limits checked before memory is spent.

What a file is, its first bytes say, not its name. Nothing but regular local files is opened: no URLs, no pipes, no folders.
"""

import os
import stat

from statsim.checks import half_of_memory, integer
from statsim.errors import ArgumentError, DataError, TooLargeError
from statsim.tables.frames import check_names

_RATIO = 200  # times its size on disk that a file may grow ...
_FREE_BYTES = 256 * 2**20  # ... above this many bytes
_CELL_BYTES = 8


def read_table(path, *, columns=None, delimiter=None, max_bytes=None):
    """Read a table from a file.

    Parameters
    ----------
    path : str or path-like
        A local CSV (UTF-8, a header line), Parquet or Arrow file.
    columns : sequence of str, optional
        Only these, in this order.
    delimiter : str, optional
        Of a CSV file; default a comma, a tab for ``.tsv``.
    max_bytes : int, optional
        Refuse tables that take more memory; default half of the machine's.

    Returns
    -------
    pyarrow.Table
        Empty CSV cells and NA, N/A, NaN, null and their usual spellings are missing; numbers with leading zeros are text.

    Raises
    ------
    DataError
        When the file cannot be used; the message names the place.
    TooLargeError
        When it would take more memory than allowed.
    """
    name = os.fspath(path)
    limit = half_of_memory() if max_bytes is None else integer(max_bytes, "max_bytes", minimum=1)
    with _opened(name) as file:
        size = os.fstat(file.fileno()).st_size
        start = file.read(8)
        file.seek(0)
        if not start:
            raise DataError(f"{name} is empty (0 bytes); a table needs a header line and rows")
        check = _limits(name, size, limit)
        if start[:4] == b"PAR1":
            table = _read_parquet(file, name, columns, check)
        elif start[:6] == b"ARROW1":
            table = _read_arrow(file, name, check)
        else:
            table = _read_csv(file, name, start, size, delimiter, check)
    check_names(table.column_names)
    _refuse_extensions(table, name)
    if table.num_rows == 0:
        raise DataError(f"{name} has a header but no rows")
    return _only(table, columns, name).replace_schema_metadata(None)


def _opened(name):
    """The regular local file `name`, opened for reading; anything else is a `DataError`."""
    if "://" in name:
        raise DataError(f"{name} is a URL; only local files are read: download it first")
    try:
        file = open(name, "rb", opener=lambda path, flags: os.open(path, flags | getattr(os, "O_NONBLOCK", 0)))
    except IsADirectoryError:
        raise DataError(f"{name} is a directory; name a CSV, Parquet or Arrow file in it") from None
    except (OSError, ValueError) as error:
        raise DataError(f"cannot read {name}: {getattr(error, 'strerror', None) or error}") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise DataError(f"{name} is not a regular file; only CSV, Parquet and Arrow files are read")
    return file


def _limits(name, size, limit):
    """The check (rows, columns, bytes) that refuses tables above the limit, and files that unpack suspiciously far."""

    def check(rows, columns, nbytes=0):
        needed = max(rows * columns * _CELL_BYTES, nbytes)
        if needed > max(_FREE_BYTES, _RATIO * size):
            raise DataError(
                f"{name} has {size} bytes but unpacks to {rows} rows x {columns} columns ({needed} bytes), more than {_RATIO} times as "
                f"much; if you trust it, store it as CSV"
            )
        if needed > limit:
            raise TooLargeError(
                f"{name} holds {rows} rows x {columns} columns and would take {needed} bytes, above the limit of {limit}; "
                f"read fewer columns, take a sample of its rows, or raise max_bytes"
            )

    return check


def _read_parquet(file, name, columns, check):
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        parquet = pq.ParquetFile(file)
        metadata = parquet.metadata
        unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
        check(metadata.num_rows, metadata.num_columns, unpacked)
        names = [column for column in parquet.schema_arrow.names if not column.startswith("__index_level_")]
        _check_columns(columns, names, name)
        check_names(names)
        packed = [field.name for field in parquet.schema_arrow if _is_text(field.type)]
        table = pq.ParquetFile(file, read_dictionary=packed).read(columns=names if columns is None else list(columns))
        check(table.num_rows, table.num_columns, sum(map(_unpacked_bytes, table.columns)))
        return _unpacked(table, parquet.schema_arrow)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{name} is no readable Parquet file: {error}") from None


def _is_text(arrow_type):
    import pyarrow as pa

    return pa.types.is_string(arrow_type) or pa.types.is_large_string(arrow_type)


def _unpacked_bytes(column):
    """Bytes of a column once each cell holds its own text: a dictionary may name one long text in every row."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_dictionary(column.type) and _is_text(column.type.value_type)):
        return column.nbytes
    lengths = (pc.take(pc.cast(pc.binary_length(chunk.dictionary), pa.int64()), chunk.indices) for chunk in column.chunks)
    return sum(pc.sum(cells).as_py() or 0 for cells in lengths)


def _unpacked(table, schema):
    """The table with the text columns that were read as dictionaries in the types that `schema` says."""
    for position, name in enumerate(table.column_names):
        wanted = schema.field(name).type
        if table.schema.field(position).type != wanted:
            table = table.set_column(position, name, table[name].cast(wanted))
    return table


def _read_arrow(file, name, check):
    import pyarrow as pa

    try:
        reader = pa.ipc.open_file(file)
        batches, rows, nbytes = [], 0, 0
        for index in range(reader.num_record_batches):
            batches.append(reader.get_batch(index))
            rows, nbytes = rows + batches[-1].num_rows, nbytes + batches[-1].nbytes
            check(rows, len(reader.schema), nbytes)
        return pa.Table.from_batches(batches, reader.schema)
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{name} is no readable Arrow file: {error}") from None


def _read_csv(file, name, start, size, delimiter, check):
    from statsim.tables.reading_csv import read_csv

    if delimiter is None:
        delimiter = "\t" if name.lower().endswith(".tsv") else ","
    if not (isinstance(delimiter, str) and len(delimiter) == 1 and delimiter.isascii()):
        raise ArgumentError(f"delimiter must be one ASCII character, got {delimiter!r}")
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise DataError(f"{name} is UTF-16 text; save it as UTF-8")
    if start[:2] == b"\x1f\x8b" or start[:4] in (b"PK\x03\x04", b"\x28\xb5\x2f\xfd"):
        raise DataError(f"{name} is a compressed file; unpack it first")
    check(1, 1, size)
    return read_csv(file, name, delimiter)


def _refuse_extensions(table, name):
    import pyarrow as pa

    for field in table.schema:
        if isinstance(field.type, pa.BaseExtensionType):
            raise DataError(f"{name}: column {field.name!r} has the extension type {field.type}, which is not read; store it as a plain type")


def _check_columns(columns, available, name):
    for column in columns or ():
        if column not in available:
            raise DataError(f"{name} has no column {column!r}; it has {', '.join(map(repr, available))}")


def _only(table, columns, name):
    if columns is None:
        return table
    _check_columns(columns, table.column_names, name)
    return table.select(list(columns))
