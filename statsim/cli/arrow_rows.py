"""Rows of any model as Arrow tables."""

from statsim.cli.words import column_names


def arrow_batches(model, n, *, seed, start, batch_rows, num_threads=None):
    """Yield the rows [start, start + n) of the data set `seed`, as Arrow tables of at most `batch_rows` rows."""
    for rows in model.sample_batches(
        n, rng=seed, start=start, batch_rows=batch_rows, num_threads=num_threads, **_as_pyarrow(model)
    ):
        yield _as_arrow(model, rows)


def no_rows(model):
    """An Arrow table of the model's columns without rows."""
    return _as_arrow(model, model.sample(0, rng=0, **_as_pyarrow(model)))


def _as_pyarrow(model):
    """What makes a model of tables draw Arrow tables, whatever frame it was fitted to (pandas may not be installed here)."""
    return {"as_frame": "pyarrow"} if hasattr(model, "schema_") else {}


def _as_arrow(model, rows):
    import numpy as np
    import pyarrow as pa

    from statsim.tables.arrays import TableArrays
    from statsim.tables.frames import frame_to_arrow

    if isinstance(rows, np.ndarray):
        return pa.table(dict(zip(column_names(model), rows.T, strict=True)))
    return _coded(rows) if isinstance(rows, TableArrays) else frame_to_arrow(rows)


def _coded(rows):
    """Coded table rows: continuous columns z0, z1, ..., level codes d0, d1, ..., counts c0, c1, ...; missing cells are null."""
    import numpy as np
    import pyarrow as pa

    columns = {}
    for letter, block in (("z", rows.continuous), ("d", rows.discrete), ("c", rows.counts)):
        for j, column in enumerate(block.T):
            missing = np.isnan(column) if letter == "z" else column < 0
            columns[f"{letter}{j}"] = pa.array(np.ascontiguousarray(column), mask=missing)
    return pa.table(columns)
