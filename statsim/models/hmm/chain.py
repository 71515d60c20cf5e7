"""The chain of hidden states: where it starts, how it moves, and which moves are allowed."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError

TOPOLOGIES = ("ergodic", "left-right", "banded")
STARTS = ("free", "stationary")
_FAINT = 1e-40  # a transition less probable than this cannot bring back a state that the scaled forward pass has lost


@dataclass(frozen=True)
class Chain:
    """Start probabilities (k,) and transition probabilities (k, k), rows summing to 1."""

    startprob: np.ndarray
    transmat: np.ndarray

    @property
    def n_states(self):
        """Number of states k."""
        return len(self.startprob)

    @property
    def is_strict(self):
        """Whether some states are led to so rarely that the forward pass must watch for them."""
        return bool(self.transmat.min() < _FAINT)

    def reordered(self, order):
        """The chain whose state i is state order[i] of this one."""
        return Chain(self.startprob[order], self.transmat[np.ix_(order, order)])


def checked_chain(startprob, transmat):
    """A `Chain` from a user's arrays; `startprob` may be "stationary".

    Raises
    ------
    ArgumentError
        Naming the row that does not sum to 1, with its sum.
    """
    transmat = checks.probability_rows(checks.data_matrix(transmat, "transmat"), "transmat")
    k = len(transmat)
    if transmat.shape != (k, k):
        raise ArgumentError(f"transmat must be square (k, k), got shape {transmat.shape}")
    if isinstance(startprob, str):
        checks.choice(startprob, "startprob", ("stationary",))
        return Chain(stationary(transmat), transmat)
    start = np.asarray(startprob, np.float64)
    if start.shape != (k,):
        raise ArgumentError(f"startprob must have shape ({k},), one probability for each state of transmat, got {start.shape}")
    return Chain(checks.probability_rows(start[None], "startprob")[0], transmat)


def stationary(transmat):
    """The stationary law (k,) of a chain with one closed class.

    Raises
    ------
    ArgumentError
        When there are several.
    """
    k = len(transmat)
    system = np.vstack([transmat.T - np.eye(k), np.ones(k)])
    law, _, rank, _ = np.linalg.lstsq(system, np.append(np.zeros(k), 1.0), rcond=1e-12)
    if rank < k:
        raise ArgumentError(f"the chain has no unique stationary law: transmat splits into parts that never meet, {transmat.tolist()}"[:400])
    law = np.maximum(law, 0.0)
    return law / law.sum()


def allowed_transitions(topology, k):
    """Which transitions (k, k) a topology has: an array of bools; "left-right" moves to itself or the next state, "banded" one either way.

    Raises
    ------
    ArgumentError
    """
    if not isinstance(topology, str):
        mask = np.asarray(topology)
        if mask.shape != (k, k) or mask.dtype.kind not in "bif" or not (mask != 0).any(axis=1).all():
            raise ArgumentError(f"topology as an array must be ({k}, {k}) with a transition allowed in each row, got {topology!r}"[:300])
        return mask != 0
    checks.choice(topology, "topology", TOPOLOGIES)
    distance = np.arange(k)[None, :] - np.arange(k)[:, None]
    if topology == "left-right":
        return (distance == 0) | (distance == 1)
    return np.abs(distance) <= 1 if topology == "banded" else np.ones((k, k), bool)


def allowed_starts(topology, k):
    """Which states (k,) a sequence may begin in: only the first of a left-right chain."""
    return np.arange(k) == 0 if isinstance(topology, str) and topology == "left-right" else np.ones(k, bool)


def checked_start(start, k):
    """ "free", "stationary", or start probabilities (k,).

    Raises
    ------
    ArgumentError
    """
    if isinstance(start, str):
        if start not in ("free", "stationary"):
            raise ArgumentError(f"start must be 'free', 'stationary' or an array of {k} probabilities, got {start!r}")
        return start
    given = np.asarray(start, np.float64)
    if given.shape != (k,) or not (given >= 0).all() or not abs(given.sum() - 1.0) <= 1e-8:
        raise ArgumentError(f"start as an array must hold {k} probabilities that sum to 1, got {np.array(given).tolist()}"[:300])
    return given / given.sum()
