"""Fits of Parquet files that are read in batches, because as a table they would take much memory."""

import os

import numpy as np

from statsim.cli import progress

STREAM_BYTES = 256 * 2**20
"""A Parquet file whose numbers take more than this is read in batches, where the model can be fitted so."""

_BATCH_ROWS = 65_536


def rows_to_stream(path, columns, request, kind):
    """`ParquetRows` of a file that should be read in batches for a model of class `kind`; None for one to be read whole."""
    from statsim.tables.batches.parquet_rows import ParquetRows

    if not (getattr(kind, "_takes_batches", False) and request.sequence is None and _is_parquet(path)):
        return None
    rows = ParquetRows(path, columns, None, _BATCH_ROWS)
    return rows if rows.n_bytes > STREAM_BYTES else None


def fit_in_batches(model, rows):
    """Fit a model to `ParquetRows`, with a progress bar; the account's data: `Batches` and their number in words."""
    from statsim.models.feature_names import remember_names
    from statsim.tables.batches import Batches

    with progress.bar("fitting", total=None) as advance:
        batches = Batches(_watched(rows, advance), batch_rows=_BATCH_ROWS)
        model.fit(batches)
    remember_names(model, None)  # scores take arrays; the names come back for the file
    return batches, f"{batches.n_rows:,} rows, in batches"


def mean_score(model, batches):
    """Mean log density of a row and its standard error, in one pass."""
    total, squares, centre, n = 0.0, 0.0, None, 0
    for X, _ in batches.chunks():
        scores = model.score_samples(X)
        centre = float(scores[0]) if centre is None else centre
        total, squares, n = total + float((scores - centre).sum()), squares + float(((scores - centre) ** 2).sum()), n + len(scores)
    return centre + total / n, float(np.sqrt(max(squares / n - (total / n) ** 2, 0.0) / max(n - 1, 1)))


def _watched(rows, advance):
    """The function that begins a pass which moves the bar."""
    passes = 0

    def batches():
        nonlocal passes
        passes += 1
        for part in rows.batches():
            yield part
            advance(description=f"pass {passes}: {part.first_row + part.frame.num_rows:,} of {rows.n_rows:,} rows")

    return batches


def _is_parquet(path):
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
            return file.read(4) == b"PAR1"
    except (OSError, ValueError):
        return False  # the reader of tables says what is wrong with it
