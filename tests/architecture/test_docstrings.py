"""Public docstrings agree with the signatures they describe, and their examples run."""

import doctest
import importlib
import inspect
import pkgutil

import pytest
from numpydoc.validate import validate

import statsim

# sections unknown or out of order, no docstring, no summary, a summary not at the top, parameters missing, unknown or out of order
CHECKS = {"GL06", "GL07", "GL08", "SS01", "SS04", "PR01", "PR02", "PR03"}
MODULES = sorted(module.name for module in pkgutil.walk_packages(statsim.__path__, "statsim.") if "__main__" not in module.name)


def public_objects():
    """Dotted names of the public classes and functions, and of the public methods of the classes."""
    for name in statsim.__all__:
        value = getattr(statsim, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            yield from with_methods(value)
        elif inspect.ismodule(value):
            for member in value.__all__:
                yield from with_methods(getattr(value, member))


def with_methods(value):
    if not callable(value):
        return
    dotted = f"{value.__module__}.{value.__qualname__}"
    yield dotted
    if inspect.isclass(value):
        for name, member in inspect.getmembers(value, callable):
            inherited = (getattr(member, "__module__", None) or "").startswith("statsim")
            if not name.startswith("_") and inherited:
                yield f"{dotted}.{name}"


@pytest.mark.parametrize("name", sorted(set(public_objects())))
def test_docstring_agrees_with_the_signature(name):
    report = validate(name)
    one_liner = "Parameters" not in (report["docstring"] or "")  # says what its argument is in the sentence itself
    checks = CHECKS - {"PR01"} if one_liner else CHECKS
    assert [f"{code}: {text}" for code, text in report["errors"] if code in checks] == [], name


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # an example may write a file
    outcome = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.failed == 0
