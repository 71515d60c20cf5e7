"""How large the pages of a Parquet file unpack, read from their headers before anything is unpacked.

The sums in a file's footer are only claims; the header before each page says how much memory its unpacking takes. Both are
structs of Thrift's compact protocol (Apache Parquet format, parquet.thrift, `FileMetaData` and `PageHeader`).
"""

import os
from dataclasses import dataclass

DELTA_BYTE_ARRAY = 7
"""The encoding in which a text of any length may be stored as "like the one before"."""

_ROW_GROUPS, _COLUMNS, _METADATA = 4, 1, 3  # fields of FileMetaData, RowGroup, ColumnChunk
_PATH, _N_VALUES, _SIZE, _FIRST_DATA_PAGE, _DICTIONARY_PAGE = 3, 5, 7, 9, 11  # of ColumnMetaData
_UNPACKED, _PACKED = 2, 3  # of a PageHeader
_DATA, _DATA_V2 = (5, 2), (8, 4)  # the headers of its kinds, and their field that holds the encoding
_VALUES = 1
_FIRST_READ, _LONGEST_HEADER = 2**10, 2**24  # bytes
_DEEPEST = 16


@dataclass(frozen=True)
class Page:
    """One page of a column: its unpacked bytes, its number of values (0: a dictionary) and their encoding."""

    nbytes: int
    n_values: int
    encoding: int | None


def column_pages(file, names):
    """Yield the name of a column and a page of it, for all pages of the columns `names`.

    Parameters
    ----------
    file : binary file
    names : container of str
        Columns that are no lists or structs.

    Raises
    ------
    ValueError
        When something else stands where the file should say what it holds.
    """
    for group in _list(_footer(file), _ROW_GROUPS):
        for chunk in _list(group, _COLUMNS):
            metadata = chunk.get(_METADATA) if isinstance(chunk, dict) else None
            path = [str(part, "utf-8") if isinstance(part, bytes) else "" for part in _list(metadata, _PATH)]
            if len(path) == 1 and path[0] in names:
                for page in _chunk_pages(file, metadata):
                    yield path[0], page


def _footer(file):
    """Fields of the file's metadata, which stand before its last eight bytes: their length, and PAR1."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(size - 8, 0))
    length = int.from_bytes(file.read(4), "little")
    if length + 8 > size:
        raise ValueError("its metadata would begin before the file")
    file.seek(size - 8 - length)
    try:
        return _struct(file.read(length), 0, 0)[0]
    except IndexError:
        raise ValueError("its metadata have no end") from None


def _list(fields, number):
    items = fields.get(number) if isinstance(fields, dict) else None
    if not isinstance(items, list):
        raise ValueError("its metadata lack a list")
    return items


def _chunk_pages(file, metadata):
    places = [metadata.get(field, 0) for field in (_N_VALUES, _SIZE, _FIRST_DATA_PAGE, _DICTIONARY_PAGE)]
    if not all(isinstance(place, int) and place >= 0 for place in places):
        raise ValueError("its metadata lack where a column is")
    n_values, size, start, dictionary = places
    if 0 < dictionary < start:
        start = dictionary
    end, seen = start + size, 0
    while start < end and seen < n_values:
        fields, length = _header(file, start)
        page = _page(fields)
        yield page
        seen += page.n_values
        start += length + fields[_PACKED]


def _page(fields):
    n_values, encoding = 0, None
    for kind, encoding_field in (_DATA, _DATA_V2):
        if isinstance(fields.get(kind), dict):
            n_values, encoding = fields[kind].get(_VALUES), fields[kind].get(encoding_field)
    sizes = fields.get(_UNPACKED), fields.get(_PACKED), n_values
    if not all(isinstance(size, int) and size >= 0 for size in sizes):
        raise ValueError("a page header lacks its sizes")
    return Page(fields[_UNPACKED], n_values, encoding)


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
        return raw[at : at + length], at + length
    if kind in (9, 10) and depth < _DEEPEST:
        return _items(raw, at, depth + 1)
    if kind == 12 and depth < _DEEPEST:
        return _struct(raw, at, depth + 1)
    raise ValueError(f"a header holds a field of the unknown type {kind}")


def _items(raw, at, depth):
    size, kind = divmod(raw[at], 16)
    at += 1
    if size == 15:
        size, at = _varint(raw, at)
    if size > len(raw):
        raise ValueError("a list is longer than what holds it")
    items = []
    for _ in range(size):
        item, at = (raw[at] == 1, at + 1) if kind in (1, 2) else _value(raw, at, kind, depth)
        items.append(item)
    return items, at


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
    raise ValueError("a header holds a number of more than 64 bits")
