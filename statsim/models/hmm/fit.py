"""From sequences to the parameters of a hidden Markov model: standard units, search, and back."""

from dataclasses import replace

import numpy as np

from statsim.estimators.posterior import Posterior
from statsim.models.hmm.chain import allowed_starts, allowed_transitions
from statsim.models.hmm.posterior.question import Question
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.hmm.steps import HiddenMarkovSteps
from statsim.models.hmm.units import units_for
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
    HiddenMarkovState or Posterior, FitResult
    """
    allowed, allowed_first = allowed_transitions(topology, k), allowed_starts(topology, k)
    sequences, weights = counted(sequences, weights)
    centre, scale = units_for(emission, sequences.values)
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
        question=Question(sequences, weights, emission, k, topology, start), units=(centre, scale),
    )  # fmt: skip
    if emission.standardises and first is not None:
        first = first._replace(emission=first.emission.rescaled(-centre / scale, 1.0 / scale))
    state, result = method.fit(steps, key=key, first=first)
    if isinstance(state, Posterior):
        return state, worded(result)
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


def log_offset(sequences, weights, scale):
    """What the log-likelihood in standard units lacks to be in the data's."""
    seen = ~np.isnan(sequences.values)
    steps = np.repeat(weights, sequences.lengths)
    return -float((steps @ seen) @ np.log(scale))


def worded(result):
    return replace(result, warnings=tuple(text.replace("data's variance", "variance of the columns") for text in result.warnings))
