r"""Rows that come in batches, replaced by 2 d rows with the same weight, mean and covariance.

Mean and covariance are all that the normal likelihood and its penalties ask of rows, so whatever fits rows fits the stand-ins:
:math:`\pm \sqrt{d}\, a_j`, where :math:`\sum_j a_j a_j^T` is the covariance.
"""

from dataclasses import dataclass

import numpy as np

from statsim.distributions.running_moments import RunningMoments
from statsim.errors import ArgumentError


@dataclass(frozen=True)
class StandIns:
    """Rows (2 d, d) less `centre` (d,), the weight of each, and the number of rows they stand for."""

    rows: np.ndarray
    weights: np.ndarray
    centre: np.ndarray
    n_rows: int

    @classmethod
    def of(cls, batches):
        """One pass over `Batches`."""
        moments, heavy = RunningMoments(), 0
        for X, weights in batches.chunks():
            moments.add(X, weights)
            heavy += int(np.count_nonzero(weights))
        if heavy < 2:
            raise ArgumentError(f"n_samples={heavy}: a covariance needs at least 2 rows with a positive weight")
        axes = _axes(moments.covariance())
        rows = np.concatenate([axes, -axes]) * np.sqrt(len(axes)) + moments.difference
        rows[:, ~moments.moves] = 0.0
        return cls(rows, np.full(len(rows), moments.weight / len(rows)), moments.centre, batches.n_rows)


def _axes(covariance):
    """Vectors a_j in rows (d, d) with sum_j a_j a_j^T the covariance; found in standard units, so that small columns keep their digits."""
    spread = np.sqrt(np.diagonal(covariance))
    scale = np.where(spread > 0, spread, 1.0)
    values, vectors = np.linalg.eigh(covariance / scale[:, None] / scale)
    return (vectors * np.sqrt(np.maximum(values, 0.0))).T * scale
