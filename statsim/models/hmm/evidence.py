"""What is known of a sequence of a hidden Markov model, and paths of states that agree with it; our own arithmetic throughout."""

import numpy as np

from statsim.kernels.hmm.forward import LOST, forward, relative_densities
from statsim.kernels.hmm.log_domain import log_forward
from statsim.kernels.hmm.paths import fill_posterior_path


class ChainEvidence:
    """`log_evidence`, the log density of log densities `logs` (n, k) of the steps given their states; `fill` draws a path given them."""

    def __init__(self, chain, logs):
        self._moves = chain.transmat
        self._alpha, self.log_evidence = filter_evidence(chain, logs)

    def fill(self, key, number, path):
        """Fill `path` (n,) int64 with the states of sequence `number` of the data set `key`."""
        fill_posterior_path(key, number, self._alpha, self._moves, path)


def filter_evidence(chain, log_b):
    """Filter (n, k) of one sequence with log densities log_b (n, k), and its log-likelihood; our own arithmetic throughout."""
    n, k = log_b.shape
    b, highest, alpha, scale = np.empty((n, k)), np.empty(n), np.empty((n, k)), np.empty(n)
    relative_densities(log_b, b, highest)
    value, status = np.empty(1), np.empty(1, np.int64)
    offsets = np.array([0, n], np.int64)
    forward(b, highest, offsets, chain.startprob, chain.transmat, chain.is_strict, alpha, scale, value, status)
    if status[0] == LOST:
        with np.errstate(divide="ignore"):
            value[0] = log_forward(log_b, np.log(chain.startprob), np.log(chain.transmat), alpha)
        if value[0] > -np.inf:
            alpha = np.exp(alpha - alpha.max(axis=1, keepdims=True))
    return alpha, float(value[0])
