"""`statsim report`."""

import pytest


@pytest.fixture(scope="module")
def rows(people_model, tmp_path_factory):
    from statsim.cli.main import run

    path = tmp_path_factory.mktemp("rows") / "rows.parquet"
    assert run(["sample", str(people_model[0]), "-n", "600", "--seed", "3", "-o", str(path)]) == 0
    return path


def test_a_report_is_one_page_and_its_findings_are_told(statsim, people_csv, rows, tmp_path):
    page = tmp_path / "report.html"
    done = statsim("report", people_csv, rows, "-o", page)
    assert done.code == 0 and "findings" in done.out and str(page) in done.out
    text = page.read_text()
    assert text.lower().startswith("<!doctype html>") and "income" in text


def test_what_is_wrong_is_said(statsim, people_csv, rows, tmp_path):
    from statsim.tables.reading import read_table
    from statsim.tables.writing import write_table

    table = read_table(rows)
    wrong = table.set_column(1, "income", [[2 * value for value in table["income"].to_pylist()]])
    write_table(wrong, tmp_path / "wrong.parquet")
    told = statsim("report", people_csv, tmp_path / "wrong.parquet", "-o", tmp_path / "r.html", "--json").json
    assert told["n_real"] == 240 and told["n_synthetic"] == 600 and "income" in told["what_is_wrong"][0]


def test_the_page_is_checked_before_the_tables_are_compared(statsim, people_csv, tmp_path):
    (tmp_path / "r.html").write_text("old")
    done = statsim("report", people_csv, people_csv, "-o", tmp_path / "r.html")
    assert done.code == 3 and "--force" in done.err and (tmp_path / "r.html").read_text() == "old"
