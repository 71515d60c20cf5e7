"""Files out: whole or not at all, and what a spreadsheet would run."""

import datetime as dt
import os
import stat

import pyarrow as pa
import pytest

from statsim.errors import ArgumentError, DataWarning, OutputError
from statsim.tables.reading import read_table
from statsim.tables.writing import TableWriter, write_table

TABLE = pa.table(
    {
        "x": [-1.5, 0.1, 1e-300],
        "t": pa.array([dt.datetime(2020, 1, 1)] * 3, pa.timestamp("us", "Europe/Berlin")),
        "c": pa.array(["u", "v", "u"]).dictionary_encode(),
    }
)


@pytest.mark.parametrize("ending", ["parquet", "arrow"])
def test_batches_come_back(tmp_path, ending):
    path = tmp_path / f"rows.{ending}"
    with TableWriter(path) as writer:
        for _ in range(3):
            writer.write(TABLE)
    assert writer.n_rows == 9
    assert read_table(path).combine_chunks().to_pylist() == TABLE.to_pylist() * 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~_umask() and os.listdir(tmp_path) == [path.name]


def _umask():
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_csv_keeps_every_digit(tmp_path):
    write_table(TABLE, tmp_path / "x.csv")
    assert read_table(tmp_path / "x.csv")["x"].to_pylist() == TABLE["x"].to_pylist()


def test_standard_output(capfdbinary):
    write_table(pa.table({"a": [1, 2]}), "-")
    assert capfdbinary.readouterr().out == b'"a"\n1\n2\n'


def test_no_rows_are_a_file_with_its_columns(tmp_path):
    write_table(TABLE.slice(0, 0), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_text() == '"x","t","c"\n'


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_nothing_partial_is_left(tmp_path, error):
    with pytest.raises((KeyboardInterrupt, OutputError)):
        with TableWriter(tmp_path / "x.parquet") as writer:
            writer.write(TABLE)
            raise error
    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_named(tmp_path, monkeypatch):
    from statsim.tables import writing

    class Full:
        def write_table(self, table):
            raise OSError(28, "No space left on device")

        def close(self):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(writing.TableWriter, "_opened", lambda self, table: setattr(self, "_sink_schema", table.schema) or Full())
    with pytest.raises(OutputError, match="x.csv: No space left on device; nothing was left behind"):
        write_table(TABLE, tmp_path / "x.csv")
    assert os.listdir(tmp_path) == []


def test_existing_files_need_force(tmp_path):
    write_table(TABLE, tmp_path / "x.csv")
    with pytest.raises(OutputError, match="x.csv exists"):
        write_table(TABLE, tmp_path / "x.csv")
    write_table(TABLE, tmp_path / "x.csv", force=True)


@pytest.mark.parametrize("path, said", [("no/folder/x.csv", "x.csv"), ("x.xlsx", "cannot tell the format")])
def test_impossible_outputs(tmp_path, path, said):
    with pytest.raises((OutputError, ArgumentError), match=said):
        write_table(TABLE, tmp_path / path)


FORMULAS = pa.table({"s": ["=1+1", "@x", "fine", None, "\tcmd", "-2"], "x": [-1.0, -2, -3, -4, -5, -6]})


def test_formulas_are_counted(tmp_path):
    with pytest.warns(DataWarning, match="4 text cell"):
        write_table(FORMULAS, tmp_path / "x.csv")


def test_formulas_are_disarmed_and_numbers_kept(tmp_path):
    write_table(FORMULAS, tmp_path / "x.csv", formula_policy="escape")
    text = (tmp_path / "x.csv").read_text()
    assert "\"'=1+1\",-1\n" in text and "\"'-2\",-6\n" in text and '"fine",-3\n' in text


def test_formulas_are_kept_silently(tmp_path):
    write_table(FORMULAS, tmp_path / "x.csv", formula_policy="keep")
    assert '"=1+1"' in (tmp_path / "x.csv").read_text()
