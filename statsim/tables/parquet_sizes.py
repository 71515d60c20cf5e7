"""How large the pages of a Parquet file unpack, read from their headers before anything is unpacked.

The sums in a file's footer are only claims; the header before each page says how much memory its unpacking takes. It is a
struct of Thrift's compact protocol (Apache Parquet format, parquet.thrift, `PageHeader`).
"""

from dataclasses import dataclass

DELTA_BYTE_ARRAY = 7
"""The encoding in which a text of any length may be stored as "like the one before"."""

_UNPACKED, _PACKED = 2, 3  # fields of a PageHeader
_DATA, _DATA_V2 = (5, 2), (8, 4)  # the headers of its kinds, and their field that holds the encoding
_VALUES = 1
_FIRST_READ, _LONGEST_HEADER = 2**10, 2**24  # bytes
_DEEPEST = 8


@dataclass(frozen=True)
class Page:
    """One page of a column: its unpacked bytes, its number of values (0: a dictionary) and their encoding."""

    nbytes: int
    n_values: int
    encoding: int | None


def pages(file, chunk):
    """Yield the pages of a column chunk.

    Parameters
    ----------
    file : binary file
    chunk : pyarrow.parquet.ColumnChunkMetaData

    Raises
    ------
    ValueError
        When something else stands there.
    """
    start = chunk.data_page_offset
    if chunk.has_dictionary_page and 0 < chunk.dictionary_page_offset < start:
        start = chunk.dictionary_page_offset
    end, seen = start + chunk.total_compressed_size, 0
    while start < end and seen < chunk.num_values:
        fields, length = _header(file, start)
        page = _page(fields)
        yield page
        seen += page.n_values
        start += length + fields[_PACKED]


def _page(fields):
    sizes = fields.get(_UNPACKED), fields.get(_PACKED)
    n_values, encoding = 0, None
    for kind, encoding_field in (_DATA, _DATA_V2):
        if kind in fields:
            n_values, encoding = fields[kind].get(_VALUES, -1), fields[kind].get(encoding_field)
    if None in sizes or min(*sizes, n_values) < 0:
        raise ValueError("a page header lacks its sizes")
    return Page(sizes[0], n_values, encoding)


def _header(file, start):
    """Fields of the page header at `start`, and its length."""
    size = _FIRST_READ
    while True:
        file.seek(start)
        raw = file.read(size)
        try:
            return _struct(raw, 0, 0)
        except IndexError:
            if len(raw) < size or size >= _LONGEST_HEADER:
                raise ValueError("a page header has no end") from None
        size *= 16


def _struct(raw, at, depth):
    fields, number = {}, 0
    while head := raw[at]:
        at += 1
        step, kind = divmod(head, 16)
        if step:
            number += step
        else:
            number, at = _integer(raw, at)
        fields[number], at = _value(raw, at, kind, depth)
    return fields, at + 1


def _value(raw, at, kind, depth):
    if kind in (1, 2):
        return kind == 1, at
    if kind in (3, 7):  # a byte, a double
        return None, at + (1 if kind == 3 else 8)
    if kind in (4, 5, 6):
        return _integer(raw, at)
    if kind == 8:
        length, at = _varint(raw, at)
        return None, at + length
    if kind == 12 and depth < _DEEPEST:
        return _struct(raw, at, depth + 1)
    raise ValueError(f"a page header holds a field of the unknown type {kind}")


def _integer(raw, at):
    number, at = _varint(raw, at)
    return (number >> 1) ^ -(number & 1), at


def _varint(raw, at):
    number = 0
    for shift in range(0, 70, 7):
        byte = raw[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            return number, at
    raise ValueError("a page header holds a number of more than 64 bits")
