"""One small fitted model of every kind: what the law tests run over. A new model adds a line here."""

import numpy as np

import statsim as ss
from tests.golden.compute import mixture, table


def _constant_column():
    covariance = np.array([[2.0, 0.0], [0.0, 0.0]])
    return ss.GaussianMixture.from_parameters(weights=[1.0], means=[[1.0, 5.0]], covariances=[covariance])


def _one_column():
    return ss.GaussianMixture.from_parameters(weights=[0.25, 0.75], means=[[-2.0], [1.0]], covariances=[[[0.25]], [[1.0]]])


SPECIMENS = {
    "mixture full": lambda: mixture("full"),
    "mixture tied": lambda: mixture("tied"),
    "mixture diag": lambda: mixture("diag"),
    "mixture spherical": lambda: mixture("spherical"),
    "mixture one column": _one_column,
    "mixture constant column": _constant_column,
    "table mixture": table,
}


def as_bytes(rows):
    """The bytes of whatever `sample` returned."""
    if hasattr(rows, "layout"):
        return b"".join(as_bytes(block) for block in (rows.continuous, rows.discrete, rows.counts))
    return np.ascontiguousarray(rows).tobytes()


def joined(parts):
    """Rows of consecutive requests as the rows of one."""
    if hasattr(parts[0], "layout"):
        blocks = ([getattr(part, name) for part in parts] for name in ("continuous", "discrete", "counts"))
        return b"".join(np.concatenate(block).tobytes() for block in blocks)
    return np.concatenate(parts).tobytes()
