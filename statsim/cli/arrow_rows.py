"""Rows of any model as Arrow tables."""


def arrow_batches(model, n, *, seed, start, batch_rows, num_threads=None):
    """Yield the rows [start, start + n) of the data set `seed`, as Arrow tables of at most `batch_rows` rows."""
    for rows in model.sample_batches(n, rng=seed, start=start, batch_rows=batch_rows, num_threads=num_threads):
        yield _as_arrow(rows)


def arrow_schema(model):
    """The Arrow schema of the rows, from a sample of none."""
    return _as_arrow(model.sample(0, rng=0)).schema


def _as_arrow(rows):
    import numpy as np
    import pyarrow as pa

    if isinstance(rows, np.ndarray):
        return pa.table({f"x{j}": column for j, column in enumerate(rows.T)})
    from statsim.tables.frames import frame_to_arrow

    return frame_to_arrow(rows)
