"""One small fitted model of every kind: what the law tests run over. A new model adds a line here."""

from functools import cache

import numpy as np
import pyarrow as pa

import statsim as ss
from statsim.data import load_penguins
from tests.golden.compute import mixture, table


def _constant_column():
    covariance = np.array([[2.0, 0.0], [0.0, 0.0]])
    return ss.GaussianMixture.from_parameters(weights=[1.0], means=[[1.0, 5.0]], covariances=[covariance])


def _one_column():
    return ss.GaussianMixture.from_parameters(weights=[0.25, 0.75], means=[[-2.0], [1.0]], covariances=[[[0.25]], [[1.0]]])


@cache
def _synthesizer():
    """Numbers, categories, missing cells, and an identifier that is never copied."""
    birds = load_penguins(as_frame="pyarrow")
    return ss.Synthesizer(2, method=ss.MLE(n_init=2), rng=0).fit(birds.append_column("tag", [[f"P-{7 * i:05d}" for i in range(len(birds))]]))


SPECIMENS = {
    "mixture full": lambda: mixture("full"),
    "mixture tied": lambda: mixture("tied"),
    "mixture diag": lambda: mixture("diag"),
    "mixture spherical": lambda: mixture("spherical"),
    "mixture one column": _one_column,
    "mixture constant column": _constant_column,
    "table mixture": table,
    "synthesizer": _synthesizer,
}


def as_bytes(rows):
    """The bytes of whatever `sample` returned."""
    if isinstance(rows, pa.Table):
        return repr([rows.schema, rows.to_pylist()]).encode() if rows.num_rows else b""
    if hasattr(rows, "layout"):
        return b"".join(as_bytes(block) for block in (rows.continuous, rows.discrete, rows.counts))
    return np.ascontiguousarray(rows).tobytes()


def joined(parts):
    """The bytes of the rows of consecutive requests as those of one."""
    if isinstance(parts[0], pa.Table):
        return as_bytes(pa.concat_tables(parts))
    if hasattr(parts[0], "layout"):
        blocks = ([getattr(part, name) for part in parts] for name in ("continuous", "discrete", "counts"))
        return b"".join(np.concatenate(block).tobytes() for block in blocks)
    return np.concatenate(parts).tobytes()
