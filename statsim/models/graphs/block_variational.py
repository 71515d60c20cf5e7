r"""Variational Bayes of a block model: memberships, a Dirichlet law of the weights and a beta law of each cell in turn, the bound never falling.

P. Latouche, E. Birmele, C. Ambroise, "Variational Bayesian inference and complexity control for stochastic block models", Statistical Modelling 12 (2012).
Rates of a degree-corrected model have gamma laws.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from statsim.kernels.graphs.block_labels import variational_sweep
from statsim.kernels.graphs.block_posterior import count_blocks
from statsim.models.graphs.block_steps import BlockSteps
from statsim.models.graphs.label_draws import block_names


@dataclass(eq=False)
class BlockLaw:
    """Dirichlet(delta) weights, Beta(a, b) cells (gamma where degree-corrected), and independent labels of probabilities tau (n, K)."""

    steps: Any
    delta: np.ndarray
    a: np.ndarray
    b: np.ndarray
    tau: np.ndarray
    labels: np.ndarray | None = field(default=None, repr=False)
    """Those of the last draws made."""

    @property
    def names(self):
        """Of the coordinates of draws."""
        return block_names(len(self.delta))

    @property
    def prior(self):
        """The prior used."""
        return self.steps.prior

    def sample(self, n, key):
        """Draws (n, K + K^2) of weights and probabilities; `labels` (n, nodes) are drawn with them."""
        from statsim.kernels.graphs.posteriors import fill_blocks, fill_labels_of

        base, K = self.steps.base, len(self.delta)
        weights, rates, self.labels = np.empty((n, K)), np.empty((n, K, K)), np.empty((n, len(self.tau)), np.int64)
        fill_blocks(key, self.delta, self.a, self.b, base.graph.directed, base.degree_corrected, weights, rates)
        fill_labels_of(~key, self.tau, self.labels)
        return np.concatenate([weights, rates.reshape(n, -1)], axis=1)

    def log_weights(self, draws):
        """Log density of graph, labels and parameters less that of this law, at `draws` and the labels drawn with them."""
        steps, K = self.steps, len(self.delta)
        base, prior = steps.base, steps.prior.numbers(steps.base.degree_corrected)
        counts, exposures, sizes = np.empty((K, K)), np.empty((K, K)), np.empty(K)
        own = np.log(np.maximum(self.tau, 1e-300))
        cells = np.ones((K, K), bool) if base.graph.directed else np.triu(np.ones((K, K), bool))
        logs = np.empty(len(draws))
        for t, (row, labels) in enumerate(zip(draws, self.labels, strict=True)):
            log_alpha, W, V = base.tables(row[:K], row[K:].reshape(K, K))
            count_blocks(labels, base.graph.edges, base.strengths, base.graph.directed, base.loops, counts, exposures, sizes)
            graph = ((counts + steps.extra[0] - self._extra[0]) * W + (exposures + steps.extra[1] - self._extra[1]) * V)[cells].sum()
            logs[t] = graph + (sizes + prior[0] - self.delta) @ log_alpha - own[np.arange(len(labels)), labels].sum()
        return logs

    @property
    def _extra(self):
        return _extra(self.a, self.b, self.steps.base.degree_corrected)


def _extra(a, b, is_poisson):
    """What a law of a cell adds to its counts and exposures in the log density."""
    return (a - 1.0, b) if is_poisson else (a - 1.0, a + b - 2.0)


class VariationalBlockSteps:
    """`BlockSteps` with laws of the parameters instead of their values."""

    loop = "labels"

    def __init__(self, base: BlockSteps, prior):
        self.base, self.prior = base, prior
        self._concentration, self._first, self._second = prior.numbers(base.degree_corrected)
        self.extra = _extra(self._first, self._second, base.degree_corrected)

    def of_memberships(self, tau):
        """The law that is best for memberships tau (n, K)."""
        counts, exposures, (loop_counts, loop_pairs) = self.base.sums(tau)
        there, pairs = (counts + loop_counts) / self.base.share, (exposures + loop_pairs) / self.base.share
        first, second = self._first + there, self._second + (pairs if self.base.degree_corrected else np.maximum(pairs - there, 0.0))
        return BlockLaw(self, self._concentration + tau.sum(axis=0), first, second, tau)

    def start(self, index, key):
        """The law at start number `index` of `BlockSteps`."""
        return self.of_memberships(self.base.start(index, key).tau)

    def iterate(self, law, sweeps):
        """The law after `sweeps` passes over the memberships, and the largest change of one."""
        tau, tables = law.tau.copy(), self._expected(law)
        for _ in range(sweeps):
            change = variational_sweep(tau, self.base.kernel_graph, self.base.strengths, *tables)
        return self.of_memberships(tau), change

    def _expected(self, law):
        """Expected log weights (K,), W and V (K, K)."""
        from scipy.special import digamma

        log_alpha = digamma(law.delta) - digamma(law.delta.sum())
        if self.base.degree_corrected:
            return log_alpha, digamma(law.a) - np.log(law.b), -law.a / law.b
        return log_alpha, digamma(law.a) - digamma(law.b), digamma(law.b) - digamma(law.a + law.b)

    def bound(self, law):
        """The lower bound of the log evidence."""
        log_alpha, W, V = self._expected(law)
        counts, exposures, (loop_counts, loop_pairs) = self.base.sums(law.tau)
        entropy = -np.sum(law.tau * np.log(np.maximum(law.tau, 1e-300)))
        data = np.sum((counts + loop_counts) * W) + np.sum((exposures + loop_pairs) * V) + np.sum(law.tau @ log_alpha) + entropy + self.base.offset
        first, second = law._extra
        cells = (self.extra[0] - first) * W + (self.extra[1] - second) * V + _constant(law.a, law.b, self.base.degree_corrected)
        cells = cells - _constant(self._first, self._second, self.base.degree_corrected)
        weights = (self._concentration - law.delta) @ log_alpha + _dirichlet_constant(law.delta)
        return float(data + np.sum(cells * self.base.share) + weights - _dirichlet_constant(np.full(len(law.delta), self._concentration)))


def _constant(a, b, is_poisson):
    """Log of what the density of a cell's law is divided by."""
    from scipy.special import betaln, gammaln

    return gammaln(a) - a * np.log(b) if is_poisson else betaln(a, b)


def _dirichlet_constant(delta):
    from scipy.special import gammaln

    return gammaln(delta).sum() - gammaln(delta.sum())
