"""`statsim report`: how close synthetic rows come to real ones."""

import click

from statsim.cli import options, show


@click.command()
@click.argument("real", type=click.Path())
@click.argument("synthetic", type=click.Path())
@click.option("-o", "--output", required=True, type=click.Path(), help="The HTML file to write.")
@click.option("--model", type=click.Path(), help="A model file: also say how likely the real rows are under it.")
@click.option("--title", help="Heading of the page.")
@click.option(
    "--error-rate",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.01,
    show_default=True,
    help="Chance that a perfect generator is accused of anything.",
)
@options.delimiter_option
@options.max_bytes_option
@options.force_option
@options.json_option
def report(real, synthetic, output, model, title, error_rate, delimiter, max_bytes, force, as_json):
    """Compare synthetic rows with real ones in one self-contained HTML file.

    REAL and SYNTHETIC are CSV, Parquet or Arrow files; columns are matched by name. What is not right is said first.

    \b
    Examples:
      statsim report people.csv rows.parquet -o report.html
      statsim report kept-from-the-fit.csv rows.parquet --model model.json -o report.html
    """
    from statsim.cli import progress
    from statsim.cli.model_file import load_model
    from statsim.cli.output_path import check_output
    from statsim.report import write_report
    from statsim.tables.reading import read_table

    check_output(output, force=force)
    loaded = None if model is None else load_model(model)
    with progress.bar("comparing", total=None):
        tables = [read_table(path, delimiter=delimiter, max_bytes=max_bytes) for path in (real, synthetic)]
        fidelity = write_report(*tables, output, model=loaded, title=title, force=force, error_rate=error_rate)
    lines = [*findings(fidelity.what_is_wrong()), f"report    {output}"]
    show.result(as_json, {"output": output, **fidelity.to_document()}, lines)


def findings(wrong):
    """Lines that say what is not right, or that nothing was found."""
    if not wrong:
        return ["findings  none: nothing wrong was found"]
    return [f"findings  {len(wrong)}", *(f"  - {sentence}" for sentence in wrong)]
