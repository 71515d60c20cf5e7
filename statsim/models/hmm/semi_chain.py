"""The chain of a hidden semi-Markov model: which state follows another, with no state following itself."""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.models.hmm.chain import Chain, allowed_transitions


def checked_semi_chain(startprob, transmat):
    """A `Chain` from a user's arrays; a state that is never left follows itself.

    Raises
    ------
    ArgumentError
        Naming the row that does not sum to 1, or the diagonal that is not 0, with its value.
    """
    transmat = checks.data_matrix(transmat, "transmat")
    k = len(transmat)
    if transmat.shape != (k, k):
        raise ArgumentError(f"transmat must be square (k, k), got shape {transmat.shape}")
    own = np.flatnonzero((transmat.diagonal() != 0.0) & (transmat.diagonal() != 1.0)) if k > 1 else ()
    if len(own):
        raise ArgumentError(
            f"transmat must have a zero diagonal, got transmat[{own[0]}, {own[0]}] = {transmat[own[0], own[0]]:g}: how long a state is "
            f"stayed in is the matter of its sojourn law; set the diagonal to 0 and divide each row by its sum (1 there is a state that is never left)"
        )
    if k == 1 and transmat[0, 0] != 1.0:
        raise ArgumentError(f"transmat of a single state must be [[1.0]], got {transmat.tolist()}: there is no other state to go to")
    transmat = checks.probability_rows(transmat, "transmat")
    if isinstance(startprob, str):
        raise ArgumentError(f"startprob must hold {k} probabilities, got {startprob!r}: every sequence begins with a fresh sojourn, and no law is stationary")
    start = np.asarray(startprob, np.float64)
    if start.shape != (k,):
        raise ArgumentError(f"startprob must have shape ({k},), one probability for each state of transmat, got {start.shape}")
    return Chain(checks.probability_rows(start[None], "startprob")[0], transmat)


def is_left(transmat):
    """Which states (k,) are left at all."""
    return transmat.diagonal() < 1.0


def allowed_successors(topology, k):
    """Which states may follow another (k, k), for a topology as `allowed_transitions` has it; only itself follows one that is never left."""
    others = allowed_transitions(topology, k) & ~np.eye(k, dtype=bool)
    return others | np.diag(~others.any(axis=1))


def without_self(transmat, allowed):
    """Transitions (k, k) of a Markov chain given that the state is left, to states that are `allowed` (k, k); one never left goes to any of them."""
    moves = np.where(allowed, transmat, 0.0)
    alone = allowed & np.eye(len(transmat), dtype=bool)
    moves[alone.any(axis=1)] = 0.0
    totals = moves.sum(axis=1, keepdims=True)
    spread = np.where(allowed.any(axis=1, keepdims=True), allowed, np.eye(len(transmat)))
    return np.where(totals > 0, moves / np.where(totals > 0, totals, 1.0), spread / spread.sum(axis=1, keepdims=True))
