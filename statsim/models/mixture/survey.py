"""What one pass over batches tells of the rows: a random sample of them, which columns move, and the sum of their weights.

The sample is drawn without replacement in proportion to weight by an exponential race, one uniform number a row (P. Efraimidis, P. Spirakis,
"Weighted random sampling with a reservoir", Information Processing Letters 97, 2006): the rows with the smallest times so far are kept.
"""

import numpy as np

from statsim.kernels.streams import fill_uniform, seed_block

_FIRST_BLOCK = 2**62 + 1  # block numbers that no start has


class Survey:
    """Rows seen so far.

    Parameters
    ----------
    size : int
        Rows of the sample.
    key : ndarray (2,), uint64

    Attributes
    ----------
    total_weight : float
    n_heavy : int
        Rows of positive weight.
    """

    def __init__(self, size, key):
        self._size, self._key, self._n_chunks = size, key, 0
        self.total_weight, self.n_heavy = 0.0, 0
        self._rows = None

    def add_all(self, chunks):
        """Take in all chunks (X, weights)."""
        for X, weights in chunks:
            self.add(X, weights)
        return self

    def add(self, X, weights):
        """Take in rows X (m, d) with weights (m,); those of weight 0 are no rows."""
        uniforms, stream = np.empty(len(X)), np.empty(4, np.uint64)
        seed_block(self._key[0], self._key[1], np.uint64(_FIRST_BLOCK + self._n_chunks), stream)
        fill_uniform(stream, uniforms)
        self._n_chunks += 1
        kept = weights > 0
        if not kept.all():
            X, weights, uniforms = X[kept], weights[kept], uniforms[kept]
        if not len(X):
            return
        self.total_weight += float(weights.sum())
        self.n_heavy += len(X)
        self._race(X, weights, -np.log1p(-uniforms) / weights)
        self._note_ends(X)

    def _race(self, X, weights, times):
        if self._rows is None:
            self._rows, self._weights, self._times = X[:0], weights[:0], times[:0]
        if len(self._times) == self._size:
            early = times < self._times.max()
            X, weights, times = X[early], weights[early], times[early]
        times = np.concatenate([self._times, times])
        rows, weights = np.concatenate([self._rows, X]), np.concatenate([self._weights, weights])
        if len(times) > self._size:
            first = np.sort(np.argpartition(times, self._size)[: self._size])
            rows, weights, times = rows[first], weights[first], times[first]
        self._rows, self._weights, self._times = rows, weights, times

    def _note_ends(self, X):
        """Keep, of each column, a row with its smallest and one with its largest value."""
        if self.n_heavy == len(X):
            self._lowest, self._highest = X[X.argmin(axis=0)], X[X.argmax(axis=0)]
            return
        for column in np.flatnonzero(X.min(axis=0) < np.diagonal(self._lowest)):
            self._lowest[column] = X[X[:, column].argmin()]
        for column in np.flatnonzero(X.max(axis=0) > np.diagonal(self._highest)):
            self._highest[column] = X[X[:, column].argmax()]

    def sample(self):
        """Rows (m, d) and weights (m,): all of them with their weights, or a sample with equal ones, in which every column that moves does."""
        if self.n_heavy <= self._size:
            return self._rows, self._weights
        low, high = np.diagonal(self._lowest), np.diagonal(self._highest)
        hidden = (low < high) & (self._rows == self._rows[0]).all(axis=0)
        rows = np.concatenate([self._rows, self._lowest[hidden], self._highest[hidden]])
        return rows, np.ones(len(rows))
