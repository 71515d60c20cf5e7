"""Bayesian fit of a block model by Gibbs sampling over labels and parameters, started at the variational optimum."""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim.errors import FitError
from statsim.estimators.fit_result import FitResult
from statsim.estimators.variational_em import VariationalEM
from statsim.kernels.graphs.block_posterior import run_label_gibbs
from statsim.kernels.streams import seed_block
from statsim.models.graphs.block_steps import BlockState

_CHAIN_BLOCK = 2**62  # a block number that no start has


@dataclass(frozen=True)
class LabelPosterior:
    """Draws of the posterior law, blocks numbered alike in all.

    Attributes
    ----------
    labels : ndarray (draws, n) int64
    weights : ndarray (draws, K)
    probabilities : ndarray (draws, K, K)
    """

    labels: np.ndarray
    weights: np.ndarray
    probabilities: np.ndarray


@dataclass(frozen=True)
class LabelGibbs:
    """How to fit a block model by Gibbs sampling (Nowicki, Snijders 2001), under uniform priors.

    Parameters
    ----------
    draws, warmup : int
        Sweeps over all labels, kept and before.
    start : VariationalEM
        Where the chain begins.

    Examples
    --------
    >>> LabelGibbs(draws=200).draws
    200
    """

    draws: int = 1000
    warmup: int = 500
    start: VariationalEM = VariationalEM()

    name: ClassVar[str] = "gibbs"

    def __post_init__(self):
        checks.integer(self.draws, "draws", minimum=1)
        checks.integer(self.warmup, "warmup", minimum=0)

    def fit(self, steps, *, key, first=None):
        """The posterior means as a state, and the account; the draws stand in `steps.posterior`.

        Parameters
        ----------
        steps : BlockSteps
        key : ndarray (2,), uint64
        first : BlockState, optional
            Where the variational fit begins.
        """
        began = time.perf_counter()
        state, result = self.start.fit(steps, key=key, first=first)
        posterior = self._run(steps, state, key)
        steps.posterior = _aligned(posterior, state.tau.argmax(axis=1), steps.K)
        tau = np.stack([(steps.posterior.labels == q).mean(axis=0) for q in range(steps.K)], axis=1)
        means = BlockState(steps.posterior.weights.mean(axis=0), steps.posterior.probabilities.mean(axis=0), tau)
        account = FitResult(
            objective=result.objective, path=result.path, converged=result.converged, reason=f"{self.draws} draws after {self.warmup} of warm-up",
            n_iter=self.warmup + self.draws, n_starts=result.n_starts, n_agreed=result.n_agreed, n_spurious=0, regularised=False,
            seconds=time.perf_counter() - began, warnings=result.warnings,
        )  # fmt: skip
        return means, account

    def _run(self, steps, state, key):
        n, K = state.tau.shape
        checks.memory(8 * self.draws * n, None, what=f"{self.draws} draws of {n} labels", remedy="keep fewer draws")
        random = np.empty(4, np.uint64)
        seed_block(key[0], key[1], np.uint64(_CHAIN_BLOCK), random)
        draws = LabelPosterior(np.empty((self.draws, n), np.int64), np.empty((self.draws, K)), np.empty((self.draws, K, K)))
        done = run_label_gibbs(
            random, state.tau.argmax(axis=1), steps.graph.edges, steps.kernel_graph, steps.strengths, steps.degree_corrected,
            self.warmup, draws.labels, draws.weights, draws.probabilities,
        )  # fmt: skip
        if not done:
            raise FitError("no label of a node had a probability above 0; the graph and the number of blocks do not go together")
        return draws


def _aligned(draws, reference, K):
    """The draws with blocks numbered so that most labels agree with `reference` (n,): labels switch freely in a chain."""
    from scipy.optimize import linear_sum_assignment

    labels, weights, probabilities = draws.labels.copy(), draws.weights.copy(), draws.probabilities.copy()
    for t in range(len(labels)):
        table = np.bincount(reference * K + labels[t], minlength=K * K).reshape(K, K)
        own = linear_sum_assignment(-table)[1]  # own[q] is the draw's number of block q
        back = np.argsort(own)
        labels[t], weights[t], probabilities[t] = back[labels[t]], weights[t][own], probabilities[t][np.ix_(own, own)]
    return LabelPosterior(labels, weights, probabilities)
