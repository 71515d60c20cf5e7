"""Rows of any model as Arrow tables; the steps of a sequence and the edges of a graph are rows that name it."""

from statsim.cli.words import column_names
from statsim.errors import ArgumentError

STEPS = 100


def steps_of(model, steps):
    """Steps of each sequence that a model of sequences is to draw, None for models of rows.

    Raises
    ------
    ArgumentError
        When steps are given for a model of rows.
    """
    from statsim.sequence_model import SequenceModel

    if isinstance(model, SequenceModel):
        return STEPS if steps is None else steps
    if steps is not None:
        raise ArgumentError(f"--steps is for models of sequences, and this is a {type(model).__name__}; leave it out, -n counts rows")
    return None


def default_count(model):
    """How much is drawn where nobody says: one graph, 1000 rows or sequences."""
    return 1 if _is_graph(model) else 1000


def total_rows(model, n, steps):
    """Rows of a table of n rows, sequences or graphs; None where they are edges that have to be drawn first."""
    if _is_graph(model):
        return None if n else 0
    return n if steps is None else n * steps


def _is_graph(model):
    from statsim.models.graphs.graph_model import GraphModel

    return isinstance(model, GraphModel)


def arrow_batches(model, n, *, seed, start, batch_rows, num_threads=None, steps=None):
    """Yield the rows, sequences of `steps` steps or graphs [start, start + n) of the data set `seed`, as Arrow tables of about `batch_rows` rows."""
    if _is_graph(model):
        for number in range(start, start + n):
            for found in model.sample_edges(rng=seed, start=number, batch_edges=batch_rows):
                yield _as_edges(found, number)
        return
    if steps is not None:
        yield from _sequence_batches(model, n, steps, seed=seed, start=start, batch_rows=batch_rows, num_threads=num_threads)
        return
    for rows in model.sample_batches(
        n, rng=seed, start=start, batch_rows=batch_rows, num_threads=num_threads, **_as_pyarrow(model)
    ):
        yield _as_arrow(model, rows)


def _sequence_batches(model, count, steps, *, seed, start, batch_rows, num_threads):
    for batch in model.sample_batches(steps, n_sequences=count, rng=seed, start=start, batch_steps=batch_rows, num_threads=num_threads):
        yield _as_steps(model, batch, start)
        start += len(batch)


def _as_steps(model, sequences, first):
    """An Arrow table of sequences number first, first + 1, ...: their number, the number of the step, and the columns."""
    import numpy as np
    import pyarrow as pa

    lengths = [len(part) for part in sequences]
    rows = np.concatenate(sequences)
    places = {"sequence": np.repeat(np.arange(first, first + len(sequences), dtype=np.int64), lengths), "step": np.concatenate([np.arange(n) for n in lengths])}
    return pa.table({**places, **dict(zip(column_names(model), rows.T, strict=True))})


def _as_edges(edges, number):
    """An Arrow table of edges (m, 2) of graph `number`."""
    import numpy as np
    import pyarrow as pa

    numbers = np.full(len(edges), number, np.int64)
    return pa.table({"graph": numbers, "source": np.ascontiguousarray(edges[:, 0]), "target": np.ascontiguousarray(edges[:, 1])})


def no_rows(model):
    """An Arrow table of the model's columns without rows."""
    if _is_graph(model):
        import numpy as np

        return _as_edges(np.zeros((0, 2), np.int64), 0)
    if steps_of(model, None) is not None:
        return _as_steps(model, [model.sample(0, rng=0)], 0)
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
