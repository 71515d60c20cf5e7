"""`statsim demo`: the first thing a newcomer runs."""

import pytest

import statsim as ss


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    from statsim.cli.main import run

    path = tmp_path_factory.mktemp("demo") / "new" / "folder"
    assert run(["demo", "-o", str(path)]) == 0
    return path


def test_demo_writes_a_model_rows_and_a_report(folder):
    from statsim.tables.reading import read_table

    assert sorted(file.name for file in folder.iterdir()) == ["model.json", "report.html", "rows.parquet"]
    model, rows = ss.load(folder / "model.json"), read_table(folder / "rows.parquet")
    assert rows.num_rows == 10_000
    assert rows.equals(model.sample(10_000, rng=7, as_frame="pyarrow"))


def test_demo_does_not_replace_files_unasked(folder, statsim):
    before = (folder / "model.json").stat().st_mtime_ns
    done = statsim("demo", "-o", folder)
    assert done.code == 3 and "model.json" in done.err and "--force" in done.err
    assert (folder / "model.json").stat().st_mtime_ns == before


def test_demo_names_a_directory_that_cannot_be_made(statsim):
    done = statsim("demo", "-o", "/proc/statsim-demo")
    assert done.code == 3 and "/proc/statsim-demo" in done.err
