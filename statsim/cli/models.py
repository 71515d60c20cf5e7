"""`statsim models`: the families there are."""

import click

from statsim.cli import options, show


@click.command()
@options.json_option
def models(as_json):
    """List the families of models, and what rows each is for.

    \b
    Example:
      statsim models --json
    """
    from statsim.catalog import ENTRIES

    document = [{"name": entry.name, "rows": entry.rows, "summary": entry.summary} for entry in ENTRIES.values()]
    lines = show.table(("model", "for", "what it is"), [(item["name"], item["rows"], item["summary"]) for item in document])
    show.result(as_json, document, lines)
