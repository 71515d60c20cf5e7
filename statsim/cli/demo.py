"""`statsim demo`: everything once, on a small table."""

import os
import time

import click

from statsim.cli import options, show

_ROWS = 10_000
_SEED = 7


@click.command()
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(),
    default="statsim-demo",
    show_default=True,
    help="Directory for the three files.",
)
@options.force_option
@options.json_option
def demo(folder, force, as_json):
    """Fit the penguins, draw 10,000 synthetic ones, and write a report that compares them.

    344 real birds with mixed types and missing values. Writes model.json, rows.parquet and report.html.

    \b
    Example:
      statsim demo -o penguins
    """
    from statsim.cli.fit import fit_model
    from statsim.cli.fit_account import account
    from statsim.cli.warned import collected
    from statsim.data import load_penguins

    began = time.monotonic()
    model_file, rows_file, report_file = _files(folder, force)
    with collected() as warned:
        frame = load_penguins()
        model = fit_model(frame)
        model.save(model_file, force=force)
        fitted = account(model, frame, output=model_file, warned=warned, seconds=time.monotonic() - began)
        fidelity = _sample_and_compare(model, frame, rows_file, report_file, force)
    document = {
        "model": fitted,
        "rows": {"output": rows_file, "rows": _ROWS, "seed": _SEED},
        "report": {"output": report_file, "what_is_wrong": fidelity.what_is_wrong()},
        "seconds": round(time.monotonic() - began, 3),
    }
    show.result(as_json, document, _lines(document))


def _files(folder, force):
    """Paths of the three outputs, checked before any work; the directory is made where there is none."""
    from statsim.cli.output_path import check_output
    from statsim.errors import OutputError

    try:
        os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot make the directory {folder}: {error.strerror or error}; name another with -o") from error
    paths = [os.path.join(folder, name) for name in ("model.json", "rows.parquet", "report.html")]
    for path in paths:
        check_output(path, force=force)
    return paths


def _sample_and_compare(model, frame, rows_file, report_file, force):
    from statsim.cli import progress
    from statsim.cli.sample import write_rows
    from statsim.report import write_report
    from statsim.tables.reading import read_table
    from statsim.tables.writing import TableWriter

    with TableWriter(rows_file, force=force) as writer:
        write_rows(model, writer, n=_ROWS, start=0, seed=_SEED)
    with progress.bar("comparing", total=None):
        return write_report(frame, read_table(rows_file), report_file, model=model, title="Palmer penguins", force=force)


def _lines(document):
    from statsim.cli.report import findings

    model, rows, report = document["model"], document["rows"], document["report"]
    what = [
        (
            "model",
            f"{model['rows']} real rows, {len(model['columns'])} columns, {model['components']} components",
            model["output"],
        ),
        ("rows", f"{rows['rows']:,} synthetic rows, seed {rows['seed']}", rows["output"]),
        ("report", "how close they come; open it in a browser", report["output"]),
    ]
    warned = [f"warning: {text}" for text in model["warnings"]]
    return [
        *show.table(("", "what", "file"), what),
        "",
        *findings(report["what_is_wrong"]),
        *warned,
        "",
        f"done in {show.seconds(document['seconds'])}",
    ]
