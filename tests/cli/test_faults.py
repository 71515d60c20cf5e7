"""The fault matrix in real processes: whatever ends a command, the code is right and nothing partial is left."""

import os
import resource
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-c", "from statsim.cli.main import main; main()"]
FOREVER = "3e7"  # a minute of rows, a few GB


def start(*args, **options):
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
    return subprocess.Popen([*COMMAND, *map(str, args)], text=True, **options)


def finish(process):
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def wait_for_bytes(folder, process):
    """Wait until the temporary file in `folder` has grown."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()
        if any(file.stat().st_size > 100_000 for file in folder.glob(".*.part")):
            return
        time.sleep(0.02)
    raise AssertionError("no bytes were written in a minute")


@pytest.mark.parametrize(("number", "code", "name"), [(signal.SIGINT, 130, "rows.csv"), (signal.SIGTERM, 143, "rows.parquet")])
def test_a_signal_removes_the_partial_file(gaussian_file, tmp_path, number, code, name):
    process = start("sample", gaussian_file, "-n", FOREVER, "--seed", 1, "-o", tmp_path / name)
    wait_for_bytes(tmp_path, process)
    process.send_signal(number)
    process.send_signal(number)  # an impatient second Ctrl-C must not break into the cleaning up
    returned, out, err = finish(process)
    assert (returned, out) == (code, "")
    assert err.startswith("statsim: error: ") and err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


KERNEL = """
import sys
import click, numba
from statsim.cli.main import cli, main
from statsim.outputs import atomic_output

@numba.njit(nogil=True)
def spin(n):
    total = 0
    for i in range(n):
        total ^= i * i
    return total

@click.command()
def long():
    with atomic_output(sys.argv[1]):
        spin(1)
        print("ready", flush=True)
        print(spin(10**12))

cli.add_command(long)
main(["long"])
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_within_a_compiled_kernel_is_answered_at_once(tmp_path, number, code):
    arguments = [sys.executable, "-c", KERNEL, tmp_path / "x"]
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    time.sleep(0.2)  # into the kernel, which would run for minutes
    assert list(tmp_path.iterdir()) != []
    began = time.monotonic()
    process.send_signal(number)
    returned, out, err = finish(process)
    assert (returned, out) == (code, "") and err.count("\n") == 1 and "Traceback" not in err
    assert time.monotonic() - began < 2.0  # 0.05 s on an idle machine
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(gaussian_file, tmp_path):
    process = start("sample", gaussian_file, "-n", FOREVER, "--seed", 1, "-o", tmp_path / "rows.csv")
    wait_for_bytes(tmp_path, process)
    process.kill()
    assert finish(process)[0] == -signal.SIGKILL
    assert [file.suffix for file in tmp_path.iterdir()] == [".part"]
    assert finish(start("sample", gaussian_file, "-n", 10, "--seed", 1, "-o", tmp_path / "rows.csv"))[0] == 0
    assert [file.name for file in tmp_path.iterdir()] == ["rows.csv"]


def test_a_signal_keeps_the_old_file(gaussian_file, tmp_path):
    (tmp_path / "rows.csv").write_text("old")
    process = start("sample", gaussian_file, "-n", FOREVER, "--seed", 1, "-o", tmp_path / "rows.csv", "--force")
    wait_for_bytes(tmp_path, process)
    process.send_signal(signal.SIGINT)
    assert finish(process)[0] == 130
    assert [file.name for file in tmp_path.iterdir()] == ["rows.csv"] and (tmp_path / "rows.csv").read_text() == "old"


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_a_full_disk_leaves_nothing(gaussian_file, tmp_path, name):
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))  # noqa: E731
    process = start("sample", gaussian_file, "-n", FOREVER, "--seed", 1, "-o", tmp_path / name, preexec_fn=limit)
    code, out, err = finish(process)
    assert (code, out) == (3, "") and err.count("\n") == 1
    assert f"{tmp_path / name}" in err and "File too large" in err
    assert list(tmp_path.iterdir()) == []


def test_a_reader_who_has_had_enough_is_no_error(gaussian_file):
    process = start("sample", gaussian_file, "-n", FOREVER, "--seed", 1, "-o", "-")
    assert process.stdout.readline() == '"x0","x1","x2","x3","x4"\n'
    process.stdout.close()
    assert process.wait(timeout=60) == 141
    assert process.stderr.read() == ""
    process.stderr.close()


def test_closed_standard_output(gaussian_file, tmp_path):
    close = lambda: os.close(1)  # noqa: E731
    code, _, err = finish(start("sample", gaussian_file, "-n", 10, "--seed", 1, "-o", "-", stdout=None, preexec_fn=close))
    assert (code, err) == (141, "")
    code, _, err = finish(start("inspect", gaussian_file, stdout=None, preexec_fn=close))
    assert (code, err) == (141, "")


@pytest.mark.parametrize("args", [("sample", "-n", "1e6", "--seed", "1", "-o", "-"), ("inspect",)])
def test_standard_output_on_a_full_device(gaussian_file, args):
    with open("/dev/full", "w") as full:
        process = start(args[0], gaussian_file, *args[1:], stdout=full)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 3
    assert err == "statsim: error: cannot write to standard output: No space left on device\n"


def test_a_home_that_cannot_be_written(gaussian_file, tmp_path):
    environment = {key: value for key, value in os.environ.items() if key not in ("STATSIM_CACHE_DIR", "XDG_CACHE_HOME")}
    environment |= {"HOME": "/proc/nowhere", "NUMBA_DISABLE_JIT": "1"}
    done = finish(start("sample", gaussian_file, "-n", 10, "--seed", 1, "-o", tmp_path / "x.csv", env=environment))
    assert done[0] == 0, done
    assert (tmp_path / "x.csv").read_text().count("\n") == 11


def test_help_is_quick_and_imports_nothing_heavy():
    code = (
        "import sys; from statsim.cli.main import run; run(['--help']);"
        "heavy = {'numba', 'scipy', 'pyarrow', 'sklearn', 'matplotlib', 'pandas', 'rich'} & set(sys.modules);"
        "sys.exit(len(heavy))"
    )
    began = time.monotonic()
    assert subprocess.run([sys.executable, "-c", code], stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert time.monotonic() - began < 2.0  # 0.15 s on an idle machine
