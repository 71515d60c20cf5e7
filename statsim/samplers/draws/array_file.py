"""Files of arrays: a JSON header, then raw little-endian numbers, each array followed by its SHA-256. Nothing in them is executed.

    statsim arrays 1\\n | length of the header (8 bytes) | its SHA-256 | header | array | SHA-256 | array | SHA-256 | ...
"""

import hashlib
import math
import os
import stat

import numpy as np

from statsim import checks
from statsim.errors import FileRefusedError
from statsim.files import format_document, parse_document
from statsim.outputs import atomic_output

MAGIC = b"statsim arrays 1\n"
MAX_HEADER = 32 * 2**20
_DIGEST = 32
_PIECE = 1 << 20
_DTYPES = {"<f8", "<f4", "<i8", "<i4", "<i2", "|i1", "<u8", "<u4", "<u2", "|u1", "|b1"}


def write_arrays(path, document, arrays, *, force=False):
    """Write a document and named arrays so that a reader sees all of it or nothing.

    Parameters
    ----------
    path : str or path-like
    document : dict
        Plain JSON values.
    arrays : dict of str to ndarray
        Of numbers or booleans; views that are not contiguous are written without a copy of the whole.
    force : bool
        Replace an existing file.

    Raises
    ------
    OutputError
        With the path: it exists, the disk is full, ...
    """
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    listed = [{"name": name, "dtype": _little(array.dtype).str, "shape": list(array.shape)} for name, array in arrays.items()]
    header = format_document({**document, "arrays": listed}).encode()
    with atomic_output(path, force=force) as file:
        file.write(MAGIC + len(header).to_bytes(8, "little") + hashlib.sha256(header).digest() + header)
        for array in arrays.values():
            digest = hashlib.sha256()
            for piece in _pieces(array):
                digest.update(piece)
                file.write(piece)
            file.write(digest.digest())


def _little(dtype):
    return dtype.newbyteorder("<")


def _pieces(array):
    """The bytes of an array in C order, little-endian, in pieces that are views where possible."""
    if array.size == 0:
        return
    if array.ndim > 1 and not array.flags.c_contiguous:
        for part in array:
            yield from _pieces(part)
        return
    flat = array.reshape(-1)
    for start in range(0, flat.size, _PIECE):
        yield np.ascontiguousarray(flat[start : start + _PIECE], _little(array.dtype)).view(np.uint8).data


def read_arrays(path, *, kind, max_bytes=None):
    """The document and the arrays of a file, checked to the last bit.

    Parameters
    ----------
    path : str or path-like
    kind : str
        What `document["kind"]` must be.
    max_bytes : int, optional
        Largest file taken; default half of this machine's memory.

    Raises
    ------
    FileRefusedError
        Another kind of file, truncated, damaged, or beyond a limit.
    """
    path = os.fspath(path)
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        info = os.fstat(file.fileno())
        if not stat.S_ISREG(info.st_mode):
            raise FileRefusedError(f"{path} is not a regular file")
        checks.memory(info.st_size, max_bytes, what=path, remedy="give max_bytes")
        document = _read_header(file, path)
        if document.get("kind") != kind:
            raise FileRefusedError(f"{path} holds {str(document.get('kind'))[:40]!r}, expected {kind!r}")
        entries = [_checked_entry(entry, path) for entry in _list(document.pop("arrays", None), path)]
        expected = file.tell() + sum(_size(dtype, shape) + _DIGEST for _, dtype, shape in entries)
        if expected != info.st_size:
            raise FileRefusedError(f"{path} has {info.st_size} bytes, its header promises {expected}: it is truncated or damaged")
        if len({name for name, _, _ in entries}) < len(entries):
            raise FileRefusedError(f"{path} holds two arrays of one name")
        return document, {name: _read_array(file, path, name, dtype, shape) for name, dtype, shape in entries}


def _read_header(file, path):
    start = file.read(len(MAGIC) + 8 + _DIGEST)
    if not start.startswith(MAGIC) or len(start) < len(MAGIC) + 8 + _DIGEST:
        raise FileRefusedError(f"{path} is no file of draws (it does not begin with {MAGIC.decode().strip()!r}), or it is truncated")
    length = int.from_bytes(start[len(MAGIC) : len(MAGIC) + 8], "little")
    if length > MAX_HEADER:
        raise FileRefusedError(f"{path} declares a header of {length} bytes, above the limit of {MAX_HEADER}")
    header = file.read(length)
    if hashlib.sha256(header).digest() != start[-_DIGEST:]:
        raise FileRefusedError(f"{path} has a damaged header: its SHA-256 differs")
    return parse_document(header, name=path, max_bytes=MAX_HEADER)


def _list(value, path):
    if not isinstance(value, list) or len(value) > 1000:
        raise FileRefusedError(f"{path} does not list its arrays")
    return value


def _checked_entry(entry, path):
    """(name, dtype, shape) of one array, as the header declares it."""
    if not isinstance(entry, dict) or set(entry) != {"name", "dtype", "shape"} or not isinstance(entry["name"], str):
        raise FileRefusedError(f"{path} describes an array by {str(entry)[:80]}; expected name, dtype and shape")
    name, dtype, shape = entry["name"], entry["dtype"], entry["shape"]
    if dtype not in _DTYPES:
        raise FileRefusedError(f"{path} holds {name[:40]!r} of dtype {str(dtype)[:20]!r}; known are {sorted(_DTYPES)}")
    if not isinstance(shape, list) or len(shape) > 8 or not all(type(axis) is int and 0 <= axis < 2**40 for axis in shape):
        raise FileRefusedError(f"{path} holds {name[:40]!r} of shape {str(shape)[:80]}")
    return name, dtype, tuple(shape)


def _size(dtype, shape):
    return math.prod(shape) * np.dtype(dtype).itemsize


def _read_array(file, path, name, dtype, shape):
    array = np.empty(shape, np.dtype(dtype).newbyteorder("="))
    digest = hashlib.sha256()
    if array.size:
        raw = memoryview(array.reshape(-1).view(np.uint8))
        if file.readinto(raw) != len(raw):
            raise FileRefusedError(f"{path} ends within {name!r}")
        digest.update(raw)
    if file.read(_DIGEST) != digest.digest():
        raise FileRefusedError(f"{path} is damaged: the SHA-256 of {name!r} differs")
    if dtype == "|b1" and array.size and array.view(np.uint8).max() > 1:
        raise FileRefusedError(f"{path} is damaged: {name!r} holds a value that is neither true nor false")
    return array if np.dtype(dtype).isnative else array.byteswap()
