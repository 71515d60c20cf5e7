"""What the fits of a block model share: the graph in the form of the kernels, tables of the parameters, the bound, and starts."""

from dataclasses import dataclass

import numpy as np

from statsim.kernels.graphs.block_labels import variational_sweep
from statsim.kernels.graphs.block_posterior import tables_of
from statsim.kernels.mixture.kmeans import lloyd, seed_plus_plus
from statsim.kernels.streams import fill_uniform, seed_block

_LLOYD_ITERATIONS = 50
_DENSE = 400  # nodes up to which all eigenvectors are computed


@dataclass(frozen=True)
class BlockState:
    """Parameters and memberships of a variational fit: alpha (K,), rates (K, K), tau (n, K)."""

    alpha: np.ndarray
    rates: np.ndarray
    tau: np.ndarray


class BlockSteps:
    """One graph and a number of blocks K; `degree_corrected` counts edges as Poisson with the degrees as strengths.

    With a `prior`, a `BlockPrior`, parameters are those of the highest posterior density, and the bound is that of its log.
    """

    loop = "labels"
    criterion = "log posterior"

    def __init__(self, graph, K, *, loops, degree_corrected, prior=None):
        self.prior = prior
        self.graph, self.K, self.loops, self.degree_corrected = graph, K, loops, degree_corrected
        self.strengths = degree_strengths(graph) if degree_corrected else np.ones((2, graph.n_nodes))
        out = graph.neighbours()
        into = graph.neighbours(incoming=True) if graph.directed else out
        own = np.zeros(graph.n_nodes)
        own[graph.edges[graph.edges[:, 0] == graph.edges[:, 1], 0]] = 1.0
        self.kernel_graph = (*out, *into, graph.directed, own, loops)
        self.share = np.ones((K, K)) if graph.directed else 0.5 + 0.5 * np.eye(K)  # of a cell's numbers that stand in each of its two places
        self.offset = self._offset()

    def _offset(self):
        """What the degrees themselves add to a Poisson log likelihood: the sum over the edges of log s_i s_j."""
        if not self.degree_corrected:
            return 0.0
        i, j = self.graph.edges.T
        return float(np.log(self.strengths[0, i]).sum() + np.log(self.strengths[1, j]).sum())

    # ------------------------------------------------------------ one iteration

    def sums(self, tau):
        """Edges (K, K), exposures (K, K), summed over pairs in one order of an undirected graph: cells of q != k hold both."""
        i, j = self.graph.edges.T
        off = i != j
        counts = tau[i[off]].T @ tau[j[off]]
        out, into = self.strengths
        exposures = np.outer(out @ tau, into @ tau) - (tau * (out * into)[:, None]).T @ tau
        if not self.graph.directed:
            counts, exposures = (counts + counts.T) / 2, (exposures + exposures.T) / 4
        loop = self.kernel_graph[5] @ tau
        return counts, exposures, (np.diag(loop), np.diag(tau.sum(axis=0))) if self.loops else (0.0, 0.0)

    def maximised(self, tau):
        """alpha and rates that are best for memberships tau."""
        counts, exposures, (loop_counts, loop_pairs) = self.sums(tau)
        with np.errstate(divide="ignore", invalid="ignore"):
            more, wider, weight = self._pseudo_counts()
            rates = np.nan_to_num((counts + loop_counts + more * self.share) / (exposures + loop_pairs + wider * self.share))
        alpha = (tau.sum(axis=0) + weight) / (len(tau) + self.K * weight)
        return alpha, np.clip(rates, 1e-12, None if self.degree_corrected else 1.0 - 1e-12)

    def _pseudo_counts(self):
        """What the prior adds to the edges and exposure of each cell, and to the nodes of each block."""
        if self.prior is None:
            return 0.0, 0.0, 0.0
        concentration, first, second = self.prior.numbers(self.degree_corrected)
        return first - 1.0, second if self.degree_corrected else first + second - 2.0, concentration - 1.0

    def tables(self, alpha, rates):
        """Log weights, W and V as `statsim.kernels.graphs.block_labels` takes them."""
        K = self.K
        log_alpha, W, V = np.empty(K), np.empty((K, K)), np.empty((K, K))
        tables_of(alpha, np.ascontiguousarray(rates), self.degree_corrected, log_alpha, W, V)
        return log_alpha, W, V

    def bound(self, state):
        """The evidence lower bound at a state."""
        log_alpha, W, V = self.tables(state.alpha, state.rates)
        counts, exposures, (loop_counts, loop_pairs) = self.sums(state.tau)
        entropy = -np.sum(state.tau * np.log(np.maximum(state.tau, 1e-300)))
        data = np.sum((counts + loop_counts) * W) + np.sum((exposures + loop_pairs) * V) + np.sum(state.tau @ log_alpha) + entropy + self.offset
        return float(data if self.prior is None else data + self._log_prior(log_alpha, W, V))

    def _log_prior(self, log_alpha, W, V):
        """Log density of the prior, up to a constant."""
        more, wider, weight = self._pseudo_counts()
        return np.sum((more * W + wider * V) * self.share) + weight * log_alpha.sum()

    def iterate(self, state, sweeps):
        """The state after `sweeps` passes over the memberships and new parameters; the largest change of a membership."""
        tau, tables = state.tau.copy(), self.tables(state.alpha, state.rates)
        for _ in range(sweeps):
            change = variational_sweep(tau, self.kernel_graph, self.strengths, *tables)
        return BlockState(*self.maximised(tau), tau), change

    def of_labels(self, labels, *, certainty=0.9):
        """The state of labels (n,), nearly certain."""
        tau = np.full((len(labels), self.K), (1.0 - certainty) / max(self.K - 1, 1))
        tau[np.arange(len(labels)), labels] = certainty if self.K > 1 else 1.0
        return BlockState(*self.maximised(tau), tau)

    # ------------------------------------------------------------ starts

    def start(self, index, key):
        """Start number `index`: spectral clusters first, later ones with some labels drawn anew, every third random."""
        state, n = np.empty(4, np.uint64), self.graph.n_nodes
        seed_block(key[0], key[1], np.uint64(index), state)
        uniforms = np.empty((2, n))
        fill_uniform(state, uniforms.ravel())
        random = np.minimum((uniforms[0] * self.K).astype(np.int64), self.K - 1)
        if index % 3 == 2 or self.K == 1:
            return self.of_labels(random)
        labels = self._spectral(state, index)
        return self.of_labels(np.where(uniforms[1] < min(0.1 * index, 0.5), random, labels))

    def _spectral(self, state, index):
        """Clusters (n,) of the leading eigenvectors of the normalised adjacency (Rohe, Chatterjee, Yu 2011, Annals of Statistics 39)."""
        rows = self._embedding()
        if index % 2:
            rows = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
        rows = np.ascontiguousarray(rows)
        centres, labels = np.empty((self.K, rows.shape[1])), np.zeros(len(rows), np.int64)
        seed_plus_plus(rows, np.ones(len(rows)), state, centres)
        lloyd(rows, np.ones(len(rows)), centres, labels, _LLOYD_ITERATIONS)
        return labels

    def _embedding(self):
        if not hasattr(self, "_rows"):
            self._rows = leading_vectors(self.graph, self.K)
        return self._rows


def degree_strengths(graph):
    """Degrees (2, n) out and in over their mean; a node without edges has strength 0."""
    if graph.directed:
        degrees = np.stack([graph.degrees(0), graph.degrees(1)]).astype(np.float64)
    else:
        degrees = np.broadcast_to(graph.degrees().astype(np.float64), (2, graph.n_nodes))
    return np.ascontiguousarray(degrees / max(degrees.mean(), 1e-300))


def leading_vectors(graph, K):
    """Eigenvectors (n, K) of largest absolute value of D^-1/2 A D^-1/2, degrees raised by their mean; of a directed graph of A + A'."""
    from scipy import sparse
    from scipy.sparse.linalg import eigsh

    n = graph.n_nodes
    i, j = graph.edges.T
    matrix = sparse.coo_array((np.ones(2 * len(i)), (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n, n)).tocsr()
    degrees = np.asarray(matrix.sum(axis=1)).ravel()
    scale = sparse.diags_array(1.0 / np.sqrt(np.maximum(degrees + degrees.mean(), 1e-300)))
    normalised = scale @ matrix @ scale
    if n <= max(_DENSE, K + 2):
        values, vectors = np.linalg.eigh(normalised.toarray())
        return vectors[:, np.argsort(-np.abs(values))[:K]]
    return eigsh(normalised, k=K, which="LM", v0=np.sqrt(degrees + 1.0))[1]
