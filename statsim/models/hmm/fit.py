"""From sequences to the parameters of a hidden Markov model: standard units, search, and back."""

import math
from dataclasses import replace

import numpy as np

from statsim.errors import ArgumentError, FitError
from statsim.models.hmm.chain import allowed_starts, allowed_transitions
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.hmm.steps import HiddenMarkovSteps
from statsim.sequences import Sequences


def fit_hidden_markov(sequences, weights, *, emission, k, topology, start, method, key, first=None):
    """Fit a chain of k states.

    Parameters
    ----------
    sequences : Sequences
    weights : (n_sequences,) or None
    emission : Emission
        Its structure.
    topology : see `allowed_transitions`
    start : "free", "stationary" or (k,)
    method : MLE
    key : (2,) uint64
    first : HiddenMarkovState, optional
        Where to begin instead of searching.

    Returns
    -------
    HiddenMarkovState, FitResult
    """
    allowed, allowed_first = allowed_transitions(topology, k), allowed_starts(topology, k)
    sequences, weights = counted(sequences, weights)
    centre, scale = units_of(sequences.values) if emission.standardises else (0.0, 1.0)
    inside = Sequences((sequences.values - centre) / scale if emission.standardises else sequences.values, sequences.offsets)
    fixed = None
    if not isinstance(start, str):
        fixed, allowed_first = start, np.ones(k, bool)
    elif allowed_first.sum() == 1:
        fixed = allowed_first.astype(float)
    steps = HiddenMarkovSteps(
        inside, weights, emission.pooled(inside.values, k), k, allowed, allowed_first,
        start_is_stationary=isinstance(start, str) and start == "stationary", fixed_start=fixed,
        offset=log_offset(sequences, weights, scale) if emission.standardises else 0.0,
    )  # fmt: skip
    if emission.standardises and first is not None:
        first = first._replace(emission=first.emission.rescaled(-centre / scale, 1.0 / scale))
    state, result = method.fit(steps, key=key, first=first)
    law = state.emission.rescaled(centre, scale) if emission.standardises else state.emission
    return HiddenMarkovState(state.chain, law), worded(result)


def counted(sequences, weights):
    """The sequences with positive weight."""
    if weights is None:
        return sequences, np.ones(len(sequences))
    kept = np.flatnonzero(weights > 0)
    if len(kept) == len(sequences):
        return sequences, weights
    values = np.concatenate([sequences.values[sequences.offsets[i] : sequences.offsets[i + 1]] for i in kept])
    return Sequences(values, np.concatenate([[0], np.cumsum(sequences.lengths[kept])]).astype(np.int64)), weights[kept]


def units_of(values):
    """Centre and scale (d,): a value of the column near its mean, and a power of two near its standard deviation.

    Raises
    ------
    FitError
        For constant columns, and for columns of which nothing was observed.
    """
    unseen = np.flatnonzero(np.isnan(values).all(axis=0))
    if unseen.size:
        raise FitError(f"column {int(unseen[0])} of X has no observed value; leave it out")
    centre, scale = np.empty(values.shape[1]), np.empty(values.shape[1])
    for j, column in enumerate(values.T):
        seen = np.sort(column[~np.isnan(column)])
        centre[j] = seen[len(seen) // 2]
        spread = float(np.sqrt(np.mean(((seen - centre[j]) / max(seen[-1] - seen[0], 1e-300)) ** 2))) * (seen[-1] - seen[0])
        if not spread > 0:
            raise FitError(f"column {j} of X is the constant {seen[0]:g}: a normal emission has no spread there; leave the column out")
        scale[j] = 2.0 ** math.floor(math.log2(spread))
    return centre, scale


def log_offset(sequences, weights, scale):
    """What the log-likelihood in standard units lacks to be in the data's."""
    seen = ~np.isnan(sequences.values)
    steps = np.repeat(weights, sequences.lengths)
    return -float((steps @ seen) @ np.log(scale))


def worded(result):
    return replace(result, warnings=tuple(text.replace("data's variance", "variance of the columns") for text in result.warnings))


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
