"""A model restricted to the rows for which a predicate holds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True)
class Truncation:
    """The law of a model's row given that `predicate` holds: a target for `Rejection()`, whose bound is then known to be 0.

    Parameters
    ----------
    model : model
        With `sample`.
    predicate : callable
        `predicate(rows)` of rows (n, d) returns booleans (n,).

    Examples
    --------
    >>> from statsim import GaussianMixture
    >>> from statsim.samplers.rejection import Rejection
    >>> from statsim.samplers.sample import sample
    >>> model = GaussianMixture.from_parameters(weights=[1.0], means=[[0.0, 0.0]], covariances=[[[1.0, 0.0], [0.0, 1.0]]])
    >>> draws = sample(Truncation(model, lambda rows: rows.sum(1) > 3), Rejection(), draws=100, rng=0)
    >>> bool((draws.values.sum(2) > 3).all())
    True
    """

    model: Any
    predicate: Callable

    def __post_init__(self):
        if not hasattr(self.model, "sample"):
            raise ArgumentTypeError(f"model must have sample, got {self.model!r}")
        if not callable(self.predicate):
            raise ArgumentTypeError(f"predicate must be a function of rows (n, d), got {self.predicate!r}")

    def holds(self, rows):
        """Where the predicate holds, booleans (n,)."""
        answer = np.asarray(self.predicate(rows))
        if answer.shape != (len(rows),) or answer.dtype != np.bool_:
            raise ArgumentError(f"predicate must return {len(rows)} booleans for {len(rows)} rows, got {answer.dtype} of shape {answer.shape}")
        return answer
