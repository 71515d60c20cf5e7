"""Bayesian fit of a block model by Gibbs sampling over labels and parameters, started at the variational optimum."""

import time
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim import checks
from statsim import rng as rngs
from statsim.distributions.priors import BlockPrior
from statsim.errors import ArgumentTypeError, FitError
from statsim.estimators.fit_result import FitResult
from statsim.estimators.variational_em import VariationalEM
from statsim.kernels.graphs.block_posterior import run_label_gibbs
from statsim.kernels.streams import seed_block
from statsim.models.graphs.block_steps import BlockState, BlockSteps
from statsim.models.graphs.label_draws import block_names, label_draws

_CHAIN_BLOCK = 2**62  # a block number that no start has
_STREAM = 10  # path of the streams of posteriors


@dataclass(frozen=True)
class LabelGibbs:
    """How to fit a block model by Gibbs sampling (Nowicki, Snijders 2001).

    Parameters
    ----------
    draws, warmup : int
        Sweeps over all labels, kept and before.
    start : VariationalEM
        Where the chain begins.
    prior : BlockPrior
        Default uniform.

    Examples
    --------
    >>> LabelGibbs(draws=200).draws
    200
    """

    draws: int = 1000
    warmup: int = 500
    start: VariationalEM = VariationalEM()
    prior: BlockPrior = BlockPrior()

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
        found = label_chain(steps, state.tau.argmax(axis=1), self.prior, key, _CHAIN_BLOCK, self.warmup, self.draws)
        steps.posterior = label_draws(*found, method=self)
        means = mean_state(steps.posterior)
        account = FitResult(
            objective=result.objective, path=result.path, converged=result.converged, reason=f"{self.draws} draws after {self.warmup} of warm-up",
            n_iter=self.warmup + self.draws, n_starts=result.n_starts, n_agreed=result.n_agreed, n_spurious=0, regularised=False,
            seconds=time.perf_counter() - began, warnings=result.warnings,
        )  # fmt: skip
        return means, account


def label_chain(steps, labels, prior, key, block, warmup, draws):
    """Weights (draws, K), probabilities (draws, K, K) and labels (draws, n) of one chain from `labels`, blocks numbered as there.

    Raises
    ------
    FitError
    """
    n, K = len(labels), steps.K
    checks.memory(8 * draws * n, None, what=f"{draws} draws of {n} labels", remedy="keep fewer draws")
    random = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(block), random)
    weights, probabilities, drawn = np.empty((draws, K)), np.empty((draws, K, K)), np.empty((draws, n), np.int64)
    done = run_label_gibbs(
        random, labels.copy(), steps.graph.edges, steps.kernel_graph, steps.strengths, steps.degree_corrected, np.array(prior.numbers(steps.degree_corrected)),
        warmup, drawn, weights, probabilities,
    )  # fmt: skip
    if not done:
        raise FitError("no label of a node had a probability above 0; the graph and the number of blocks do not go together")
    return _aligned(weights, probabilities, drawn, labels)


def mean_state(draws):
    """The means of `LabelDraws` as a state."""
    tau = np.stack([(draws.labels == q).mean(axis=0) for q in range(draws.n_blocks)], axis=1)
    return BlockState(draws.weights.mean(axis=0), draws.probabilities.mean(axis=0), tau)


def _aligned(weights, probabilities, labels, reference):
    """The draws, changed in place, with blocks numbered so that most labels agree with `reference` (n,): labels switch freely in a chain."""
    from scipy.optimize import linear_sum_assignment

    K = weights.shape[1]
    for t in range(len(labels)):
        table = np.bincount(reference * K + labels[t], minlength=K * K).reshape(K, K)
        own = linear_sum_assignment(-table)[1]  # own[q] is the draw's number of block q
        back = np.argsort(own)
        labels[t], weights[t], probabilities[t] = back[labels[t]], weights[t][own], probabilities[t][np.ix_(own, own)]
    return weights, probabilities, labels


@dataclass(frozen=True, eq=False)
class BlockPosterior:
    """The posterior of labels and parameters of `BlockSteps` as a target; `LabelChains` draws it."""

    steps: BlockSteps
    prior: BlockPrior

    @property
    def names(self):
        """Of the coordinates of draws."""
        return block_names(self.steps.K)

    def default_method(self):
        """Gibbs sampling."""
        return LabelChains()

    def shown(self, draws):
        """As they are: blocks are numbered alike already."""
        return draws


@dataclass(frozen=True)
class LabelChains:
    """How `Bayes(sampler=...)` draws the posterior of a block model: Gibbs chains over labels and parameters, from the variational optimum.

    Parameters
    ----------
    chains, warmup : int
        The draws wanted are shared by the chains; each makes `warmup` sweeps first.
    start : VariationalEM
        Where the chains begin.

    Examples
    --------
    >>> LabelChains(chains=2).warmup
    500
    """

    chains: int = 4
    warmup: int = 500
    start: VariationalEM = VariationalEM()

    name: ClassVar[str] = "LabelChains"

    def __post_init__(self):
        checks.integer(self.chains, "chains", minimum=1)
        checks.integer(self.warmup, "warmup", minimum=0)

    def sample_target(self, target, *, draws, rng=None):
        """Chains on a `BlockPosterior`; called by `sample`.

        Raises
        ------
        ArgumentTypeError
            For another target.
        """
        if not isinstance(target, BlockPosterior):
            raise ArgumentTypeError(f"LabelChains() draws posteriors of block models, and {target!r:.100} is none; use Gibbs() or NUTS()")
        key, chains = rngs.stream_key(rng, rngs.Purpose.SAMPLER, _STREAM), self.chains if draws % self.chains == 0 else 1
        labels = self.start.fit(target.steps, key=key)[0].tau.argmax(axis=1)
        found = [label_chain(target.steps, labels, target.prior, key, _CHAIN_BLOCK + i, self.warmup, draws // chains) for i in range(chains)]
        return label_draws(*(np.concatenate(parts) for parts in zip(*found, strict=True)), chains=chains, method=self)
