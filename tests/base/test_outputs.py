"""Outputs: whole or not at all, and nothing of a killed process stays for good."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from statsim import outputs
from statsim.errors import OutputError


def test_output_appears_whole(tmp_path):
    path = tmp_path / "a.json"
    with outputs.atomic_output(path) as file:
        file.write(b"abc")
        assert not path.exists()
        (part,) = tmp_path.iterdir()
        assert stat.S_IMODE(part.stat().st_mode) == 0o600
    assert path.read_bytes() == b"abc"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~outputs._umask()


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1)])
def test_nothing_is_left_when_the_writer_fails(tmp_path, error):
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with pytest.raises(type(error)), outputs.atomic_output(path, force=True) as file:
        file.write(b"new")
        raise error
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 1


def test_existing_files_and_folders_are_kept(tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with pytest.raises(OutputError, match=f"{path} exists; pass --force"), outputs.atomic_output(path):
        pass
    with pytest.raises(OutputError, match="it is a directory"), outputs.atomic_output(tmp_path, force=True):
        pass
    with pytest.raises(OutputError, match="No such file"), outputs.atomic_output(tmp_path / "no" / "a.json"):
        pass
    assert path.read_bytes() == b"old"


def test_a_file_made_meanwhile_is_kept(tmp_path, monkeypatch):
    """Two programs write the same new file: the second to finish finds it taken, and leaves it."""
    path, check = tmp_path / "a.json", outputs.refuse_existing

    def late(where, *, force):
        check(where, force=force)
        if list(tmp_path.iterdir()) and not path.exists():
            path.write_bytes(b"first")

    monkeypatch.setattr(outputs, "refuse_existing", late)
    with pytest.raises(OutputError, match="exists"), outputs.atomic_output(path) as file:
        file.write(b"second")
    assert path.read_bytes() == b"first"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("force", [False, True])
def test_file_systems_without_hard_links(tmp_path, monkeypatch, force):
    def refuse(*args):
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with outputs.atomic_output(tmp_path / "a.json", force=force):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


def test_a_link_is_replaced_not_followed(tmp_path):
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_bytes(b"precious")
    link.symlink_to(target)
    with outputs.atomic_output(link, force=True) as file:
        file.write(b"new")
    assert target.read_bytes() == b"precious"
    assert link.read_bytes() == b"new"


WRITER = "import sys; from statsim import outputs\nwith outputs.atomic_output(sys.argv[1]) as file:\n    print(flush=True)\n    input()"


def start_writing(path):
    """A process in the middle of writing `path`."""
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"\n"
    return process


def kill(process, number):
    process.send_signal(number)
    process.communicate(timeout=30)


@pytest.fixture
def killed(tmp_path):
    """The temporary file that a killed process left of a.json."""
    kill(start_writing(tmp_path / "a.json"), signal.SIGKILL)
    (part,) = tmp_path.iterdir()
    return part


def test_what_a_killed_process_left_is_removed_by_the_next_write(tmp_path, killed):
    assert killed.name.startswith(".a.json.") and killed.name.endswith(".part")
    with outputs.atomic_output(tmp_path / "a.json"):
        assert not killed.exists()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.json"]


def test_a_living_writer_is_left_alone(tmp_path):
    other = start_writing(tmp_path / "a.json")
    (part,) = tmp_path.iterdir()
    with outputs.atomic_output(tmp_path / "a.json", force=True):
        with outputs.atomic_output(tmp_path / "a.json", force=True):  # nor does a process sweep what it is writing itself
            assert len(list(tmp_path.iterdir())) == 3
    assert part.exists()
    kill(other, signal.SIGKILL)


def test_other_files_are_left_alone(tmp_path, killed):
    host, pid, rest = killed.name.removeprefix(".a.json.").split("-")
    names = [
        f".b.json.{host}-{pid}-{rest}",  # of another output
        f".a.json.{'0' * 8}-{pid}-{rest}",  # of another machine, whose locks may not be seen here
        ".a.json.part",
        f"{killed.name}.gz",
    ]
    for name in names:
        (tmp_path / name).write_bytes(b"")
    folder = killed.with_name(killed.name.replace(rest, "a" * 12 + ".part"))
    folder.mkdir()
    link = killed.with_name(killed.name.replace(rest, "b" * 12 + ".part"))
    link.symlink_to(tmp_path / names[0])
    with outputs.atomic_output(tmp_path / "a.json"):
        pass
    assert {entry.name for entry in tmp_path.iterdir()} == {*names, folder.name, link.name, "a.json"}


def test_a_partial_swept_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    lock, swept = outputs._lock, []

    def late(descriptor):
        if not swept:
            swept.extend(tmp_path.iterdir())
            swept[0].unlink()
        lock(descriptor)

    monkeypatch.setattr(outputs, "_lock", late)
    with outputs.atomic_output(tmp_path / "a.json") as file:
        file.write(b"x")
    assert swept and (tmp_path / "a.json").read_bytes() == b"x"


def test_names_as_long_as_a_folder_takes(tmp_path):
    name = "é" * 125 + ".json"
    with outputs.atomic_output(tmp_path / name):
        pass
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    if os.name == "posix":
        assert len(os.fsencode(name)) == 255
