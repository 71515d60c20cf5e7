r"""The M step of a chain that starts in its stationary law: start and transitions are not free of each other.

The expected log-likelihood :math:`\sum_{ij} \xi_{ij} \log a_{ij} + \sum_k \gamma_k \log \pi_k(A)` is raised, not maximised (generalised EM; Dempster,
Laird, Rubin 1977): the second term counts like transitions, :math:`a_{ij} g_{ij}` with its gradient :math:`g_{ij} = \pi_i (Z v)_j`,
:math:`v_k = \gamma_k / \pi_k`, :math:`Z = (I - A + 1 \pi)^{-1}` the fundamental matrix (Schweitzer 1968, J. Appl. Probab. 5), and a line search keeps
the sum from falling. Its fixed points are those of the likelihood.
"""

import numpy as np

from statsim.models.hmm.chain import Chain, stationary

_HALVINGS = 40


def raised(chain, pairs, first):
    """A `Chain` with a larger expected log-likelihood than `chain`, or `chain` itself where there is none."""
    wanted = _candidate(chain, pairs, first)
    before, step = _expected(chain, pairs, first), 1.0
    for _ in range(_HALVINGS):
        transmat = (1.0 - step) * chain.transmat + step * wanted
        after = Chain(stationary(transmat), transmat)
        if _expected(after, pairs, first) >= before:
            return after
        step *= 0.5
    return chain


def _candidate(chain, pairs, first):
    """Row-normalised counts, those of the start included; a count is never negative."""
    law, transmat = chain.startprob, chain.transmat
    k = len(law)
    with np.errstate(divide="ignore", invalid="ignore"):
        v = np.where(first > 0, first / law, 0.0)
    fundamental = np.linalg.inv(np.eye(k) - transmat + np.outer(np.ones(k), law))
    slopes = np.outer(law, fundamental @ v)
    counts = np.maximum(pairs + transmat * (slopes - (transmat * slopes).sum(axis=1, keepdims=True)), 0.01 * pairs)
    totals = counts.sum(axis=1, keepdims=True)
    return np.where(totals > 0, counts / np.where(totals > 0, totals, 1.0), transmat)


def _expected(chain, pairs, first):
    with np.errstate(divide="ignore", invalid="ignore"):
        moves = np.where(pairs > 0, pairs * np.log(chain.transmat), 0.0).sum()
        return moves + np.where(first > 0, first * np.log(chain.startprob), 0.0).sum()
