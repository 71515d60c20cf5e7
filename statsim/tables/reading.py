"""Reading tables: local CSV, Parquet and Arrow files, with limits checked before memory is spent.

What a file is, its first bytes say, not its name. Nothing but regular local files is opened: no URLs, no pipes, no folders.
"""

import os
import stat

from statsim.checks import half_of_memory, integer
from statsim.errors import ArgumentError, DataError, TooLargeError
from statsim.tables.frames import check_names
from statsim.tables.types import type_text

_RATIO = 200  # times its size on disk that a file may grow ...
_FREE_BYTES = 256 * 2**20  # ... above this many bytes
_CELL_BYTES = 8
_BATCH_BYTES = 2**23  # of text unpacked at a time to measure it; decoders take several times as much
_ARROW_MAGIC_BYTES = 8  # then an Arrow file is a stream, followed by a footer


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
    with opened(name) as file:
        size = os.fstat(file.fileno()).st_size
        start = file.read(8)
        file.seek(0)
        if not start:
            raise DataError(f"{name} is empty (0 bytes); a table needs a header line and rows")
        check = _limits(name, size, limit)
        if start[:4] == b"PAR1":
            table = _read_parquet(file, name, columns, check)
        elif start[:6] == b"ARROW1":
            table = _read_arrow(file, name, check, size)
        else:
            table = _read_csv(file, name, start, size, delimiter, check)
    check_names(table.column_names)
    _refuse_extensions(table.schema, name)
    if table.num_rows == 0:
        raise DataError(f"{name} has a header but no rows")
    return _only(table, columns, name).replace_schema_metadata(None)


def opened(name):
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
        schema = parquet.schema_arrow
        names = [column for column in schema.names if not column.startswith("__index_level_")]
        _check_columns(columns, names, name)
        check_names(names)
        names = names if columns is None else list(columns)
        check(parquet.metadata.num_rows, len(names))
        _refuse_types(schema, names, name)
        repeating = _check_pages(file, parquet.metadata, names, check)
        packed = [column for column in names if _is_text(schema.field(column).type) and column not in repeating]
        table = pq.ParquetFile(file, read_dictionary=packed).read(columns=names)
        check(table.num_rows, table.num_columns, sum(map(_unpacked_bytes, table.columns)))
        return _unpacked(table, schema)
    except DataError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DataError(f"{name} is no readable Parquet file: {error}") from None


def _refuse_types(schema, names, name):
    """Refuse columns that no kind covers before they are read: what lists and bytes unpack to is known only afterwards."""
    import pyarrow as pa

    chosen = pa.schema([schema.field(column) for column in names])
    _refuse_extensions(chosen, name)
    for field in chosen:
        type_text(field.type.value_type if pa.types.is_dictionary(field.type) else field.type, field.name)


def _check_pages(file, metadata, names, check):
    """Check what the pages of the columns `names` unpack to; the columns in whose pages each text may repeat the one before."""
    from statsim.tables.parquet_sizes import DELTA_BYTE_ARRAY, column_pages

    unpacked, largest, repeating = 0, dict.fromkeys(names, 1), set()
    for column, page in column_pages(file, largest):
        unpacked += page.nbytes
        check(metadata.num_rows, len(names), unpacked)
        largest[column] = max(page.nbytes, largest[column])
        if page.encoding == DELTA_BYTE_ARRAY:
            repeating.add(column)
    for column in repeating:
        rows = max(1, _BATCH_BYTES // largest[column])
        _check_repeating(file, column, rows, lambda more: check(metadata.num_rows, len(names), unpacked + more))
    return repeating


def _check_repeating(file, column, rows, check):
    """Check what a text column unpacks to: unpack a few rows at a time, and keep none."""
    import pyarrow.parquet as pq

    nbytes = 0
    for batch in pq.ParquetFile(file, pre_buffer=False).iter_batches(rows, columns=[column], use_threads=False):
        nbytes += batch.nbytes
        check(nbytes)


def _is_text(arrow_type):
    import pyarrow as pa

    return any(is_one(arrow_type) for is_one in (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view))


def _unpacked_bytes(column):
    """Bytes of a column once each cell holds its own text: a dictionary may name one long text in every row, and so may views."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string_view(column.type):
        return sum(int(_text_lengths(chunk).sum()) for chunk in column.chunks)
    if not (pa.types.is_dictionary(column.type) and _is_text(column.type.value_type)):
        return column.nbytes
    lengths = (pc.take(pa.array(_text_lengths(chunk.dictionary)), chunk.indices) for chunk in column.chunks)
    return sum(pc.sum(cells).as_py() or 0 for cells in lengths)


def _text_lengths(cells):
    """Bytes of each text (n,) int64."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string_view(cells.type):
        views = np.frombuffer(cells.buffers()[1], np.int32).reshape(-1, 4)[cells.offset : cells.offset + len(cells)]
        return views[:, 0].astype(np.int64)
    return pc.fill_null(pc.binary_length(cells), 0).to_numpy(zero_copy_only=False).astype(np.int64)


def _unpacked(table, schema):
    """The table with the text columns that were read as dictionaries in the types that `schema` says."""
    for position, name in enumerate(table.column_names):
        wanted = schema.field(name).type
        if table.schema.field(position).type != wanted:
            table = table.set_column(position, name, table[name].cast(wanted))
    return table


def _read_arrow(file, name, check, size):
    import pyarrow as pa

    from statsim.tables.arrow_sizes import unpacked_sizes

    check(1, 1, size)
    try:
        content = pa.py_buffer(file.read()).slice(_ARROW_MAGIC_BYTES)
        reader = pa.ipc.open_stream(content)  # the footer is never read: what is measured is what is unpacked
        rows, nbytes = 0, 0
        for more_rows, more_bytes in unpacked_sizes(content):
            rows, nbytes = rows + more_rows, nbytes + more_bytes
            check(rows, len(reader.schema), nbytes)
        table = reader.read_all()
        table.validate(full=True)  # offsets and codes that point elsewhere
        check(table.num_rows, table.num_columns, sum(map(_unpacked_bytes, table.columns)))
        return table
    except DataError:
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
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


def _refuse_extensions(schema, name):
    import pyarrow as pa

    for field in schema:
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
