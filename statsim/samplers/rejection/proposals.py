"""Proposals of rejection: where candidates come from, block by block, and their log density."""

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.samplers.rejection.candidates import BLOCK

SIZE = 4 * BLOCK
"""Candidates in a block: enough to hide what a call of a model costs."""


def proposal_of(proposal, seed, dim):
    """A proposal as `Candidates`, from a model or a pair (draw, log_density)."""
    if hasattr(proposal, "sample") and hasattr(proposal, "score_samples"):
        return ModelCandidates(proposal, seed, dim)
    if isinstance(proposal, (tuple, list)) and len(proposal) == 2 and all(map(callable, proposal)):
        return PairCandidates(*proposal, seed, dim)
    raise ArgumentTypeError(f"proposal must be a model with sample and score_samples, or a pair of functions (draw, log_density), got {proposal!r}")


class ModelCandidates:
    """Rows of one data set of a model; block b holds rows b 4096, b 4096 + 1, ..."""

    def __init__(self, model, seed, dim):
        self._model, self._seed, self._dim = model, seed, dim

    def rows(self, block):
        """Candidates (4096, dim)."""
        rows = self._model.sample(SIZE, rng=self._seed, start=block * SIZE, num_threads=1)
        return _checked(rows, self._dim, f"{type(self._model).__name__}.sample")

    def log_density(self, rows):
        """Log density of each row (n,)."""
        return np.asarray(self._model.score_samples(rows), np.float64)


class PairCandidates:
    """Candidates of `draw(n, generator)`, with a NumPy generator of its own for each block."""

    def __init__(self, draw, log_density, seed, dim):
        self._draw, self._log_density, self._seed, self._dim = draw, log_density, seed, dim

    def rows(self, block):
        """Candidates (4096, dim)."""
        words = [int(word) for word in self._seed.generate_state(4, np.uint64)]
        generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([*words, block])))
        return _checked(self._draw(SIZE, generator), self._dim, "draw(n, generator)")

    def log_density(self, rows):
        """Log density of each row (n,)."""
        values = np.asarray(self._log_density(rows), np.float64)
        if values.shape != (len(rows),):
            raise ArgumentError(f"the proposal's log_density must return {len(rows)} numbers for {len(rows)} rows, got shape {values.shape}")
        return values


def _checked(rows, dim, source):
    rows = np.asarray(rows, np.float64)
    rows = rows[:, None] if rows.ndim == 1 and dim == 1 else rows
    if dim is not None and rows.shape != (SIZE, dim):
        raise ArgumentError(f"{source} must give rows of shape ({SIZE}, {dim}) for n={SIZE}, got {rows.shape}")
    if not np.isfinite(rows).all():
        raise ArgumentError(f"{source} gave a row that is not finite: {rows[~np.isfinite(rows).all(1)][0]}")
    return rows
