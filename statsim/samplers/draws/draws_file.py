"""Draws in a file: see `statsim.samplers.draws.array_file` for its form. The method is kept as its class name and settings."""

import dataclasses

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError
from statsim.samplers.draws.array_file import read_arrays, write_arrays
from statsim.samplers.draws.statistics import Statistics
from statsim.version import __version__

KIND = "statsim draws"
_PLAIN = (bool, int, float, str, type(None))


@dataclasses.dataclass(frozen=True)
class SavedMethod:
    """The name and text of a method that cannot be made again from a file (it holds functions or arrays).

    Parameters
    ----------
    name : str
    text : str
    """

    name: str
    text: str


def save_draws(draws, path, *, force):
    """Write `draws` to `path`; see `Draws.save`."""
    arrays = _arrays(draws, "")
    if draws.warmup is not None:
        arrays |= _arrays(draws.warmup, "warmup.")
    document = {"kind": KIND, "statsim": __version__, "names": list(draws.names), "notes": list(draws.notes), "method": _method_document(draws.method)}
    write_arrays(path, document, arrays, force=force)


def _arrays(draws, prefix):
    return {f"{prefix}values": draws.values, **{f"{prefix}stats.{name}": array for name, array in draws.stats.stored().items()}}


def _method_document(method):
    if method is None:
        return None
    if isinstance(method, SavedMethod):
        return {"name": method.name, "text": method.text}
    name, text = type(method).__name__, repr(method)[:4000]
    settings = {field.name: getattr(method, field.name) for field in dataclasses.fields(method)} if dataclasses.is_dataclass(method) else None
    if settings is None or not all(isinstance(value, _PLAIN) for value in settings.values()):
        return {"name": name, "text": text}
    return {"name": name, "text": text, "settings": settings}


def load_draws(path, make, *, max_bytes=None):
    """Read the draws at `path` into objects made by the class `make`; see `Draws.load`."""
    document, arrays = read_arrays(path, kind=KIND, max_bytes=max_bytes)
    if set(document) != {"kind", "statsim", "names", "notes", "method"}:
        raise FileRefusedError(f"{path} has the keys {sorted(document)}, expected kind, method, names, notes and statsim")
    names, notes = _texts(document["names"], f"the names in {path}"), _texts(document["notes"], f"the notes in {path}")
    method = _method(document["method"], path)
    warmup = _draws({name: array for name, array in arrays.items() if name.startswith("warmup.")}, "warmup.", names, method, path, make)
    draws = _draws({name: array for name, array in arrays.items() if not name.startswith("warmup.")}, "", names, method, path, make)
    if draws is None:
        raise FileRefusedError(f"{path} holds no values")
    return dataclasses.replace(draws, warmup=warmup, notes=notes)


def _texts(value, where):
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise FileRefusedError(f"{where} must be a list of texts, got {str(value)[:80]}")
    return tuple(value)


def _draws(arrays, prefix, names, method, path, make):
    """Draws from the arrays whose names begin with `prefix`; None where there are none."""
    if not arrays:
        return None
    values = arrays.pop(f"{prefix}values", None)
    if values is None or values.ndim != 3 or values.dtype != np.float64 or values.shape[2] != len(names):
        raise FileRefusedError(f"{path} must hold {prefix}values of shape (chain, draw, {len(names)}), got {getattr(values, 'shape', None)}")
    for name, array in arrays.items():
        if not name.startswith(f"{prefix}stats.") or array.shape != values.shape[:2]:
            raise FileRefusedError(f"{path} holds {name[:60]!r} of shape {array.shape}, expected statistics of shape {values.shape[:2]}")
    return make(values, Statistics({name.removeprefix(f"{prefix}stats."): array for name, array in arrays.items()}), names, method)


def _method(document, path):
    """The method made again from its settings, by a fixed table of class names; else its name and text."""
    if document is None:
        return None
    if not isinstance(document, dict) or not {"name", "text"} <= set(document) <= {"name", "text", "settings"}:
        raise FileRefusedError(f"{path} describes its method by {str(document)[:80]}")
    name, text, settings = document["name"], document["text"], document.get("settings")
    if not isinstance(name, str) or not isinstance(text, str):
        raise FileRefusedError(f"{path} names its method {str(name)[:80]}")
    if settings is None:
        return SavedMethod(name, text)
    import statsim.samplers as samplers

    if name not in samplers.METHODS:
        return SavedMethod(name, text)
    if not isinstance(settings, dict) or not all(isinstance(value, _PLAIN) for value in settings.values()):
        raise FileRefusedError(f"{path} gives {name} the settings {str(settings)[:80]}")
    try:
        return getattr(samplers, name)(**settings)
    except (ArgumentError, ArgumentTypeError, TypeError) as error:
        raise FileRefusedError(f"{path} gives {name} settings it does not take: {error}") from error
