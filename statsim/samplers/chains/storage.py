"""Where the draws of a run lie: values and statistics of all chains, filled by several threads."""

import threading

import numpy as np

from statsim.samplers.draws.statistics import Statistics

STRETCH_VALUES = 100_000
"""Numbers in the working memory of a chain, at most: what a chain makes before it is stored."""


class Storage:
    """Room for `draws` draws of `rows` chains; what cannot be filled is never touched, so it costs no memory."""

    def __init__(self, rows, draws, dim, statistics):
        self.values = np.empty((rows, draws, dim))
        self.stats = {name: StoredStatistic(rows, draws, kind) for name, kind in statistics}

    def keep(self, lanes, at, stats):
        """Put the statistics `stats` (lanes, n, columns) where the draws from `at` on have theirs."""
        for column, statistic in enumerate(self.stats.values()):
            statistic.keep(lanes, at, stats[:, :, column])

    def put(self, lanes, at, values, stats):
        """Put draws made earlier, with their statistics by name."""
        self.values[lanes, at : at + values.shape[1]] = values
        for name, array in stats.items():
            self.stats[name].keep(lanes, at, array)

    def part(self, lanes, begin, end):
        """Values and statistics by name of some chains' draws `begin` to `end`; views."""
        return self.values[lanes, begin:end], {name: one.array()[lanes, begin:end] for name, one in self.stats.items()}

    def cut(self, draws, rows):
        """Values and statistics of the first `draws` draws of some chains; views where all are wanted."""
        which = slice(None) if len(rows) == len(self.values) else rows
        return self.values[which, :draws], Statistics({name: one.array()[which, :draws] for name, one in self.stats.items()})


class StoredStatistic:
    """One statistic of all chains; while it never changes within a chain (a step size) one number a chain is all that is held."""

    def __init__(self, rows, draws, kind):
        self._constant = np.zeros((rows, 1), kind)
        self._full = None
        self._draws = draws
        self._lock = threading.Lock()

    def keep(self, lanes, at, block):
        """Store `block` (lanes, n), the statistics of draws `at` to `at + n`."""
        with self._lock:
            if self._full is None and self._changes(lanes, at, block):
                full = np.empty((self._constant.shape[0], self._draws), self._constant.dtype)
                full[:] = self._constant
                self._full = full  # only now: other threads read it
            if self._full is not None:
                self._full[lanes, at : at + block.shape[1]] = block

    def _changes(self, lanes, at, block):
        """True when a number differs from those before it in the same chain."""
        if at == 0 and block.shape[1]:
            self._constant[lanes] = block[:, :1]
        return bool((block.astype(self._constant.dtype) != self._constant[lanes]).any())

    def array(self):
        """The statistic of every draw, (chain, draw); not to be written to."""
        if self._full is not None:
            return self._full
        return np.broadcast_to(self._constant, (self._constant.shape[0], self._draws))


class Buffers:
    """Working memory of one chain for statistics, and for draws of warm-up that nobody keeps."""

    def __init__(self, method, dim):
        self.most = max(1, STRETCH_VALUES // (method.lanes * max(dim, len(method.statistics))))
        self._values = np.empty((method.lanes, 0, dim))
        self._stats = np.empty((method.lanes, 0, len(method.statistics)))

    def values(self, n):
        """Room for n draws, (lanes, n, dim)."""
        if self._values.shape[1] < n:
            self._values = np.empty((self._values.shape[0], n, self._values.shape[2]))
        return self._values[:, :n]

    def stats(self, n):
        """Room for n draws' statistics, (lanes, n, columns)."""
        if self._stats.shape[1] < n:
            self._stats = np.empty((self._stats.shape[0], n, self._stats.shape[2]))
        return self._stats[:, :n]
