"""`statsim fit`: a table in, a model file out."""

import os
import time

import click

from statsim.cli import options, show

_KINDS = ("numeric", "count", "categorical", "ordinal", "identifier")
_TYPES = ("float", "integer", "boolean", "date", "timestamp")


@click.command()
@click.argument("data", type=click.Path())
@click.option("-o", "--output", required=True, type=click.Path(), help="The model file to write.")
@click.option("--model", "family", default="Synthesizer", show_default=True, help="The family to fit; see statsim models.")
@click.option("--set", "settings", type=options.Cell(), multiple=True, metavar="NAME=VALUE", help="An argument of the model, with --model. May be given again.")
@click.option("--sequence", metavar="COLUMN", help="With a model of sequences: the column that tells them apart; the rows of each are its steps.")
@click.option("--private", type=click.IntRange(min=2), metavar="N", help="With KernelDensity: keep means of groups of N rows and more, no row itself.")
@click.option("--raw-rows", is_flag=True, help="With KernelDensity: the model file may hold the rows of the data.")
@click.option("--columns", type=options.Names(), help="Only these columns, in this order.")
@click.option(
    "--components",
    type=options.Components(),
    default="auto",
    show_default=True,
    help="How many; auto takes the number with the lowest BIC.",
)
@click.option(
    "--criterion",
    type=click.Choice(["bic", "icl", "aic", "cv"]),
    help="With --model and --components auto: fit 1 to 8 components and keep the best; cv scores rows left out.",
)
@click.option("--method", type=click.Choice(["mle"]), default="mle", show_default=True, help="The principle of the fit.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Chooses the starts of the search; the same seed, the same file.",
)
@click.option("--min-count", type=click.IntRange(min=1), help="Nothing in the file rests on fewer rows.  [default: 5]")
@click.option(
    "--kind",
    "kinds",
    type=options.Cell(),
    multiple=True,
    metavar="COLUMN=KIND",
    help=f"Where the kind should not be guessed: {', '.join(_KINDS)}. May be given again.",
)
@click.option(
    "--missing-value",
    "missing",
    type=options.Cell(),
    multiple=True,
    help="A value that means missing, for instance age=-999. May be given again.",
)
@click.option(
    "--coerce",
    type=options.Cell(),
    multiple=True,
    metavar="COLUMN=TYPE",
    help=f"Read text as {', '.join(_TYPES)}; a cell that is none becomes missing. May be given again.",
)
@click.option("--schema", type=click.Path(), help="A schema file (see statsim inspect --schema) instead of learning one.")
@options.delimiter_option
@options.max_bytes_option
@options.force_option
@options.json_option
def fit(
    data, output, family, settings, sequence, private, raw_rows, columns, components, criterion, method, seed, min_count, kinds, missing, coerce, schema, delimiter, max_bytes, force, as_json
):
    """Learn a model from a table and write it to a file.

    DATA is a CSV, Parquet or Arrow file. The model file is JSON that can be read and committed; it holds no row of the data, unless
    --raw-rows asks for it.

    \b
    Examples:
      statsim fit people.csv -o model.json
      statsim fit people.csv -o model.json --columns age,income --components 4
      statsim fit sensors.csv -o model.json --missing-value temperature=-999
      statsim fit walks.csv -o walks.json --model HiddenMarkovModel --components 3 --sequence walker
      statsim fit points.csv -o points.json --model GaussianMixture --components auto --criterion icl
    """
    if family != "Synthesizer":
        from statsim.cli import families

        table_only = {"--kind": kinds, "--missing-value": missing, "--coerce": coerce, "--schema": schema, "--min-count": min_count}
        wanted = families.Request(family, components, settings, sequence, seed, private, raw_rows, criterion)
        _fit_by_name(data, output, wanted, columns, table_only, delimiter, max_bytes, force, as_json)
        return
    if criterion not in (None, "bic"):
        raise click.UsageError(f"--criterion {criterion} goes with --model NAME; a Synthesizer takes the number with the lowest BIC")
    if settings or sequence or private or raw_rows:
        raise click.UsageError("--set, --sequence, --private and --raw-rows go with --model NAME, another than Synthesizer")
    from statsim.cli.fit_account import account, lines
    from statsim.cli.output_path import check_output
    from statsim.cli.warned import collected
    from statsim.tables.reading import read_table

    began = time.monotonic()
    if schema is not None and (columns or kinds or missing or coerce or min_count is not None):
        raise click.UsageError(
            "--schema says what the columns are; leave out --columns, --kind, --missing-value, --coerce and --min-count"
        )
    check_output(output, force=force)
    with collected() as warned:
        frame = read_table(data, columns=columns, delimiter=delimiter, max_bytes=max_bytes)
        known = _read_schema(schema) if schema else _learn(frame, min_count or 5, kinds, missing, coerce)
        model = fit_model(frame, schema=known, components=components, method=method, seed=seed)
    model.save(output, force=force)
    document = account(model, frame, output=output, warned=warned, seconds=time.monotonic() - began)
    show.result(as_json, document, lines(document))


def _fit_by_name(data, output, request, columns, table_only, delimiter, max_bytes, force, as_json):
    """Fit a model of the catalog that is not the table's own."""
    from statsim.catalog import ENTRIES
    from statsim.cli import families, fit_stream
    from statsim.cli.output_path import check_output
    from statsim.cli.warned import collected
    from statsim.tables.reading import read_table

    began, known = time.monotonic(), [name for name in ENTRIES if name != "TableMixture"]
    if request.name not in known:
        raise click.UsageError(f"--model {request.name}: there is no such family; there are {', '.join(known)}")
    for name, value in table_only.items():
        if value:
            raise click.UsageError(f"{name} is for tables of mixed types, and a {request.name} takes numbers; leave it out")
    families.check_consent(request)
    check_output(output, force=force)
    wanted = tuple(dict.fromkeys([*columns, request.sequence])) if columns and request.sequence else columns
    with collected() as warned:
        model = families.new_model(request)
        rows = fit_stream.rows_to_stream(data, columns, request, type(model))
        if rows is not None:
            X, counted = fit_stream.fit_in_batches(model, rows)
        else:
            frame = read_table(data, columns=wanted, delimiter=delimiter, max_bytes=max_bytes)
            model, X, counted = families.fit_family(request, frame)
    document = families.account(model, X, counted)
    families.name_columns(model, request, frame if rows is None else rows)
    model.save(output, force=force, rows=request.raw_rows)
    document = {
        **document, "output": output, "bytes": os.path.getsize(output), "seconds": round(time.monotonic() - began, 3),
        "warnings": list(dict.fromkeys([*warned, *document["warnings"]])),
    }  # fmt: skip
    show.result(as_json, document, families.lines(document))


def fit_model(frame, *, schema=None, components="auto", method="mle", seed=0):
    """A `Synthesizer` fitted to a frame, with a progress bar where that takes several fits."""
    from statsim import Synthesizer
    from statsim.cli import progress

    model = Synthesizer(components, method=method, schema=schema, rng=seed)
    with progress.bar("fitting", total=None) as advance:
        return model.fit(frame, progress=lambda k, bic: advance(description=f"{k} component{'s' * (k > 1)}: BIC {bic:.1f}"))


def _learn(frame, min_count, kinds, missing, coerce):
    from statsim.tables.cleaning import Coerce
    from statsim.tables.learning import learn_schema

    declared = {}
    for column, value in missing:
        declared.setdefault(column, []).append(value)
    steps = [Coerce(column, to, errors="missing") for column, to in coerce]
    return learn_schema(frame, min_count=min_count, kinds=dict(kinds), missing_values=declared, cleaning=steps)


def _read_schema(path):
    """The schema in a schema file, or in a model file."""
    from statsim.errors import FileRefusedError
    from statsim.files import read_document
    from statsim.tables.schema import TableSchema

    try:
        document = read_document(path)
    except OSError as error:
        raise FileRefusedError(f"cannot read the schema file {path}: {error.strerror or error}") from error
    parameters = document.get("parameters")
    try:
        return TableSchema.from_document(
            parameters["schema"] if isinstance(parameters, dict) and "schema" in parameters else document
        )
    except FileRefusedError as error:
        raise FileRefusedError(f"{path}: {error}") from error
