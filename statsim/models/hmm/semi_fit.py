"""From sequences to the parameters of a hidden semi-Markov model: standard units, search, and back."""

import numpy as np

from statsim.models.hmm.chain import allowed_starts
from statsim.models.hmm.fit import counted, log_offset, worded
from statsim.models.hmm.posterior.question import Question
from statsim.models.hmm.semi_chain import allowed_successors
from statsim.models.hmm.semi_steps import HiddenSemiMarkovSteps
from statsim.models.hmm.steps import HiddenMarkovSteps
from statsim.models.hmm.units import units_for
from statsim.sequences import Sequences


def fit_hidden_semi_markov(sequences, weights, *, emission, sojourn, k, max_duration, topology, start, method, key, first=None):
    """Fit a model of k states.

    Parameters
    ----------
    sequences : Sequences
    weights : (n_sequences,) or None
    emission : Emission
        Its structure.
    sojourn : Sojourn
        Its kind.
    max_duration : int
    topology : see `allowed_successors`
    start : "free" or (k,)
    method : MLE
    key : (2,) uint64
    first : HiddenSemiMarkovState, optional
        Where to begin instead of searching.

    Returns
    -------
    HiddenSemiMarkovState, FitResult
    """
    sequences, weights = counted(sequences, weights)
    centre, scale = units_for(emission, sequences.values)
    inside = Sequences((sequences.values - centre) / scale if emission.standardises else sequences.values, sequences.offsets)
    allowed_first = allowed_starts(topology, k)
    fixed = None if isinstance(start, str) else start
    if fixed is None and allowed_first.sum() == 1:
        fixed = allowed_first.astype(float)
    markov = HiddenMarkovSteps(
        inside, weights, emission.pooled(inside.values, k), k, allowed_successors(topology, k) | np.eye(k, dtype=bool), allowed_first, fixed_start=fixed,
        offset=log_offset(sequences, weights, scale) if emission.standardises else 0.0,
        question=Question(sequences, weights, emission, k, topology, start), units=(centre, scale),
    )  # fmt: skip
    if emission.standardises and first is not None:
        first = first._replace(emission=first.emission.rescaled(-centre / scale, 1.0 / scale))
    state, result = method.fit(HiddenSemiMarkovSteps(markov, sojourn, max_duration), key=key, first=first)
    law = state.emission.rescaled(centre, scale) if emission.standardises else state.emission
    return state._replace(emission=law), worded(result)
