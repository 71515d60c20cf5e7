"""Draws of the posterior of a block model: weights and probabilities by name, and the labels that go with each."""

from dataclasses import dataclass

import numpy as np

from statsim import files
from statsim.errors import FileRefusedError
from statsim.models.posterior.document import read_posterior, write_posterior
from statsim.samplers.draws.draws import Draws
from statsim.samplers.draws.statistics import Statistics


@dataclass(frozen=True, eq=False, repr=False)
class LabelDraws(Draws):
    """Draws (chain, draw, coordinate) of weights[q] and probabilities[q,r], blocks numbered alike in all.

    Attributes
    ----------
    labels : ndarray (draws, n) int64
        Of all draws, chain after chain.
    """

    labels: np.ndarray | None = None

    @property
    def _rows(self):
        return self.values.reshape(-1, self.dim)

    @property
    def n_blocks(self):
        """K, of K + K^2 coordinates."""
        return int(np.sqrt(self.dim + 0.25) - 0.5 + 1e-9)

    @property
    def weights(self):
        """Weights (draws, K), chain after chain."""
        return self._rows[:, : self.n_blocks]

    @property
    def probabilities(self):
        """Probabilities (draws, K, K), chain after chain; rates of a degree-corrected model."""
        return self._rows[:, self.n_blocks :].reshape(-1, self.n_blocks, self.n_blocks)


def block_names(K):
    """Names of the coordinates of K blocks."""
    return (*(f"weights[{q}]" for q in range(K)), *(f"probabilities[{q},{r}]" for q in range(K) for r in range(K)))


def label_draws(weights, probabilities, labels, *, chains=1, method=None):
    """`LabelDraws` of weights (m, K), probabilities (m, K, K) and labels (m, n), chain after chain."""
    m, K = weights.shape
    values = np.concatenate([weights, probabilities.reshape(m, -1)], axis=1).reshape(chains, m // chains, -1)
    return LabelDraws(values, Statistics({}), block_names(K), method, labels=labels)


def write_label_draws(model):
    """The draws of a model that has some, as JSON values."""
    draws = model.posterior_
    return {} if draws is None else {**write_posterior(model), "posterior_labels": files.array_to_document(draws.labels)}


def read_label_draws(parameters, K, n):
    """`LabelDraws` in the parameters of a file, or None."""
    draws = read_posterior(parameters, block_names(K))
    if draws is None:
        return None
    m = draws.n_chains * draws.n_draws
    labels = files.array_from_document(parameters.get("posterior_labels"), "posterior_labels", shape=(m, n), dtype=np.int64)
    values = draws.values
    if labels.size and not (0 <= labels.min() and labels.max() < K):
        raise FileRefusedError(f"posterior_labels must lie in 0..{K - 1}, got {int(labels.min())} to {int(labels.max())}")
    if values.min() < 0 or values[..., :K].max() > 1:
        raise FileRefusedError("the posterior holds a weight or probability outside [0, 1]")
    return LabelDraws(values, draws.stats, draws.names, labels=labels)
