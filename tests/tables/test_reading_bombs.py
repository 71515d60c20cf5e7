"""Small files that unpack to much: refused at little cost, before they are unpacked; honest files of the same kinds are read."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from statsim.errors import DataError
from statsim.tables.arrow_sizes import unpacked_sizes
from statsim.tables.reading import read_table

READ = """
import json, sys, time
import pyarrow.parquet, pyarrow.compute, numpy
from statsim.errors import DataError
from statsim.tables.reading import read_table

def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM")) * 1024

before, began, said = peak(), time.monotonic(), "was read"
try:
    read_table(sys.argv[1])
except DataError as error:
    said = str(error)
print(json.dumps({"said": said, "seconds": time.monotonic() - began, "nbytes": peak() - before}))
"""


def refused_at_little_cost(path, said="times as much"):
    """`read_table` refuses `path` within 100 MB and a second (more where the machine is busy), in a process of its own."""
    done = json.loads(subprocess.run([sys.executable, "-c", READ, path], capture_output=True, check=True).stdout)
    assert said in done["said"], done
    assert done["nbytes"] < 100e6 and done["seconds"] < 3.0, done


def write_arrow(path, *tables, compression=None, deltas=False):
    options = pa.ipc.IpcWriteOptions(compression=compression, emit_dictionary_deltas=deltas)
    with pa.ipc.new_file(path, tables[0].schema, options=options) as writer:
        for table in tables:
            writer.write_table(table)
    return path


def write_parquet(path, table, **options):
    pq.write_table(table, path, compression="zstd", **options)
    return path


@pytest.fixture(scope="module")
def zeros():
    """300 MB in one column of few rows that compress to nothing."""
    return pa.table({"s": ["0" * 10_000] * 30_000})


@pytest.mark.parametrize("compression", ["zstd", "lz4"])
def test_one_compressed_batch(tmp_path, zeros, compression):
    path = write_arrow(tmp_path / "x.arrow", zeros, compression=compression)
    assert path.stat().st_size < 1_500_000
    refused_at_little_cost(path)


def test_a_compressed_dictionary(tmp_path):
    text = pa.DictionaryArray.from_arrays(np.zeros(10, np.int32), ["0" * 300_000_000])
    refused_at_little_cost(write_arrow(tmp_path / "x.arrow", pa.table({"s": text}), compression="zstd"))


def test_a_dictionary_that_grows_with_each_batch(tmp_path):
    levels = [f"{i:05d}" + "0" * 2000 for i in range(800)]
    parts = [pa.table({"s": pa.DictionaryArray.from_arrays(np.array([0], np.int32), levels[: i + 1])}) for i in range(800)]
    path = write_arrow(tmp_path / "x.arrow", *parts, compression="zstd", deltas=True)
    refused_at_little_cost(path)


def test_one_long_text_named_in_every_row(tmp_path):
    codes = pa.DictionaryArray.from_arrays(np.zeros(60_000, np.int32), ["0" * 10_000])
    refused_at_little_cost(write_arrow(tmp_path / "x.arrow", pa.table({"s": codes})))
    _, view, text = pa.array(["0" * 10_000], pa.string_view()).buffers()
    views = pa.Array.from_buffers(pa.string_view(), 60_000, [None, pa.py_buffer(view.to_pybytes()[:16] * 60_000), text])
    refused_at_little_cost(write_arrow(tmp_path / "v.arrow", pa.table({"s": views})))


def test_rows_without_bytes(tmp_path):
    refused_at_little_cost(write_arrow(tmp_path / "x.arrow", pa.table({"n": pa.nulls(10**8)})))


@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "PLAIN", "DELTA_LENGTH_BYTE_ARRAY"])
@pytest.mark.parametrize("version", ["1.0", "2.0"])
def test_pages_of_one_text(tmp_path, zeros, encoding, version):
    options = {"use_dictionary": False, "column_encoding": {"s": encoding}, "data_page_version": version}
    path = write_parquet(tmp_path / "x.parquet", zeros, **options)
    assert path.stat().st_size < 200_000
    refused_at_little_cost(path)


def test_a_long_text_like_the_one_before(tmp_path):
    table = pa.table({"s": ["0" * 1_000_000] * 300})
    refused_at_little_cost(write_parquet(tmp_path / "x.parquet", table, use_dictionary=False, column_encoding="DELTA_BYTE_ARRAY"))


@pytest.mark.parametrize("dtype", [pa.binary(), pa.list_(pa.string())])
def test_types_of_unknown_size_are_refused_unread(tmp_path, dtype):
    cells = pa.array([["0" * 10_000] if pa.types.is_list(dtype) else b"0" * 10_000] * 30_000, dtype)
    path = write_parquet(tmp_path / "x.parquet", pa.table({"s": cells, "x": range(30_000)}))
    refused_at_little_cost(path, "column 's' has type")
    assert read_table(path, columns=["x"]).shape == (30_000, 1)


def test_a_footer_that_lies(tmp_path, zeros):
    """The footer's sum of bytes, in which a bomb would say little, is not believed."""
    path = write_parquet(tmp_path / "x.parquet", zeros, use_dictionary=False)
    total = pq.ParquetFile(path).metadata.row_group(0).total_byte_size
    varint, rest = b"", 2 * total
    while rest:
        varint, rest = varint + bytes([rest % 128 + 128 * (rest >= 128)]), rest // 128
    small = bytes([0x80 | 2] + [0x80] * (len(varint) - 2) + [0])
    raw = path.read_bytes()
    at = len(raw) - 8 - int.from_bytes(raw[-8:-4], "little")
    path.write_bytes(raw[:at] + raw[at:].replace(varint, small))
    assert pq.ParquetFile(path).metadata.row_group(0).total_byte_size == 1
    refused_at_little_cost(path)


def test_bytes_that_are_no_pages(tmp_path):
    path = write_parquet(tmp_path / "x.parquet", pa.table({"x": np.arange(1000.0)}), use_dictionary=False)
    raw = bytearray(path.read_bytes())
    for what in (b"\xff" * 100, b"\x15" * 100, b"\x1c" * 100, b"\x19" * 100):
        raw[4:104] = what
        path.write_bytes(raw)
        with pytest.raises(DataError, match="no readable Parquet file: a .*header"):
            read_table(path)


def test_codes_beyond_the_dictionary_are_refused(tmp_path):
    codes = pa.DictionaryArray.from_arrays(pa.array([0, 5], pa.int32()), ["a"], safe=False)
    with pytest.raises(DataError, match="no readable Arrow file"):
        read_table(write_arrow(tmp_path / "x.arrow", pa.table({"s": codes})))


@pytest.mark.parametrize("name", ["x.arrow", "x.parquet"])
def test_damaged_files_are_refused_or_read(tmp_path, name):
    """Whatever byte is wrong: a table or a `DataError`."""
    table = pa.table({"x": np.arange(50.0), "s": pa.array(["a", "b"] * 25).dictionary_encode()})
    write = write_arrow if name == "x.arrow" else write_parquet
    raw = write(tmp_path / name, table).read_bytes()
    rng = np.random.default_rng(3)
    refused = 0
    for _ in range(300):
        damaged = bytearray(raw)
        damaged[rng.integers(8, len(raw))] = rng.integers(256)
        (tmp_path / name).write_bytes(damaged)
        try:
            read_table(tmp_path / name)
        except DataError:
            refused += 1
    assert refused > 30


@pytest.fixture(scope="module")
def honest():
    rng = np.random.default_rng(5)
    words = np.array([f"word {i}" for i in range(1000)])
    columns = {"x": rng.normal(size=40_000), "s": words[rng.integers(0, 1000, 40_000)], "n": rng.integers(0, 9, 40_000)}
    return pa.table({**columns, "d": pa.array(words[rng.integers(0, 9, 40_000)]).dictionary_encode()})


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_honest_arrow_files(tmp_path, honest, compression):
    path = write_arrow(tmp_path / "x.arrow", *(honest.slice(start, 10_000) for start in range(0, 40_000, 10_000)), compression=compression)
    assert read_table(path).equals(honest)
    rows, nbytes = np.array(list(unpacked_sizes(pa.py_buffer(path.read_bytes()).slice(8)))).sum(axis=0)
    assert rows == 40_000 and 0.9 * honest.nbytes < nbytes < 1.1 * honest.nbytes


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("encoding", ["DELTA_BYTE_ARRAY", "PLAIN", None])
def test_honest_parquet_files(tmp_path, honest, encoding, version):
    encoded = {"use_dictionary": ["d"], "column_encoding": {"s": encoding}} if encoding else {}
    path = write_parquet(tmp_path / "x.parquet", honest, data_page_version=version, row_group_size=15_000, data_page_size=5000, **encoded)
    assert read_table(path).equals(honest)
