"""`statsim inspect`: what a model file holds."""

import os

import click

from statsim.cli import options, show


@click.command()
@click.argument("model", type=click.Path())
@click.option(
    "--schema", "schema_only", is_flag=True, help="Print only the schema, as JSON to edit and pass to statsim fit --schema."
)
@options.json_option
def inspect(model, schema_only, as_json):
    """Say what a model file holds: the model in words, where it came from, its size and versions.

    \b
    Examples:
      statsim inspect model.json
      statsim inspect model.json --schema > schema.json
    """
    from statsim.cli.model_file import load_model
    from statsim.cli.streams import write_line
    from statsim.cli.words import describe
    from statsim.files import format_document

    loaded = load_model(model)
    document = loaded.to_document()
    if schema_only:
        if "schema" not in document["parameters"]:
            raise click.UsageError(f"{model} holds a {document['model']}, which has no schema")
        write_line(format_document(document["parameters"]["schema"]).rstrip())
        return
    nbytes = os.path.getsize(model)
    described = describe(loaded)
    summary = {
        "file": model,
        "bytes": nbytes,
        "format": document["statsim"],
        "stream": document["stream"],
        "model": document["model"],
        "description": described.document,
        "fit": document["fit"],
    }
    show.result(as_json, summary, [*_head(summary), *described.lines, *_provenance(document["fit"])])


def _head(summary):
    from statsim.catalog import ENTRIES

    versions = f"format {summary['format']}, stream {summary['stream']}"
    return show.pairs(
        [
            ("model", f"{summary['model']}, for {ENTRIES[summary['model']].rows}"),
            ("file", f"{summary['file']} ({show.size(summary['bytes'])}), {versions}"),
        ]
    )


def _provenance(fit):
    """Lines for the facts of the fit that are plain values; lists are shown one item a line."""
    lines = ["", "fit"]
    plain = [(name, value) for name, value in fit.items() if not isinstance(value, (list, dict))]
    lines += [f"  {line}" for line in show.pairs((name, show.number(value)) for name, value in plain)]
    for name, values in fit.items():
        if isinstance(values, list) and values and not isinstance(values[0], (list, dict)):
            lines += [f"  {name}", *(f"    - {show.number(value)}" for value in values)]
    return lines
