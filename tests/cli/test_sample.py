"""`statsim sample`: the rows of the data set, in every format, in every cut."""

import re
import shutil
import types

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import statsim as ss

FORMATS = ("rows.csv", "rows.parquet", "rows.arrow")


def read(path):
    if path.suffix == ".csv":
        return pa.csv.read_csv(path)
    if path.suffix == ".parquet":
        return pa.parquet.read_table(path)
    return pa.ipc.open_file(path).read_all()


def matrix(table):
    return np.stack([column.to_numpy() for column in table.columns], axis=1)


@pytest.mark.parametrize("name", FORMATS)
def test_rows_in_a_file_are_the_rows_in_memory(statsim, gaussian_file, tmp_path, name):
    done = statsim("sample", gaussian_file, "-n", "3e3", "--seed", 7, "--start", 500, "-o", tmp_path / name)
    assert done.code == 0, done
    expected = ss.load(gaussian_file).sample(3000, rng=7, start=500)
    assert matrix(read(tmp_path / name)).tobytes() == expected.tobytes()


def test_rows_on_standard_output_are_those_in_a_file(statsim, gaussian_file, tmp_path):
    statsim("sample", gaussian_file, "-n", 2000, "--seed", 7, "-o", tmp_path / "rows.csv")
    done = statsim("sample", gaussian_file, "-n", 2000, "--seed", 7, "-o", "-")
    assert (done.code, done.err) == (0, "") and done.out == (tmp_path / "rows.csv").read_text()


@pytest.mark.parametrize("start", [0, 700])
def test_shards_laid_end_to_end_are_the_whole(statsim, gaussian_file, tmp_path, start):
    arguments = ("sample", gaussian_file, "-n", 5000, "--seed", 7, "--start", start)
    whole = tmp_path / "whole.csv"
    assert statsim(*arguments, "-o", whole).code == 0
    lines = []
    for index in range(1, 4):
        part = tmp_path / f"part-{index}.csv"
        assert statsim(*arguments, "--shard", f"{index}/3", "-o", part).code == 0
        header, *rows = part.read_text().splitlines()
        lines += rows if lines else [header, *rows]
    assert lines == whole.read_text().splitlines()


def test_threads_never_change_the_values(statsim, gaussian_file, tmp_path):
    for threads in (1, 3):
        arguments = ("sample", gaussian_file, "-n", 300_000, "--seed", 7, "--num-threads", threads)
        assert statsim(*arguments, "-o", tmp_path / f"{threads}.parquet").code == 0
    assert (tmp_path / "1.parquet").read_bytes() == (tmp_path / "3.parquet").read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_no_rows_make_an_empty_table_of_the_right_schema(statsim, gaussian_file, tmp_path, name):
    done = statsim("sample", gaussian_file, "-n", 0, "--seed", 7, "-o", tmp_path / name)
    assert done.code == 0, done
    table = read(tmp_path / name)
    assert table.num_rows == 0 and table.column_names == ["x0", "x1", "x2", "x3", "x4"]
    assert name == "rows.csv" or table.schema.types == [pa.float64()] * 5


def test_the_seed_that_was_drawn_is_told(statsim, gaussian_file, tmp_path):
    seeds = [statsim("sample", gaussian_file, "-o", tmp_path / f"{name}.csv", "--json").json["seed"] for name in "ab"]
    assert seeds[0] != seeds[1]
    statsim("sample", gaussian_file, "--seed", seeds[0], "-o", tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_text() == (tmp_path / "a.csv").read_text()


def test_json_tells_what_was_written(statsim, gaussian_file, tmp_path):
    path = tmp_path / "rows.parquet"
    told = statsim("sample", gaussian_file, "-n", "1e4", "--seed", 7, "--start", 1024, "-o", path, "--json").json
    seconds = told.pop("seconds")
    assert seconds >= 0
    assert told == {
        "output": str(path), "rows": 10_000, "columns": 5, "start": 1024, "seed": 7, "bytes": path.stat().st_size
    }  # fmt: skip


def test_a_file_is_replaced_only_on_request(statsim, gaussian_file, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("old")
    done = statsim("sample", gaussian_file, "-n", 5, "-o", path)
    assert done.code == 3 and str(path) in done.err and "--force" in done.err and path.read_text() == "old"
    assert statsim("sample", gaussian_file, "-n", 5, "-o", path, "--force").code == 0
    assert path.read_text().startswith('"x0",')


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("{folder}", "directory"),
        ("{folder}/none/rows.csv", "no directory"),
        ("/dev/full", "not a regular file"),
        ("/proc/rows.csv", "/proc/rows.csv"),
    ],
)
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_an_output_that_cannot_be_written(statsim, gaussian_file, tmp_path, output, words, force):
    path = output.format(folder=tmp_path)
    done = statsim("sample", gaussian_file, "-n", 5, "-o", path, *force)
    assert done.code == 3 and path in done.err and (words in done.err or not force) and done.err.count("\n") == 1


def test_an_unknown_format_is_named(statsim, gaussian_file, tmp_path):
    done = statsim("sample", gaussian_file, "-n", 5, "-o", tmp_path / "rows.xlsx")
    assert done.code == 2 and "rows.xlsx" in done.err and list(tmp_path.iterdir()) == []


def test_conditions_hold_in_every_row_and_keep_all_columns(statsim, people_model, tmp_path):
    path = tmp_path / "rows.parquet"
    done = statsim("sample", people_model[0], "-n", 300, "--seed", 1, "--given", "region=north", "--given", "age=", "-o", path)
    assert done.code == 0, done
    table = read(path)
    assert table.column_names == ["age", "income", "region", "note"]
    assert set(table["region"].to_pylist()) == {"north"} and table["age"].null_count == 300


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [("region=west", 6, "west"), ("age=old", 2, "'old'"), ("size=3", 2, "'size'"), ("region", 2, "'region'")],
)
def test_conditions_that_cannot_be(statsim, people_model, tmp_path, cell, code, words):
    done = statsim("sample", people_model[0], "-n", 3, "--given", cell, "-o", tmp_path / "x.csv")
    assert done.code == code and words in done.err and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("policy", "cell", "warned"), [("warn", "=1+1", True), ("escape", "'=1+1", False), ("keep", "=1+1", False)]
)
def test_cells_that_look_like_formulas(statsim, people_model, tmp_path, policy, cell, warned):
    path = tmp_path / "rows.csv"
    done = statsim("sample", people_model[0], "-n", 200, "--seed", 1, "--formula-policy", policy, "-o", path)
    assert done.code == 0 and cell in read(path)["note"].to_pylist()
    assert ("--formula-policy" in done.err) == warned


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet", "rows.arrow"])
def test_what_no_disk_holds_is_refused_at_once(statsim, gaussian_file, tmp_path, name):
    done = statsim("sample", gaussian_file, "-n", "1e18", "--seed", "1", "-o", tmp_path / name)
    assert (done.code, done.out) == (3, "") and list(tmp_path.iterdir()) == []
    found = re.search(rf"cannot write {tmp_path / name}: 1,000,000,000,000,000,000 rows would take about (.*), and {tmp_path} has .* free", done.err)
    assert found and "--shard" in done.err


def test_the_disk_must_hold_half_of_the_estimate(statsim, gaussian_file, tmp_path, monkeypatch):
    rows = 200_000  # two batches: 131072 rows of 90 bytes or so, and the rest
    sizes = {}
    for free in (1_000_000, 4_000_000):
        monkeypatch.setattr(shutil, "disk_usage", lambda folder, free=free: types.SimpleNamespace(free=free))
        sizes[free] = statsim("sample", gaussian_file, "-n", rows, "--seed", "1", "-o", tmp_path / f"{free}.csv").code
    assert sizes == {1_000_000: 3, 4_000_000: 0}
