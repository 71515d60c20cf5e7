"""`statsim fit`: the account it gives, what it takes, and what it refuses."""

import json

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

import statsim as ss


def test_the_account_as_json(people_model):
    path, told = people_model
    assert told["output"] == str(path) and told["bytes"] == path.stat().st_size
    assert told["rows"] == 240 and told["components"] == 2
    assert [column["name"] for column in told["columns"]] == ["age", "income", "region", "note"]
    assert [column["nullable"] for column in told["columns"]] == [True, False, False, False]
    assert told["n_starts"] >= told["n_agreed"] >= 1 and told["converged"] is True
    assert told["log_likelihood_error"] > 0 and told["warnings"] == []


def test_the_log_likelihood_is_that_of_the_rows(people_model, people_csv):
    path, told = people_model
    from statsim.tables.reading import read_table

    scores = ss.load(path).score_samples(read_table(people_csv))
    assert told["log_likelihood_per_row"] == scores.mean()
    assert told["log_likelihood_error"] == pytest.approx(scores.std(ddof=1) / 240**0.5, rel=1e-12)


def test_the_account_in_words(statsim, people_csv, tmp_path):
    done = statsim("fit", people_csv, "-o", tmp_path / "m.json", "--components", 2, "--columns", "income,region")
    assert (done.code, done.err) == (0, "")
    for words in ("income", "region", "240", "components      2", "+-", "starts agreed", "m.json"):
        assert words in done.out
    assert "age" not in done.out
    assert ss.load(tmp_path / "m.json").schema_.names == ("income", "region")


def test_parquet_and_arrow_give_the_model_of_the_csv(statsim, people_csv, people_model, tmp_path):
    table = pa.csv.read_csv(people_csv, convert_options=pa.csv.ConvertOptions(strings_can_be_null=True))
    pa.parquet.write_table(table, tmp_path / "people.parquet")
    with pa.ipc.new_file(tmp_path / "people.arrow", table.schema) as writer:
        writer.write_table(table)
    for name in ("people.parquet", "people.arrow"):
        assert statsim("fit", tmp_path / name, "-o", tmp_path / "m.json", "--components", 2, "--force").code == 0
        assert (tmp_path / "m.json").read_bytes() == people_model[0].read_bytes()


def test_auto_tells_the_path_of_bic(statsim, people_csv, tmp_path):
    told = statsim("fit", people_csv, "-o", tmp_path / "m.json", "--columns", "income,region", "--json").json
    tried, bic = zip(*told["bic_path"], strict=True)
    assert list(tried) == list(range(1, len(tried) + 1)) and told["components"] == 1 + bic.index(min(bic)) == 2


def test_a_missing_value_is_missing_only_when_declared(statsim, tmp_path):
    rows = "\n".join(f"{-999 if row % 4 == 0 else 20 + row % 7 + row / 100},{row % 2}" for row in range(80))
    (tmp_path / "t.csv").write_text(f"t,g\n{rows}\n")
    arguments = ("fit", tmp_path / "t.csv", "-o", tmp_path / "m.json", "--components", 1, "--force", "--json")
    assert statsim(*arguments).json["columns"][0]["nullable"] is False
    told = statsim(*arguments, "--missing-value", "t=-999").json
    assert told["columns"][0]["nullable"] is True
    drawn = ss.load(tmp_path / "m.json").sample(500, rng=1)["t"]
    assert drawn.null_count > 50 and min(value for value in drawn.to_pylist() if value is not None) > 0


def test_a_kind_can_be_said(statsim, people_csv, tmp_path):
    done = statsim(
        "fit",
        people_csv,
        "-o",
        tmp_path / "m.json",
        "--components",
        1,
        "--columns",
        "region,note",
        "--kind",
        "note=identifier",
        "--json",
    )
    assert done.json["columns"][1]["kind"] == "identifier"
    done = statsim("fit", people_csv, "-o", tmp_path / "n.json", "--kind", "note=colour")
    assert done.code == 2 and "'colour'" in done.err


def test_a_schema_can_be_taken_out_and_given_back(statsim, people_csv, people_model, tmp_path):
    schema = tmp_path / "schema.json"
    schema.write_text(statsim("inspect", people_model[0], "--schema").out)
    assert [column["name"] for column in json.loads(schema.read_text())["columns"]] == ["age", "income", "region", "note"]
    arguments = ("fit", people_csv, "--components", 2, "-o")
    for source in (schema, people_model[0]):
        assert statsim(*arguments, tmp_path / "m.json", "--force", "--schema", source).code == 0
        assert (tmp_path / "m.json").read_bytes() == people_model[0].read_bytes()
    assert statsim(*arguments, tmp_path / "n.json", "--schema", schema, "--columns", "age").code == 2
    assert statsim(*arguments, tmp_path / "n.json", "--schema", people_csv).code == 5
    assert statsim(*arguments, tmp_path / "n.json", "--schema", tmp_path / "none.json").code == 5


BAD = {
    "empty.csv": (b"", "empty"),
    "header.csv": (b"a,b\n", "no rows"),
    "one_row.csv": (b"a,b\n1,2\n", "the table has 1 row,"),
    "duplicate.csv": (b"a,a\n" + b"1,2\n" * 9, "'a'"),
    "ragged.csv": (b"a,b\n1,2\n3,4,5\n", "line 3"),
    "latin.csv": (b"a,b\n" + b"1,caf\xe9\n" * 9, "UTF-8"),
    "wide.csv": ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
    "infinite.csv": (b"a,b\n" + b"1.5,2\n" * 9 + b"inf,2\n", "inf"),
    "other.csv": (b"a;b\n" + b"1;2\n" * 9, "';'"),
    "cut.parquet": (b"PAR1 and then nothing", "Parquet"),
    "cut.arrow": (b"ARROW1 and then nothing", "Arrow"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_named(statsim, tmp_path, name):
    content, words = BAD[name]
    (tmp_path / name).write_bytes(content)
    done = statsim("fit", tmp_path / name, "-o", tmp_path / "m.json")
    assert done.code == 4 and words in done.err and done.err.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("path", ["{folder}", "{folder}/none.csv", "/dev/zero", "https://example.org/people.csv"])
def test_what_is_no_local_file_is_bad_data(statsim, tmp_path, path):
    path = path.format(folder=tmp_path)
    done = statsim("fit", path, "-o", tmp_path / "m.json")
    assert done.code == 4 and path in done.err
    done = statsim("report", path, path, "-o", tmp_path / "r.html")
    assert done.code == 4 and path in done.err and list(tmp_path.iterdir()) == []


def test_unknown_columns_are_named(statsim, people_csv, tmp_path):
    done = statsim("fit", people_csv, "-o", tmp_path / "m.json", "--columns", "age,size")
    assert done.code == 4 and "'size'" in done.err
    done = statsim("fit", people_csv, "-o", tmp_path / "m.json", "--missing-value", "size=1")
    assert done.code == 2 and "'size'" in done.err


def test_tables_without_anything_random_are_fitted(statsim, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n" + "5,x\n" * 20)
    assert statsim("fit", tmp_path / "t.csv", "-o", tmp_path / "m.json").code == 0
    assert statsim("sample", tmp_path / "m.json", "-n", 2, "--seed", 1, "-o", "-").out == '"a","b"\n5,"x"\n5,"x"\n'


def test_the_output_is_checked_before_the_data_are_read(statsim, people_csv, tmp_path):
    done = statsim("fit", "no such data.csv", "-o", tmp_path)
    assert done.code == 3 and "directory" in done.err


def test_a_table_above_the_memory_allowed_is_too_large(statsim, people_csv, tmp_path):
    for command in (("fit", people_csv), ("report", people_csv, people_csv)):
        done = statsim(*command, "-o", tmp_path / "x", "--max-bytes", "1e3")
        assert done.code == 7 and "1000" in done.err and list(tmp_path.iterdir()) == []


def test_only_rows_go_to_standard_output(statsim, people_csv):
    done = statsim("fit", people_csv, "-o", "-")
    assert done.code == 3 and "name a file" in done.err


def test_a_column_of_numbers_with_a_stray_word(statsim, tmp_path):
    """The error says the options, and they do what it says."""
    cells = [f"{(i * i) % 97 / 7:.2f}" for i in range(200)]
    cells[7] = "soon"
    (tmp_path / "t.csv").write_text("x\n" + "\n".join(cells) + "\n")
    refused = statsim("fit", tmp_path / "t.csv", "-o", tmp_path / "m.json", "--components", 1)
    assert refused.code == 4 and "'soon'" in refused.err and "--coerce x=float" in refused.err
    done = statsim("fit", tmp_path / "t.csv", "-o", tmp_path / "m.json", "--components", 1, "--coerce", "x=float")
    assert (done.code, done.err) == (0, "")
    column = ss.load(tmp_path / "m.json").schema_.column("x")
    assert (column.dtype, column.nullable) == ("double", True)
    wrong = statsim("fit", tmp_path / "t.csv", "-o", tmp_path / "n.json", "--coerce", "x=number")
    assert wrong.code != 0 and "'number'" in wrong.err
