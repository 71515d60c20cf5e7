"""A hidden Markov model given that an event happens in a sequence of n steps: exact draws by rejection."""

from functools import cached_property

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError, ArgumentTypeError


class SequenceEvent:
    """Made by `HiddenMarkovModel.where`; a target for `Rejection()`, which `statsim.samplers.sampling` uses for it.

    A draw is a sequence laid out as a row: step after step, ``x[t,j]`` for column j of step t.
    """

    def __init__(self, model, predicate, n):
        if not callable(predicate):
            raise ArgumentTypeError(f"predicate must be a function of sequences (m, n, d), got {predicate!r}")
        self.model, self.predicate, self.n = model, predicate, n

    def __repr__(self):
        return f"{self.model!r}.where(a predicate, n={self.n})"

    @property
    def dim(self):
        """Numbers in a sequence."""
        return self.n * self.model.n_features_in_

    @cached_property
    def names(self):
        """One name for each."""
        return tuple(f"x[{t},{j}]" for t in range(self.n) for j in range(self.model.n_features_in_))

    def default_method(self):
        """What `sample` uses when no method is named."""
        from statsim.samplers.rejection.rejection import Rejection

        return Rejection()

    def candidates(self, key):
        """The function (block) that rejection asks for candidates: sequences as rows (1024, n d), and for which the event happens."""
        seed = np.random.SeedSequence([int(word) for word in key])

        def propose(block):
            drawn = self.model.sample(self.n, n_sequences=BLOCK_ROWS, rng=seed, start=block * BLOCK_ROWS, num_threads=1)
            sequences = np.array(drawn, np.float64)
            return sequences.reshape(BLOCK_ROWS, -1), self.holds(sequences)

        return propose

    def holds(self, sequences):
        """Where the event happens, booleans (m,), for sequences (m, n, d)."""
        answer = np.asarray(self.predicate(sequences))
        if answer.shape != (len(sequences),) or answer.dtype != np.bool_:
            raise ArgumentError(
                f"predicate must map sequences of shape {sequences.shape} to {len(sequences)} truth values, it returned {answer.dtype} of shape "
                f"{answer.shape}; write it for arrays: lambda X: X[:, :, 0].max(axis=1) > 3"
            )
        return answer

    def shown(self, draws):
        """Draws as they are."""
        return draws
