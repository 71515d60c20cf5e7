"""`statsim sample`: rows of a data set, streamed to a file."""

import time
from contextlib import contextmanager

import click

from statsim.cli import options, show

_BATCH_ROWS = 131_072  # 128 blocks: a few MB a column, and large enough that opening a batch costs nothing


@click.command()
@click.argument("model", type=click.Path())
@click.option(
    "-n", "rows", type=options.Rows(), help="Rows of the data set, for instance 1e7; sequences, or graphs.  [default: 1000; one graph]"
)
@click.option("--steps", type=options.Rows(), help="With a model of sequences: steps of each; -n counts sequences.  [default: 100]")
@click.option("--seed", type=click.IntRange(min=0), help="Names the data set; left out, a fresh one is drawn and printed.")
@click.option("--start", type=options.Rows(), default=0, show_default=True, help="Number of the first row.")
@click.option("--shard", type=options.Shard(), help="Write only the I-th of N parts; the parts end to end are the whole.")
@click.option(
    "--given",
    type=options.Cell(),
    multiple=True,
    help="Only rows with this value, drawn from the exact conditional law. May be given again.",
)
@click.option("--num-threads", type=click.IntRange(min=1), help="Never changes the values.  [default: all cores]")
@click.option(
    "--formula-policy",
    type=click.Choice(["warn", "escape", "keep"]),
    default="warn",
    show_default=True,
    help="Text cells in CSV that a spreadsheet would take for a formula.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(),
    help="rows.parquet, rows.csv, rows.arrow, or - for CSV on standard output.",
)
@options.force_option
@options.json_option
def sample(model, rows, steps, seed, start, shard, given, num_threads, formula_policy, output, force, as_json):
    """Draw synthetic rows from a model file.

    The same model file, seed and row number give the same row on every machine, whatever the threads and shards.
    Memory stays constant; the output file appears whole or not at all.

    \b
    Examples:
      statsim sample model.json -n 1e7 --seed 7 -o rows.parquet
      statsim sample model.json -n 1e9 --seed 7 --shard 3/16 -o part-03.parquet
      statsim sample model.json -n 5 --seed 7 --start 1e12 -o -
      statsim sample model.json -n 100 --given species=Gentoo --given sex=female -o gentoos.csv
      statsim sample walks.json -n 1000 --steps 365 --seed 7 -o walks.parquet
    """
    from statsim import checks
    from statsim.cli.arrow_rows import default_count, steps_of
    from statsim.cli.conditions import condition
    from statsim.cli.model_file import load_model
    from statsim.cli.shards import shard_range

    began = time.monotonic()
    if output == "-" and as_json:
        raise click.UsageError("--json and -o - both want standard output; write the rows to a file")
    if seed is None:
        seed = _fresh_seed(shard)
    checks.row_range(0 if rows is None else rows, start, seed, repeatable=True)  # refused before anything is read
    loaded = condition(load_model(model), given)
    steps = steps_of(loaded, steps)
    rows, start = checks.row_range(default_count(loaded) if rows is None else rows, start, seed, repeatable=True)
    if shard:
        start, rows = shard_range(start, rows, *shard)
    with _target(output, force, formula_policy) as writer:
        columns = write_rows(loaded, writer, n=rows, start=start, seed=seed, num_threads=num_threads, steps=steps)
    if output != "-":
        _say(as_json, output=output, rows=writer.n_rows, columns=columns, start=start, seed=seed, seconds=time.monotonic() - began)


def write_rows(model, writer, *, n, start, seed, num_threads=None, steps=None):
    """Stream the rows, sequences or graphs [start, start + n) of a data set into a `TableWriter`, and return the number of columns."""
    from statsim.cli import progress
    from statsim.cli.arrow_rows import arrow_batches, no_rows, total_rows
    from statsim.cli.disk_space import check_space

    empty, total = no_rows(model), total_rows(model, n, steps)
    if total == 0:
        writer.write(empty)  # so that a file of no rows has its columns and types
    with progress.bar("sampling", total=total) as advance:
        for batch in arrow_batches(model, n, seed=seed, start=start, batch_rows=_BATCH_ROWS, num_threads=num_threads, steps=steps):
            writer.write(batch)
            if total and writer.n_rows == batch.num_rows < total and writer.path != "-":
                check_space(writer, total)
            advance(batch.num_rows)
    return empty.num_columns


@contextmanager
def _target(output, force, formula_policy):
    """The open writer that the rows go to."""
    from statsim.cli.output_path import check_output
    from statsim.cli.streams import standard_output
    from statsim.tables.writing import TableWriter

    if output == "-":
        with standard_output(), TableWriter(output, formula_policy=formula_policy) as writer:
            yield writer
        return
    check_output(output, force=force)
    with TableWriter(output, force=force, formula_policy=formula_policy) as writer:
        yield writer


def _fresh_seed(shard):
    if shard:
        raise click.UsageError("--shard needs --seed: without one, every shard would come from another data set")
    import secrets

    return secrets.randbelow(2**32)


def _say(as_json, *, output, rows, columns, start, seed, seconds):
    import os

    nbytes = os.path.getsize(output)
    document = {
        "output": output,
        "rows": rows,
        "columns": columns,
        "start": start,
        "seed": seed,
        "bytes": nbytes,
        "seconds": round(seconds, 3),
    }
    lines = show.pairs(
        [
            ("output", f"{output} ({show.size(nbytes)})"),
            ("rows", f"{rows:,} x {columns} columns" + (f", from row {start:,}" if start else "")),
            ("seed", seed),
            ("time", show.seconds(seconds)),
        ]
    )
    show.result(as_json, document, lines)
