"""Ctrl-C gives the draws so far; kill -9 loses nothing that a checkpoint keeps."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from statsim.errors import ArgumentError, OutputError
from statsim.samplers.draws.draws import Draws
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.chains.run import run_chains
from tests.samplers import known

SCRIPT = Path(__file__).with_name("long_run.py")
ROOT = Path(__file__).parents[2]


def begin(*arguments):
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, str(SCRIPT), *map(str, arguments)], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "begun\n"
    return process


def wait_until(happened, seconds=60):
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.005)


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("kind", ["compiled", "interpreted"])
def test_ctrl_c_gives_the_draws_so_far(kind, tmp_path):
    process = begin(kind, tmp_path / "so_far", tmp_path / "folder")
    wait_until(lambda: list((tmp_path / "folder").glob("chain-*")))  # chains have begun once there is a file of one
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert time.monotonic() - begun < 5
    assert "Traceback" not in errors
    draws = Draws.load(tmp_path / "so_far")
    assert "stopped after" in output
    assert "stopped after" in draws.notes[-1]
    assert np.isfinite(draws.values).all()


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("uninterrupted")
    process = begin("compiled", folder / "draws", folder / "checkpoint")
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return Draws.load(folder / "draws"), contents(folder / "checkpoint")


def test_killed_at_any_moment_and_gone_on_with_it_is_the_same_to_the_last_bit(uninterrupted, tmp_path):
    whole, files = uninterrupted
    folder, most = tmp_path / "checkpoint", len(files)
    for files_by_then in (1, 3, most // 3, most // 2):  # lock, manifest, then chunks of warm-up and of draws
        process = begin("compiled", tmp_path / "draws", folder)
        wait_until(lambda n=files_by_then: folder.exists() and len(list(folder.iterdir())) >= n)
        process.kill()
        process.communicate()
    process = begin("compiled", tmp_path / "draws", tmp_path / "checkpoint")
    output, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    assert "took over from process" in output
    draws = Draws.load(tmp_path / "draws")
    assert_array_equal(draws.values, whole.values)
    for name in whole.stats:
        assert_array_equal(draws.stats[name], whole.stats[name])
    assert contents(tmp_path / "checkpoint") == files


# ---------------------------------------------------------------- the folder


TARGET = known.normal_target([1.0, -2.0], [[2.0, 0.9], [0.9, 1.0]])


def drawn(folder, target=TARGET, method=None, **options):
    return run_chains(target, method or NUTS(), **{"chains": 2, "warmup": 250, "draws": 300, "rng": 5, "checkpoint": folder, **options})


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr("statsim.samplers.chains.checkpoint.CHUNK_BYTES", 1)  # a hundred iterations


@pytest.mark.parametrize("keep_warmup", [False, True])
def test_a_finished_run_is_read_not_made_again(tmp_path, keep_warmup):
    first = drawn(tmp_path, keep_warmup=keep_warmup)
    files = contents(tmp_path)
    again = drawn(tmp_path, keep_warmup=keep_warmup)
    assert_array_equal(first.values, again.values)
    assert_array_equal(first.values, drawn(None).values)
    assert first.notes == () and "resumed at iteration 550" in again.notes[0]
    assert contents(tmp_path) == files
    if keep_warmup:
        assert_array_equal(first.warmup.values, again.warmup.values)


def test_without_a_seed_the_first_one_counts(tmp_path):
    assert_array_equal(drawn(tmp_path, rng=None).values, drawn(tmp_path, rng=None).values)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rng": 6}, "key was [0-9a-f ]+, is"),
        ({"draws": 301}, "draws was 300, is 301"),
        ({"method": NUTS(target_accept=0.9)}, r"NUTS.target_accept was 0.8[05]*, is 0.9"),
        ({"target": known.normal_target([1.0, -2.5], [[2.0, 0.9], [0.9, 1.0]])}, r"data\[0\] was"),
        ({"target": known.quartic_target()}, r"target.value_and_gradient was _normal_both"),
        ({"initial": [0.0, 0.0]}, "initial was"),
    ],
)
def test_another_run_is_refused_with_the_difference(tmp_path, options, words):
    drawn(tmp_path, draws=300)
    with pytest.raises(ArgumentError, match=words):
        drawn(tmp_path, **options)


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "remove"])
def test_a_damaged_chunk_and_those_after_it_are_made_again(tmp_path, damage):
    whole = drawn(tmp_path)
    files = contents(tmp_path)
    chunk = sorted(tmp_path.glob("chain-0001-*"))[2]
    raw = bytearray(chunk.read_bytes())
    raw[len(raw) // 2] ^= 1
    {"truncate": lambda: chunk.write_bytes(raw[:-40]), "flip": lambda: chunk.write_bytes(raw), "empty": lambda: chunk.write_bytes(b""), "remove": chunk.unlink}[damage]()
    again = drawn(tmp_path)
    assert_array_equal(whole.values, again.values)
    assert contents(tmp_path) == files
    assert damage == "remove" or any("made again" in note and chunk.name in note for note in again.notes)


def test_two_runs_in_one_folder_are_told_apart(tmp_path):
    from statsim.samplers.chains.checkpoint_lock import FolderLock

    lock = FolderLock(os.fspath(tmp_path))
    with pytest.raises(ArgumentError, match=f"in use by process {os.getpid()}"):
        drawn(tmp_path)
    lock.release()
    assert drawn(tmp_path).values.shape == (2, 300, 2)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"file.*cannot|cannot.*file"):
        drawn(tmp_path / "file")


def test_a_full_disk_is_named_and_gone_on_from_when_there_is_room(tmp_path, monkeypatch):
    from statsim import outputs

    whole, sync, calls = drawn(None), os.fsync, []

    def full(descriptor):
        calls.append(descriptor)
        if 6 < len(calls):
            raise OSError(28, "No space left on device")
        sync(descriptor)

    monkeypatch.setattr(outputs.os, "fsync", full)
    with pytest.raises(OutputError, match=r"chain-000.*No space left on device"):
        drawn(tmp_path)
    monkeypatch.setattr(outputs.os, "fsync", sync)
    assert not list(tmp_path.glob(".*"))
    assert_array_equal(drawn(tmp_path).values, whole.values)


def test_code_is_told_apart_from_other_code():
    from statsim.samplers.chains.identity import describe

    def one(x):
        return -x * 2.0

    def other(x):
        return -x * 3.0

    def outer(power):
        return lambda x: x**power

    assert describe(one) != describe(other)
    assert describe(outer(2)) != describe(outer(3))
    assert describe(outer(2)) == describe(outer(2))
    assert describe([np.zeros(3)]) != describe([np.zeros(4)])
