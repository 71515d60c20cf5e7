"""A model restricted to the rows for which a predicate holds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True)
class Truncation:
    """The law of a model's row given that `predicate` holds: a target for `Rejection()`, which then needs no bound.

    Parameters
    ----------
    model : model
        With `sample`.
    predicate : callable
        `predicate(rows)` of rows (n, d) returns booleans (n,).

    Examples
    --------
    >>> from statsim import GaussianMixture
    >>> from statsim.samplers.rejection.rejection import Rejection
    >>> from statsim.samplers.sampling import sample
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

    @cached_property
    def dim(self):
        """Number of columns of a row."""
        return np.asarray(self.model.sample(1, rng=0)).shape[1]

    @property
    def names(self):
        """One name per column."""
        return tuple(f"x[{i}]" for i in range(self.dim))

    def candidates(self, key):
        """The function (block) that rejection asks for candidates: rows of the model (1024, d), and for which the predicate holds (1024,)."""
        seed = np.random.SeedSequence([int(word) for word in key])

        def propose(block):
            rows = np.asarray(self.model.sample(BLOCK_ROWS, rng=seed, start=block * BLOCK_ROWS, num_threads=1), np.float64)
            return rows, self.holds(rows)

        return propose

    def holds(self, rows):
        """Where the predicate holds, booleans (n,)."""
        answer = np.asarray(self.predicate(rows))
        if answer.shape != (len(rows),) or answer.dtype != np.bool_:
            raise ArgumentError(f"predicate must return {len(rows)} booleans for {len(rows)} rows, got {answer.dtype} of shape {answer.shape}")
        return answer
