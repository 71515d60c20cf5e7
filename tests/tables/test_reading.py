"""Files in: what is read, and what is refused with the place named."""

import os

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from statsim.data import load_penguins
from statsim.errors import DataError, TooLargeError
from statsim.tables.reading import read_table


def read(folder, content, name="x.csv", **options):
    path = folder / name
    path.write_bytes(content)
    return read_table(path, **options)


@pytest.mark.parametrize("kind", ["pyarrow", "pandas", "polars"])
def test_penguins(kind):
    assert load_penguins(kind).shape == (344, 8)


@pytest.mark.parametrize(
    "content, types",
    [
        (b"a,b\n1,2.5\n", ["int64", "double"]),
        (b"\xef\xbb\xbfa,b\r\n1,x\r\n", ["int64", "string"]),
        (b"a,b\n00123,1\n00124,2\n", ["string", "int64"]),
        (b'a,b\n"x\ny",2\n', ["string", "int64"]),
        (b"a\n1\nNA\n\n3\n", ["int64"]),
        (b"t,d\n2020-01-01 10:00:00,2020-01-01\n", ["timestamp[s]", "date32[day]"]),
        (b"a\n1\n2.5\nx\n", ["string"]),
    ],
)
def test_types_of_csv(tmp_path, content, types):
    assert [str(kind) for kind in read(tmp_path, content).schema.types] == types


def test_delimiters(tmp_path):
    assert read(tmp_path, b"a;b\n1;2\n", delimiter=";").num_columns == 2
    assert read(tmp_path, b"a\tb\n1\t2\n", name="x.tsv").num_columns == 2


@pytest.mark.parametrize(
    "content, said",
    [
        (b"", "is empty"),
        (b"\n\n", "nothing but blanks"),
        (b"a,b\n", "a header but no rows"),
        (b"a,b\n1,2\n3\n", "line 3: expected 2 cells, got 1: '3'"),
        (b"a,b\n1,2\n3,4,5\n", "line 3: expected 2 cells, got 3"),
        (b"a,a\n1,2\n", "two columns are named 'a'"),
        (b"a,\n1,2\n", "column 2 is named ''"),
        ("a\nx\nü\n".encode("latin-1"), r"column 'a', row 1 \(line 3 of a CSV file\): b'\\xfc' is not UTF-8"),
        ("ü\n1\n".encode("latin-1"), "0xfc at position 0 of the header"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        (b"a;b\n1;2\n", "delimited by ';'"),
        (b"PAR1 and nonsense", "no readable Parquet file"),
        (b"ARROW1 and nonsense", "no readable Arrow file"),
        (b"\x1f\x8b and the rest", "compressed file"),
    ],
)
def test_bad_files(tmp_path, content, said):
    with pytest.raises(DataError, match=said):
        read(tmp_path, content)


@pytest.mark.parametrize("path, said", [("https://x.org/a.csv", "is a URL"), ("s3://b/a.csv", "is a URL"), ("/no/such.csv", "/no/such.csv")])
def test_only_local_files(path, said):
    with pytest.raises(DataError, match=said):
        read_table(path)


def test_folders_and_pipes(tmp_path):
    with pytest.raises(DataError, match="is a directory"):
        read_table(tmp_path)
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(DataError, match="not a regular file"):
        read_table(tmp_path / "pipe.csv")


def test_a_small_file_of_very_many_rows_is_refused_unread(tmp_path):
    pq.write_table(pa.table({"x": np.zeros(40_000_000, np.int8)}), tmp_path / "bomb.parquet")
    assert (tmp_path / "bomb.parquet").stat().st_size < 200_000
    with pytest.raises(DataError, match="40000000 rows x 1 columns"):
        read_table(tmp_path / "bomb.parquet")


def test_memory_limit(tmp_path):
    pq.write_table(pa.table({"x": np.random.default_rng(1).normal(size=10_000)}), tmp_path / "x.parquet")
    with pytest.raises(TooLargeError, match="10000 rows.*above the limit of 1000"):
        read_table(tmp_path / "x.parquet", max_bytes=1000)


def test_columns_are_chosen(tmp_path):
    pq.write_table(pa.table({"a": [1], "b": [2]}), tmp_path / "x.parquet")
    assert read_table(tmp_path / "x.parquet", columns=["b"]).column_names == ["b"]
    with pytest.raises(DataError, match="no column 'c'; it has 'a', 'b'"):
        read_table(tmp_path / "x.parquet", columns=["c"])


def test_extension_types_are_refused(tmp_path):
    pq.write_table(pa.table({"u": pa.array([b"0" * 16], pa.binary(16)).cast(pa.uuid())}), tmp_path / "u.parquet")
    with pytest.raises(DataError, match="extension type"):
        read_table(tmp_path / "u.parquet")


def test_one_long_text_named_in_every_row_is_refused_before_it_is_unpacked(tmp_path):
    text = pa.DictionaryArray.from_arrays(np.zeros(60_000, np.int32), ["x" * 10_000])
    pq.write_table(pa.table({"s": text}), tmp_path / "kept.parquet")
    writer = pq.ParquetWriter(tmp_path / "plain.parquet", pa.schema({"s": pa.string()}))
    writer.write_table(pa.table({"s": text.cast(pa.string())}))
    writer.close()
    for name in ("kept", "plain"):
        assert (tmp_path / f"{name}.parquet").stat().st_size < 20_000
        with pytest.raises(DataError, match="times as much"):
            read_table(tmp_path / f"{name}.parquet")


@pytest.mark.parametrize("dtype", [pa.string(), pa.large_string(), pa.dictionary(pa.int32(), pa.string())])
def test_parquet_text_keeps_its_type(tmp_path, dtype):
    cells = pa.array(["a", None, "é", "a"] * 50, pa.string()).cast(dtype)
    pq.write_table(pa.table({"s": cells, "n": range(200)}), tmp_path / "x.parquet", row_group_size=70)
    table = read_table(tmp_path / "x.parquet")
    assert table["s"].type == dtype and table["s"].to_pylist() == cells.to_pylist()
