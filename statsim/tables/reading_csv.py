"""Reading CSV: types inferred from all rows, every failure located, numbers with leading zeros left as text."""

import re

from statsim.errors import DataError
from statsim.tables.frames import check_names, place_of

_LEADING_ZERO = re.compile(rb'(?:^|[,;\t\n"])0[0-9]')


def read_csv(file, name, delimiter):
    """Arrow table of an open CSV file.

    Parameters
    ----------
    file : binary file
    name : str
        For messages.
    delimiter : str
    """
    content = file.read()
    _check_header(content, name, delimiter)
    table = _parsed(content, name, delimiter, {})
    _refuse_bytes(table, name)
    if _LEADING_ZERO.search(content):
        table = _keep_leading_zeros(table, content, name, delimiter)
    return table


def _check_header(content, name, delimiter):
    """Names that are text, different, and split by the delimiter."""
    import csv
    import io

    if not content.strip():
        raise DataError(f"{name} holds nothing but blanks; a table needs a header line and rows")
    end = content.find(b"\n", len(content) - len(content.lstrip()))
    try:
        header = content[: end if end >= 0 else len(content)].decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError as error:
        raise DataError(f"{name} is not UTF-8 text: byte {error.object[error.start]:#x} at position {error.start} of the header; save it as UTF-8") from None
    names = next(csv.reader(io.StringIO(header), delimiter=delimiter), [])
    for other in (";", "\t", "|"):
        if len(names) == 1 and other != delimiter and other in header:
            raise DataError(f"{name} seems to be delimited by {other!r}: its header is {header[:80]!r}; pass delimiter={other!r}")
    check_names(names)


def _parsed(content, name, delimiter, column_types):
    import pyarrow as pa
    from pyarrow import csv

    convert = csv.ConvertOptions(strings_can_be_null=True, column_types=column_types)
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True)
    try:
        return csv.read_csv(pa.BufferReader(content), parse_options=parse, convert_options=convert)
    except pa.ArrowInvalid as error:
        raise DataError(_located(content, name, delimiter, error)) from None


def _located(content, name, delimiter, error):
    """What is wrong with a CSV file, and in which row."""
    import pyarrow as pa
    from pyarrow import csv

    first = []

    def note(row):
        first.append(row)
        return "error"

    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note)
    try:
        csv.read_csv(pa.BufferReader(content), read_options=csv.ReadOptions(use_threads=False), parse_options=parse)
    except pa.ArrowInvalid:
        if first:
            row = first[0]
            return (
                f"{name}, line {row.number}: expected {row.expected_columns} cells, got {row.actual_columns}: {row.text[:80]!r}; "
                f"every row needs as many cells as the header"
            )
    return f"{name} is no readable CSV file: {error}"


def _refuse_bytes(table, name):
    """A column that is no valid UTF-8 comes back as bytes: refuse it by its first such cell."""
    import pyarrow as pa

    for field in table.schema:
        if not pa.types.is_binary(field.type):
            continue
        for row, cell in enumerate(table[field.name]):
            try:
                (cell.as_py() or b"").decode()
            except UnicodeDecodeError:
                raise DataError(f"{name}, column {field.name!r}, {place_of(row)}: {cell.as_py()[:40]!r} is not UTF-8 text; save the file as UTF-8") from None


def _keep_leading_zeros(table, content, name, delimiter):
    """Integer columns with a cell such as 00123 are codes: read them as text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = {field.name: pa.string() for field in table.schema if pa.types.is_integer(field.type)}
    if not whole:
        return table
    texts = _parsed(content, name, delimiter, whole)
    for column in whole:
        if pc.any(pc.match_substring_regex(texts[column], r"^0\d")).as_py():
            table = table.set_column(table.column_names.index(column), column, texts[column])
    return table
