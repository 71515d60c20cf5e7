"""Filter, forecasts and evidence of a hidden semi-Markov model."""

import numpy as np

from statsim.kernels.hmm.semi_filter import semi_ages, semi_filter
from statsim.kernels.hmm.semi_forward import semi_forward
from statsim.kernels.hmm.semi_paths import fill_semi_posterior_paths
from statsim.models.hmm.semi_passes import forward_of, require_possible


def filter_of(law, sequences):
    """Probability (n_steps, k) of each state given the steps of its sequence up to it, and given those before it."""
    filtered, predicted = (np.empty((len(sequences.values), law.chain.n_states)) for _ in range(2))
    found = np.empty(len(sequences))
    for i in range(len(sequences)):
        a, b = int(sequences.offsets[i]), int(sequences.offsets[i + 1])
        log_b, log_in, _, _, found[i] = forward_of(law, sequences, i)
        if found[i] > -np.inf:
            semi_filter(log_b, log_in, law.log_tables[1], filtered[a:b], predicted[a:b])
    require_possible(found > -np.inf)
    return filtered, predicted


def ahead(law, sequences, steps):
    """Probability (steps, k) of each state after the only sequence: the age of the last sojourn is carried on step by step."""
    log_b, log_in, _, _, found = forward_of(law, sequences, 0)
    require_possible(np.array([found > -np.inf]))
    log_d, log_s = law.log_tables
    ages, chances = np.empty(log_d.shape), np.empty((steps, law.chain.n_states))
    semi_ages(log_b, log_in, log_s, ages)
    ends = np.exp(np.where(log_d > -np.inf, log_d - np.where(log_s > -np.inf, log_s, 0.0), -np.inf))  # of a sojourn after u steps, given that many
    for step in range(steps):
        leaving = (ages * ends).sum(axis=1)
        ages[:, 1:] = (ages * (1.0 - ends))[:, :-1]
        ages[:, 0] = leaving @ law.chain.transmat
        chances[step] = ages.sum(axis=1)
    return chances / chances.sum(axis=1, keepdims=True)


class SemiEvidence:
    """`log_evidence`, the log density of log densities `logs` (n, k) of the steps given their states; `fill` draws a path given them."""

    def __init__(self, law, logs):
        self._law, self._log_b = law, np.ascontiguousarray(logs.T)
        self._log_in, self._log_out = np.empty(self._log_b.shape), np.empty(self._log_b.shape)
        _, self.log_evidence = semi_forward(self._log_b, *law.log_chain, *law.log_tables, self._log_in, self._log_out)

    def fill(self, key, number, path):
        """Fill `path` (n,) int64 with the states of sequence `number` of the data set `key`."""
        fill_semi_posterior_paths(
            key, number, self._log_b, self._log_in, self._log_out, self._law.log_chain[1], *self._law.log_tables, path.reshape(1, -1)
        )
