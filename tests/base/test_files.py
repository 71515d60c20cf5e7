"""Documents: exact and limited."""

import json
import os
import time

import numpy as np
import pytest

from statsim import files
from statsim.errors import FileRefusedError, OutputError, TooLargeError


@pytest.mark.parametrize("shape", [(0,), (3,), (2, 3), (100, 100), (20_000,)])
def test_arrays_come_back_bit_for_bit(shape):
    array = np.random.default_rng(1).normal(size=shape) * 10.0 ** np.random.default_rng(2).integers(-300, 300, size=shape)
    text = files.format_document({"a": files.array_to_document(array)})
    again = files.array_from_document(files.parse_document(text.encode())["a"], "a", shape=shape)
    assert again.dtype == array.dtype
    assert again.tobytes() == array.tobytes()


def test_large_arrays_are_base64():
    assert isinstance(files.array_to_document(np.zeros(8192)), list)
    assert set(files.array_to_document(np.zeros(8193))) == {"base64", "dtype", "shape"}


def test_text_is_sorted_and_readable():
    text = files.format_document({"b": {"y": [1, 2.5, None], "x": [[1.0], [2.0]]}, "a": "ü"})
    assert text == '{\n  "a": "ü",\n  "b": {\n    "x": [\n      [1.0],\n      [2.0]\n    ],\n    "y": [1, 2.5, null]\n  }\n}\n'


def test_values_that_are_not_numbers_are_not_written():
    with pytest.raises(ValueError, match="not JSON compliant"):
        files.format_document({"a": float("nan")})


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"", "not a complete JSON"),
        (b'{"a": 1', "not a complete JSON"),
        (b"[1]", "must hold one JSON object, got list"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": -Infinity}', "-Infinity is not a JSON number"),
        (b'{"a": 1e400}', "1e400 does not fit"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": ' + b"1" * 100 + b"}", "100 digits"),
        (b'{"a": 0.' + b"1" * 100 + b"}", "does not fit"),
        (b'{"a": ' + b"[" * 65 + b"]" * 65 + b"}", "nested deeper than 64"),
        (b"[" * 1_000_000, "nested deeper than 64"),
        (b'{"a": "' + b"x" * 5000 + b'"}', "longer than 4096"),
        (b'{"' + b"x" * 5000 + b'": 1}', "longer than 4096"),
        (b'{"a": [' + b"1," * 1_000_001 + b"1]}", "more than 1000000 items"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": "]]]"}' + b"garbage", "not a complete JSON"),
        (b'{"a": "' + b'\\"' * 1_000_000, "not a complete JSON"),  # a backtracking search for the end of the text takes days
        (b'{"a": "' + b"\\" * 1_000_001, "not a complete JSON"),
        (b'{"a": "' + b"x" * 20_000_000 + b'"}', "longer than 4096"),
        (b"{" + b",".join(b'"%d": 1' % i for i in range(200_000)) + b', "199999": 1}', "'199999' stands twice"),
    ],
)
def test_hostile_text_is_refused_quickly(raw, message):
    begin = time.perf_counter()
    with pytest.raises(FileRefusedError, match=message):
        files.parse_document(raw, name="m.json")
    assert time.perf_counter() - begin < 5  # a guard against a blow-up, not a benchmark


def test_brackets_in_strings_do_not_nest():
    assert files.parse_document(b'{"a": "' + b"[" * 100 + b'\\"[[["}')["a"].startswith("[[[")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([[1.0], [1.0, 2.0]], "regular array"),
        (["x", "y"], "regular array of float64"),
        ([True, False], "regular array of float64"),
        ([1.0, None], "regular array"),
        ({"base64": "AAAA", "dtype": "<f8", "shape": [10**9]}, r"declares the shape \[1000000000\]"),
        ({"base64": "AAAA", "dtype": "|O", "shape": [1]}, "dtype '|O'"),
        ({"base64": "!" * 12, "dtype": "<f8", "shape": [1]}, "declares|not base64"),
        ({"base64": "AAAAAAAAAAA!", "dtype": "<f8", "shape": [1]}, "declares|not base64"),
        ({"base64": "", "dtype": "<f8", "shape": [-1]}, "non-negative"),
        ({"base64": "", "dtype": "<f8"}, "must have the keys"),
        ([1.0, 2.0, 3.0], "must have shape"),
        ("text", "regular array"),
        ({"base64": "AAAAAAAA8D8=", "dtype": "<f8", "shape": [1] * 100}, "cannot have the shape"),
        ({"base64": "", "dtype": "<f8", "shape": [2**39, 0, 2**39]}, "cannot have the shape"),
    ],
)
def test_hostile_arrays_are_refused(value, message):
    with pytest.raises(FileRefusedError, match=message):
        files.array_from_document(value, "means", shape=(2,))


def test_not_finite_in_base64_is_refused():
    value = files.array_to_document(np.full(10_000, np.nan))
    with pytest.raises(FileRefusedError, match="means holds a value that is not finite"):
        files.array_from_document(value, "means", shape=(10_000,))


def test_only_regular_files_of_a_sensible_size_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FileRefusedError, match="not a regular file"):
        files.read_document(tmp_path / "pipe")
    big = tmp_path / "big.json"
    with open(big, "wb") as file:
        file.truncate(10**12)
    with pytest.raises(FileRefusedError, match="1000000000000 bytes, above the limit"):
        files.read_document(big)


def test_full_disk_is_named(tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="No space left on device; nothing was left behind"):
        files.write_document(tmp_path / "a.json", {})
    assert not list(tmp_path.iterdir())


def test_what_could_not_be_read_is_not_written(tmp_path):
    document = {"x": files.array_to_document(np.zeros(files.MAX_BYTES // 8))}
    with pytest.raises(TooLargeError, match="could not be loaded again; use fewer components"):
        files.write_document(tmp_path / "a.json", document)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "document, said", [({"x": "a" * 5000}, "a string under 'x' is longer than 4096"), ({"x": [0] * 1_000_001}, "more than 1000000 items")]
)
def test_what_a_reader_refuses_is_not_written(tmp_path, document, said):
    with pytest.raises(TooLargeError, match=f"could not be loaded again, and is not written: .*{said}"):
        files.write_document(tmp_path / "a.json", document)
    assert not list(tmp_path.iterdir())


def test_document_round_trip(tmp_path):
    document = {"x": [1, 2.5, "a", None, True], "y": {"z": 5e-324, "w": 1.7976931348623157e308}}
    files.write_document(tmp_path / "a.json", document)
    assert files.read_document(tmp_path / "a.json") == document == json.loads((tmp_path / "a.json").read_text())
