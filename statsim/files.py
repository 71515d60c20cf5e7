"""Documents <-> JSON.

A model file is one JSON document: keys sorted, shortest-repr floats (the same double comes back), arrays as nested lists
or, above 64 kB, base64 of their little-endian bytes. Reading trusts nothing: size, depth, numbers, strings, keys and
array sizes are limited, names are looked up in a fixed table, and nothing is ever executed.
"""

import base64
import binascii
import json
import math
import os
import re
import stat

import numpy as np

from statsim.errors import FileRefusedError, TooLargeError
from statsim.outputs import atomic_output

FORMAT_VERSION = 1
MAX_BYTES = 32 * 2**20
MAX_DEPTH = 64
MAX_NUMBER = 64
MAX_STRING = 4096
MAX_ITEMS = 1_000_000
_INLINE_BYTES = 64 * 1024
_DTYPES = {"<f8": np.float64, "<i8": np.int64, "<i4": np.int32, "<u8": np.uint64, "|b1": np.bool_}
_STRING = re.compile(rb'(?s)"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)')  # never backtracks: one pass, whatever the bytes


# ---------------------------------------------------------------- arrays


def array_to_document(array):
    """A JSON value for a numeric array: nested lists, or base64 above 64 kB."""
    array = np.asarray(array)
    if array.nbytes <= _INLINE_BYTES:
        return array.tolist()
    little = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    text = base64.b64encode(little.tobytes()).decode("ascii")
    return {"base64": text, "dtype": little.dtype.str, "shape": list(array.shape)}


def array_from_document(value, name, *, shape, dtype=np.float64):
    """The array that `value` holds, or `FileRefusedError`.

    Parameters
    ----------
    value : list or dict
        As written by `array_to_document`.
    name : str
        Where it stands in the document, for messages.
    shape : tuple of int or None
        The shape it must have; None leaves an axis free.
    dtype : type
    """
    array = _from_base64(value, name) if isinstance(value, dict) else _from_lists(value, name, dtype)
    if array.ndim != len(shape) or any(want is not None and want != have for want, have in zip(shape, array.shape, strict=True)):
        expected = tuple("any" if axis is None else axis for axis in shape)
        raise FileRefusedError(f"{name} must have shape {expected}, the file has {array.shape}")
    array = array.astype(dtype, copy=False)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise FileRefusedError(f"{name} holds a value that is not finite")
    return array


def _from_lists(value, name, dtype):
    try:
        array = np.array(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise FileRefusedError(f"{name} must be a regular array of numbers: {error}") from error
    if array.size == 0:
        return array.astype(dtype)
    allowed = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}[np.dtype(dtype).kind]
    if array.dtype.kind not in allowed:
        raise FileRefusedError(f"{name} must be a regular array of {np.dtype(dtype).name} values, got {array.dtype}")
    return array


def _from_base64(value, name):
    if set(value) != {"base64", "dtype", "shape"}:
        raise FileRefusedError(f"{name} must have the keys base64, dtype and shape, got {sorted(value)}")
    dtype, shape, text = _DTYPES.get(str(value["dtype"])), value["shape"], value["base64"]
    if dtype is None or not isinstance(text, str):
        raise FileRefusedError(f"{name} has the dtype {value['dtype']!r}; known are {sorted(_DTYPES)}")
    if not isinstance(shape, list) or not all(type(axis) is int and 0 <= axis < 2**40 for axis in shape):
        raise FileRefusedError(f"{name} has the shape {shape!r}; expected a list of non-negative integers")
    if math.prod(shape) * np.dtype(dtype).itemsize != len(text) // 4 * 3 - text[-2:].count("="):
        raise FileRefusedError(f"{name} declares the shape {shape}, but holds {len(text)} base64 characters")
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise FileRefusedError(f"{name} is not base64: {error}") from error
    try:
        return np.frombuffer(raw, dtype=np.dtype(dtype).newbyteorder("<")).reshape(shape).astype(dtype)
    except ValueError as error:
        raise FileRefusedError(f"{name} cannot have the shape {str(shape)[:80]}: {error}") from error


# ---------------------------------------------------------------- documents


def format_document(document):
    """The text of a document: sorted keys, two-space indent, a list of plain values on one line."""
    return _format(document, "") + "\n"


def _format(value, indent):
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        items = (f"{deeper}{json.dumps(key)}: {_format(value[key], deeper)}" for key in sorted(value))
        return "{\n" + ",\n".join(items) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, (list, dict)) for item in value):
        return "[\n" + ",\n".join(deeper + _format(item, deeper) for item in value) + f"\n{indent}]"
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


def parse_document(raw, *, name="the file", max_bytes=MAX_BYTES):
    """The dict in the JSON bytes `raw`, or `FileRefusedError`.

    Refused before parsing: more than `max_bytes`, nesting deeper than 64, more than a million items. Refused while parsing:
    repeated keys, long numbers and strings (but for base64 arrays), NaN, Infinity and numbers that overflow a double.
    """
    if len(raw) > max_bytes:
        raise FileRefusedError(f"{name} has {len(raw)} bytes, above the limit of {max_bytes}")
    _check_structure(raw, name)
    try:
        document = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_float=_float, parse_int=_int, parse_constant=_constant
        )
    except UnicodeDecodeError as error:
        raise FileRefusedError(f"{name} is not UTF-8 text: {error}") from error
    except json.JSONDecodeError as error:
        raise FileRefusedError(f"{name} is not a complete JSON document: {error}") from error
    except FileRefusedError as error:
        raise FileRefusedError(f"{name}: {error}") from error
    if not isinstance(document, dict):
        raise FileRefusedError(f"{name} must hold one JSON object, got {type(document).__name__}")
    return document


def _check_structure(raw, name):
    bare = _STRING.sub(b'""', raw)
    if bare.count(b",") + bare.count(b"[") + bare.count(b"{") > MAX_ITEMS:
        raise FileRefusedError(f"{name} holds more than {MAX_ITEMS} items")
    marks = np.frombuffer(bare, np.uint8)
    opening = (marks == ord("[")) | (marks == ord("{"))
    closing = (marks == ord("]")) | (marks == ord("}"))
    steps = opening[opening | closing].astype(np.int32) * 2 - 1
    if steps.size and int(np.cumsum(steps).max()) > MAX_DEPTH:
        raise FileRefusedError(f"{name} is nested deeper than {MAX_DEPTH} levels")


def _unique(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        seen = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))
        raise FileRefusedError(f"the key {twice[:40]!r} stands twice in one object")
    for key, value in pairs:
        if len(key) > MAX_STRING or (isinstance(value, str) and len(value) > MAX_STRING and key != "base64"):
            raise FileRefusedError(f"a string under {key[:40]!r} is longer than {MAX_STRING} characters")
    return result


def _int(text):
    if len(text) > MAX_NUMBER:
        raise FileRefusedError(f"a number has {len(text)} digits, at most {MAX_NUMBER} are taken")
    return int(text)


def _float(text):
    number = float(text) if len(text) <= MAX_NUMBER else math.inf
    if not math.isfinite(number):
        raise FileRefusedError(f"the number {text[:MAX_NUMBER]} does not fit a double")
    return number


def _constant(text):
    raise FileRefusedError(f"{text} is not a JSON number")


def read_document(path, *, max_bytes=MAX_BYTES):
    """Read and check the JSON document at `path` (a regular file; see `parse_document`)."""
    return parse_document(read_bytes(path, max_bytes=max_bytes), name=os.fspath(path), max_bytes=max_bytes)


def read_bytes(path, *, max_bytes):
    """The bytes of the regular file `path`, refused above `max_bytes` before any is read."""
    path = os.fspath(path)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        info = os.fstat(file.fileno())
        if not stat.S_ISREG(info.st_mode):
            raise FileRefusedError(f"{path} is not a regular file")
        if info.st_size > max_bytes:
            raise FileRefusedError(f"{path} has {info.st_size} bytes, above the limit of {max_bytes}")
        return file.read(max_bytes + 1)


def write_document(path, document, *, force=False):
    """Write a document so that a reader sees the old file or the new one, never a part.

    Raises
    ------
    TooLargeError
        When `read_document` would refuse the document: it is too large or deep, or holds too long a text.
    """
    text = format_document(document).encode("utf-8")
    if len(text) > MAX_BYTES:
        raise TooLargeError(
            f"{os.fspath(path)} would have {len(text)} bytes, above the {MAX_BYTES} that a model file may have, and could not be "
            f"loaded again; use fewer components or columns, or a simpler covariance"
        )
    try:
        parse_document(text)
    except FileRefusedError as error:
        raise TooLargeError(f"{os.fspath(path)} could not be loaded again, and is not written: {error}") from error
    with atomic_output(path, force=force) as file:
        file.write(text)
