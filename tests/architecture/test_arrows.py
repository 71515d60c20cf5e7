"""Who may import whom: the contracts in pyproject.toml, and what import-linter cannot say."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "statsim"
KERNELS_MAY_IMPORT = {"numba", "llvmlite", "numpy", "math", "decimal", "statsim.kernels"}  # decimal: exact tables at import
JIT_MAY_IMPORT = KERNELS_MAY_IMPORT | {"hashlib", "os", "stat", "sys", "functools", "pathlib"}  # it names the cache folder
CALL_MAY_IMPORT = KERNELS_MAY_IMPORT | {"ctypes", "threading"}  # kernels/targets/: the C form of targets and transforms
MAY_NAME_MODULES_BY_STRING = {"__init__.py", "catalog.py", "samplers/__init__.py"}  # each holds a fixed table of names


def imports(path, *, nested=True):
    """Names of the modules that a file imports (with those inside functions, unless `nested` is False)."""
    tree = ast.parse(path.read_text())
    names = set()
    for node in ast.walk(tree) if nested else tree.body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return names


def belongs(name, allowed):
    return any(name == prefix or name.startswith(prefix + ".") for prefix in allowed)


def lint(folder):
    """import-linter's exit status and output for the checkout in `folder`."""
    command = [sys.executable, "-c", "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def copy_of_the_package(folder):
    shutil.copytree(PACKAGE, folder / "statsim", ignore=shutil.ignore_patterns("__pycache__", "*.csv"))
    shutil.copy(ROOT / "pyproject.toml", folder)


def test_contracts_hold():
    status, output = lint(ROOT)
    assert status == 0, output


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("kernels/philox.py", "from statsim import errors"),
        ("estimators/climb.py", "from statsim.models.mixture import gaussian_mixture"),
        ("metrics/energy.py", "from statsim import tables"),
        ("rng.py", "from statsim.kernels import streams"),
        ("newcomer.py", "import numpy"),
    ],
)
def test_an_arrow_upward_is_found_even_inside_a_function(tmp_path, place, line):
    copy_of_the_package(tmp_path)
    with (tmp_path / "statsim" / place).open("a") as file:
        file.write(f"\n\ndef _broken():\n    {line}\n")
    status, output = lint(tmp_path)
    assert status != 0 and "BROKEN" in output, output


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("kernels/**/*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_kernels_import_nothing_else(path):
    allowed = {"jit.py": JIT_MAY_IMPORT, "call.py": CALL_MAY_IMPORT, "transform_calls.py": CALL_MAY_IMPORT}.get(path.name, KERNELS_MAY_IMPORT)
    assert {name for name in imports(path) if not belongs(name, allowed)} == set()


@pytest.mark.parametrize("path", sorted(PACKAGE.glob("*.py")), ids=lambda path: path.name)
def test_base_modules_import_only_numpy_at_their_top(path):
    if path.name in {"catalog.py", "pytest_plugin.py"}:
        return
    names = imports(path, nested=False)
    assert {name for name in names if not belongs(name, set(sys.stdlib_module_names) | {"numpy", "statsim"})} == set()


def test_modules_are_named_by_string_in_three_places_only():
    naming = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py") if "importlib" in imports(path)}
    assert naming <= MAY_NAME_MODULES_BY_STRING
