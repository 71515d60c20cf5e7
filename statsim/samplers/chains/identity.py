"""What a target, a method or data are, in words that another process can compare: code, settings, and hashes of arrays."""

import dataclasses
import functools
import hashlib
import types

import numpy as np


def target_identity(target):
    """Label -> description of a `Target`: its functions by their code, its data item by item."""
    functions = {f"target.{name}": describe(function) for name, function in target._functions.items()}
    data = {f"data[{place}]": describe(value) for place, value in enumerate(target.data)}
    blocks, low, high, size = target._tables
    support = describe([np.asarray(blocks), np.asarray(low), np.asarray(high), size])
    return {"target": type(target).__name__, **functions, **data, "data": str(len(target.data)), "support": support, "names": describe(target.names)}


def method_identity(method):
    """Label -> description of a method: its class and settings."""
    settings = {f"{type(method).__name__}.{field.name}": describe(getattr(method, field.name)) for field in dataclasses.fields(method)}
    return {"method": type(method).__name__, **settings}


def describe(value, depth=0):
    """A short text for a value that changes when the value does; the same in every process."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, np.generic)):
        text = repr(value.item() if isinstance(value, np.generic) else value)
        return text if len(text) <= 60 else _hash(text.encode())
    if isinstance(value, np.ndarray):
        return f"{value.dtype.str}{list(value.shape)} {_hash(np.ascontiguousarray(value).tobytes())}"
    if depth > 8:
        return type(value).__name__
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return _hash_of_parts(type(value).__name__, _parts(value, depth))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = [f"{field.name}={describe(getattr(value, field.name), depth + 1)}" for field in dataclasses.fields(value)]
        return _hash_of_parts(type(value).__name__, parts)
    function = getattr(value, "py_func", None) or getattr(value, "__wrapped__", None) or value
    if isinstance(function, types.MethodType):
        function = function.__func__
    return _of_function(function, depth) if isinstance(function, types.FunctionType) else _of_object(value, depth)


def _of_object(value, depth):
    """An object by its class and what it holds: a fitted model by its document, `partial` by its parts, others by their attributes."""
    kind = f"{type(value).__module__}.{type(value).__qualname__}"
    if isinstance(value, (type, types.ModuleType, types.BuiltinFunctionType, np.ufunc)):
        return f"{kind} {getattr(value, '__module__', '')}.{getattr(value, '__qualname__', getattr(value, '__name__', ''))}"
    if isinstance(value, functools.partial):
        held = {"function": value.func, "arguments": value.args, "keywords": value.keywords}
    elif hasattr(value, "to_document"):
        held = value.to_document()
    else:
        held = {name: item for name, item in getattr(value, "__dict__", {}).items() if not name.startswith("__")}
        called = getattr(type(value), "__call__", None)
        held = {**held, "()": called} if isinstance(called, types.FunctionType) else held
    return _hash_of_parts(kind, _parts(held, depth + 1)) if held else kind


def _parts(value, depth):
    if isinstance(value, dict):
        return sorted(f"{describe(key, depth + 1)}: {describe(item, depth + 1)}" for key, item in value.items())
    parts = [describe(item, depth + 1) for item in value]
    return sorted(parts) if isinstance(value, (set, frozenset)) else parts


def _of_function(function, depth):
    """A function by its bytecode, constants, defaults, closure, and the globals it names."""
    code = function.__code__
    cells = [describe(cell.cell_contents, depth + 1) for cell in function.__closure__ or ()]
    named = [describe(function.__globals__[name], depth + 1) for name in sorted(_names(code)) if name in function.__globals__]
    parts = [*_code_parts(code), describe(function.__defaults__, depth + 1), *cells, *named]
    return _hash_of_parts(function.__name__, parts)


def _names(code):
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return set(code.co_names).union(*map(_names, inner))


def _code_parts(code):
    inner = [part for constant in code.co_consts if isinstance(constant, types.CodeType) for part in _code_parts(constant)]
    constants = [describe(constant) for constant in code.co_consts if not isinstance(constant, types.CodeType)]
    return [code.co_code.hex(), *constants, *code.co_names, *inner]


def _hash_of_parts(name, parts):
    return f"{name} {_hash(chr(0).join(parts).encode())}"


def _hash(raw):
    return hashlib.sha256(raw).hexdigest()[:16]
