"""Where the chain of a hidden Markov model stands among the coordinates of a target."""

from dataclasses import dataclass

import numpy as np

from statsim.models.hmm.chain import Chain, allowed_starts, allowed_transitions, checked_start, stationary
from statsim.samplers.supports import Simplex


@dataclass(frozen=True)
class ChainLayout:
    """Rows 0, ..., k - 1 are the transitions, row k is the start.

    Attributes
    ----------
    places : ndarray (k + 1, k) int64
        Coordinate of each probability, -1 where it is the constant of `fixed`.
    fixed : ndarray (k + 1, k)
    is_stationary : bool
        The start is the stationary law of the transitions.
    is_symmetric : bool
        States may change their numbers.
    names : list of str
    support : list
    """

    places: np.ndarray
    fixed: np.ndarray
    is_stationary: bool
    is_symmetric: bool
    names: list
    support: list

    def chain(self, x):
        """The `Chain` at x."""
        table = np.where(self.places >= 0, x[self.places], self.fixed)
        table /= table.sum(axis=1, keepdims=True) + (table.sum(axis=1, keepdims=True) == 0)
        return Chain(stationary(table[:-1]) if self.is_stationary else table[-1], np.ascontiguousarray(table[:-1]))

    def place(self, chain, x):
        """Write a `Chain` to x."""
        table = np.vstack([chain.transmat, chain.startprob])
        free = self.places >= 0
        x[self.places[free]] = table[free]


def chain_layout(topology, start, k):
    """The `ChainLayout` of k states, for the structure of a `HiddenMarkovModel`.

    Raises
    ------
    ArgumentError
    """
    start, allowed = checked_start(start, k), allowed_transitions(topology, k)
    is_stationary = isinstance(start, str) and start == "stationary"
    free = np.vstack([allowed, allowed_starts(topology, k) if isinstance(start, str) and not is_stationary else np.zeros(k, bool)])
    fixed = np.zeros((k + 1, k))
    if not isinstance(start, str):
        fixed[k] = start
    alone = free.sum(axis=1) == 1
    fixed[alone], free[alone] = free[alone], False
    places, names, support = np.full((k + 1, k), -1, np.int64), [], []
    for row in (k, *range(k)):
        own = np.flatnonzero(free[row])
        if own.size:
            places[row, own] = len(names) + np.arange(own.size)
            names += [f"startprob[{j}]" if row == k else f"transmat[{row},{j}]" for j in own]
            support.append(Simplex(int(own.size)))
    return ChainLayout(places, fixed, is_stationary, k > 1 and bool(allowed.all()) and isinstance(start, str), names, support)
