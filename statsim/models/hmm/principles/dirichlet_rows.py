"""Dirichlet laws of the rows of a chain, or of tables of symbols."""

from dataclasses import dataclass

import numpy as np

from statsim.kernels.variates.dirichlet import dirichlet

FLOOR = 1e-10
"""Where the density of a concentration below 1, infinite at 0, is cut off: a probability that it pulls down settles here."""


@dataclass(frozen=True, eq=False)
class DirichletRows:
    """Rows with concentrations `shapes` (r, m) over the entries `free` (r, m); the others are no parameters."""

    shapes: np.ndarray
    free: np.ndarray

    def updated(self, counts):
        """The law given counts (r, m)."""
        return DirichletRows(self.shapes + np.where(self.free, counts, 0.0), self.free)

    # ------------------------------------------------------------ the highest density

    def mode(self, counts, before):
        """Rows that maximise the density of the probabilities given counts; rows without a parameter, and those of which nothing is known, stay as `before`."""
        rows = before.copy()
        for i in np.flatnonzero(self.free.any(axis=1)):
            own = self.free[i]
            found = _mode(counts[i, own], self.shapes[i, own])
            if found is not None:
                rows[i, own] = found
        return rows

    def log_density(self, rows):
        """Of probabilities (r, m), cut off at `FLOOR` where the concentration is below 1."""
        from scipy.special import gammaln

        used = np.where(self.shapes < 1.0, np.maximum(rows, FLOOR), rows)
        sure = self.free & (self.shapes != 1.0)
        with np.errstate(divide="ignore"):
            value = float((np.where(sure, self.shapes - 1.0, 0.0)[sure] * np.log(used[sure])).sum())
        return value + float(gammaln(self._totals).sum() - gammaln(self.shapes[self.free]).sum())

    @property
    def _totals(self):
        """Sums (r',) of the concentrations of rows that have parameters."""
        return np.where(self.free, self.shapes, 0.0).sum(axis=1)[self.free.any(axis=1)]

    # ------------------------------------------------------------ the variational law

    def expected(self, fixed):
        """Expected rows; entries that are no parameters as `fixed` has them."""
        totals = np.where(self.free, self.shapes, 0.0).sum(axis=1, keepdims=True)
        return np.where(self.free, self.shapes / np.where(totals > 0, totals, 1.0), fixed)

    def geometric(self, fixed):
        """exp of expected logarithms: rows that sum to less than 1."""
        from scipy.special import digamma

        totals = np.where(self.free, self.shapes, 0.0).sum(axis=1, keepdims=True)
        logs = digamma(np.where(self.free, self.shapes, 1.0)) - digamma(np.where(totals > 0, totals, 1.0))
        return np.where(self.free, np.exp(logs), fixed)

    def divergence(self, prior):
        """Kullback-Leibler divergence from `prior`, a law with the same parameters."""
        from scipy.special import digamma, gammaln

        a, b = self.shapes[self.free], prior.shapes[self.free]
        logs = (digamma(np.where(self.free, self.shapes, 1.0)) - digamma(np.maximum(np.where(self.free, self.shapes, 0.0).sum(axis=1, keepdims=True), 1e-300)))[self.free]
        value = gammaln(self._totals).sum() - gammaln(prior._totals).sum() - gammaln(a).sum() + gammaln(b).sum()
        return float(value + ((a - b) * logs).sum())

    def reordered(self, order):
        """Rows in another order."""
        return DirichletRows(self.shapes[order], self.free[order])

    def pack(self):
        """Coordinates for extrapolation."""
        return np.log(self.shapes[self.free])

    def unpack(self, vector):
        """The law of coordinates."""
        shapes = self.shapes.copy()
        shapes[self.free] = np.exp(np.clip(vector, -700.0, 700.0))
        return DirichletRows(shapes, self.free)

    def draw(self, random, rows):
        """Write a draw to `rows` (r, m)."""
        for i in np.flatnonzero(self.free.any(axis=1)):
            own = self.free[i]
            drawn = np.empty(int(own.sum()))
            dirichlet(random, np.ascontiguousarray(self.shapes[i, own]), drawn)
            rows[i, own] = np.maximum(drawn, 1e-300)

    def log_kernel(self, rows):
        """Log density (n,) of rows (n, r, m), up to a constant."""
        return np.log(rows[:, self.free]) @ (self.shapes[self.free] - 1.0)


def _mode(counts, shapes):
    """The probabilities (m,) that maximise sum_j counts_j log p_j + (shapes_j - 1) log max(p_j, FLOOR), or None where nothing is known of them."""
    up = counts + shapes - 1.0
    pulled = shapes < 1.0
    if not (up > 0).any():
        if not pulled.any():
            return None
        up = np.where(np.arange(len(up)) == counts.argmax(), 1.0, 0.0)
    p = np.maximum(up, 0.0) / np.maximum(up, 0.0).sum()
    low = pulled & (p < FLOOR)
    return np.where(low, FLOOR, p * (1.0 - FLOOR * low.sum()))
