"""Small files, short functions, plain names, and calls that must not occur in the package."""

import ast
import statistics
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "statsim"
SOURCES = sorted(PACKAGE.rglob("*.py"))
BANNED_FILES = {"utils.py", "helpers.py", "common.py", "misc.py"}
BANNED_IMPORTS = {"pickle", "dill", "marshal", "shelve", "random", "urllib.request", "http.client", "socket"}
BANNED_CALLS = {"eval", "exec", "compile", "__import__"}
NUMPY_RANDOM_ALLOWED = {"SeedSequence", "Generator", "Philox", "default_rng"}  # the rest there is the global state


def body_lines(function):
    """Lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) and len(function.body) > 1 else function.body
    return body[-1].end_lineno - body[0].lineno + 1


def functions():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}", body_lines(node)


def test_no_file_without_a_concept():
    assert [path.name for path in SOURCES if path.name in BANNED_FILES] == []


def test_files_are_small():
    lengths = {str(path.relative_to(PACKAGE)): len(path.read_text().splitlines()) for path in SOURCES}
    assert {name: lines for name, lines in lengths.items() if lines > 400} == {}
    assert statistics.median(lengths.values()) <= 150


def test_functions_are_short():
    sizes = dict(functions())
    assert {name: lines for name, lines in sizes.items() if lines > 90} == {}
    over = {name: lines for name, lines in sizes.items() if lines > 50}
    assert len(over) <= 0.03 * len(sizes), over
    assert statistics.median(sizes.values()) <= 10


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_nothing_that_runs_data_or_draws_from_a_hidden_stream(path):
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name in BANNED_IMPORTS]
        elif isinstance(node, ast.ImportFrom) and node.module in BANNED_IMPORTS:
            found.append(node.module)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in BANNED_CALLS:
            found.append(node.func.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "random":
            found += [node.attr] if node.attr not in NUMPY_RANDOM_ALLOWED else []
    assert found == []
