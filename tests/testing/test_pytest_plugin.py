"""The plugin in a session of its own: what it prints, when it fails the run, and that it imports nothing heavy."""

import subprocess
import sys
from pathlib import Path

import pytest

SUITE = """
from statsim import testing

def test_some():
    for _ in range({count}):
        testing.assert_probability(50, 100, 0.5)
"""
CONFTEST = """
from statsim import pytest_plugin

def pytest_addoption(pluginmanager):
    if not pluginmanager.is_registered(pytest_plugin):
        pluginmanager.register(pytest_plugin, "statsim")
"""


def run_suite(folder, suite, ini=""):
    Path(folder, "conftest.py").write_text(CONFTEST)
    Path(folder, "test_it.py").write_text(suite)
    Path(folder, "pytest.ini").write_text(f"[pytest]\n{ini}\n")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.parametrize(
    ("count", "ini", "code", "line"),
    [
        (3, "", 0, "statsim: 3 random assertions, false-alarm bound 1.2e-07 (limits: 2500 assertions, 0.0001)"),
        (3, "statsim_max_assertions = 2", 1, "statsim: the session fails"),
        (3, "statsim_eps = 1e-7", 1, "statsim: the session fails"),
    ],
)
def test_the_session_is_held_to_its_budget(tmp_path, count, ini, code, line):
    done = run_suite(tmp_path, SUITE.format(count=count), ini)
    assert done.returncode == code, done.stdout + done.stderr
    assert line in done.stdout
    assert "1 passed" in done.stdout


def test_a_suite_without_random_assertions_sees_nothing(tmp_path):
    done = run_suite(tmp_path, "import sys\n\ndef test_it():\n    assert 'statsim.testing' not in sys.modules\n")
    assert done.returncode == 0, done.stdout
    assert "statsim:" not in done.stdout


def test_the_plugin_imports_nothing_heavy():
    heavy = "{'numpy', 'numba', 'scipy', 'sklearn', 'matplotlib', 'pyarrow', 'statsim.testing'}"
    code = f"import sys, statsim.pytest_plugin; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"


def test_assertions_need_numpy_alone():
    heavy = "{'numba', 'scipy', 'sklearn', 'matplotlib', 'pyarrow', 'pandas', 'pytest'}"
    code = f"import sys, statsim.testing; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
