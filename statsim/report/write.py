"""Compare, render, and put the page in place whole."""

from pathlib import Path

from statsim.metrics import compare_tables
from statsim.metrics.fidelity import ERROR_RATE
from statsim.outputs import atomic_output, refuse_existing
from statsim.report.likelihood import likelihood_scores


def write_report(real, synthetic, path, *, model=None, title=None, force=False, rng=0, error_rate=ERROR_RATE):
    """Write one self-contained HTML page that compares a synthetic table with a real one.

    What is not right comes first; then numbers with their uncertainty, each column, the structure of pairs, whole rows,
    missing values, and copies. The page loads nothing from a network and runs no script.

    Parameters
    ----------
    real, synthetic : data frame
        pandas, polars or pyarrow; columns are matched by name.
    path : str or path-like
        The HTML file. It appears whole or not at all.
    model : Model, optional
        With `score_samples`: the page then says how likely the real rows are under it, which means most for rows that the
        model was not fitted to.
    title : str, optional
        Heading of the page.
    force : bool
        Replace an existing file.
    rng : int, SeedSequence or Generator
        Chooses subsamples and halves; the same tables and integer give the same bytes.
    error_rate : float
        In (0, 1): chance that a perfect generator is accused of anything.

    Returns
    -------
    Fidelity
        The numbers on the page.

    Raises
    ------
    ArgumentTypeError, DataError
        See `statsim.metrics.compare_tables`.
    OutputError
        The file exists, or cannot be written.

    Examples
    --------
    >>> import numpy as np, pyarrow as pa, tempfile, pathlib
    >>> from statsim.report import write_report
    >>> x = np.random.default_rng(2).normal(size=1000)
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "report.html"
    >>> write_report(pa.table({"x": x[:500]}), pa.table({"x": x[500:]}), path).what_is_wrong()
    []
    """
    refuse_existing(path, force=force)  # before minutes of work, and again when the file is moved into place
    fidelity = compare_tables(real, synthetic, rng=rng, error_rate=error_rate)
    scores = None if model is None else likelihood_scores(model, real, synthetic)
    page = render(fidelity, title=title, scores=scores)
    with atomic_output(path, force=force) as file:
        file.write(page.encode("utf-8", errors="replace"))
    return fidelity


def render(fidelity, *, title=None, scores=None):
    """The page for a `Fidelity` (and log densities of real and own rows under a model), as a string."""
    import jinja2

    from statsim.report.page import view

    folder = Path(__file__).parent
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (folder / "style.css").read_text(encoding="utf-8")
    return environment.get_template("page.html").render(view(fidelity, title=title, scores=scores), style=style)
