"""Logical types of columns as text, so that a schema can be read, edited and stored: `int64`, `timestamp[us, tz=Europe/Berlin]`.

The text is Arrow's own. A dictionary type (pandas and polars categoricals) is written as its value type; that it was a
dictionary, of which index type and whether ordered, is kept beside it.
"""

import re

from statsim.errors import DataError

_WITH_ZONE = re.compile(r"timestamp\[(s|ms|us|ns), tz=([A-Za-z0-9_+\-/:]{1,64})\]")
_DECIMAL = re.compile(r"decimal(128|256)\((\d{1,2}), (\d{1,2})\)")
_ALIASES = {
    *("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float double string large_string null".split()),
    *("date32[day] date64[ms] time32[s] time32[ms] time64[us] time64[ns]".split()),
    *(f"{family}[{unit}]" for family in ("timestamp", "duration") for unit in ("s", "ms", "us", "ns")),
}
_SPELLINGS = {"halffloat": "float", "string_view": "large_string", "float32": "float", "float64": "double"}


def type_text(arrow_type, column):
    """Text of an Arrow type; raises `DataError` for types no column kind covers (lists, structs, binary, extensions)."""
    text = str(arrow_type)
    text = _SPELLINGS.get(text, text)
    if text in _ALIASES or _WITH_ZONE.fullmatch(text) or _DECIMAL.fullmatch(text):
        return text
    raise DataError(
        f"column {column!r} has type {text}, which no column kind covers (numbers, text, booleans, dates and times are); "
        f"convert it first or leave it out with columns="
    )


def type_from_text(text):
    """The Arrow type that `text` names; raises `ValueError` for anything outside the fixed list."""
    import pyarrow as pa

    if text in _ALIASES:
        return {"null": pa.null, "date32[day]": pa.date32, "date64[ms]": pa.date64}.get(text, lambda: pa.type_for_alias(text))()
    if zoned := _WITH_ZONE.fullmatch(text):
        return pa.timestamp(zoned[1], tz=zoned[2])
    if decimal := _DECIMAL.fullmatch(text):
        maker = pa.decimal128 if decimal[1] == "128" else pa.decimal256
        return maker(int(decimal[2]), int(decimal[3]))
    raise ValueError(f"unknown column type {text!r}")
