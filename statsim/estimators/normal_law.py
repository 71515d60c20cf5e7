"""A normal law in the unconstrained reals of a target, as a law of its parameters."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

_STREAM = np.uint64(0)


@dataclass(frozen=True, eq=False)
class NormalLaw:
    """The law of x(y), y normal with `mean` (dim,) and covariance root root^T, `root` lower triangular (dim, dim).

    It knows its own density, so that weights of draws against the target are complete: their mean is the evidence.
    """

    target: Any
    mean: np.ndarray
    root: np.ndarray

    is_normalised = True

    @property
    def names(self):
        """Those of the target's coordinates."""
        return self.target.names

    def sample(self, n, key):
        """Draws (n, dim) in the coordinates that the target shows."""
        return self._constrained(self._reals(n, key))

    def draws_and_log_weights(self, n, key):
        """Draws, and log target less log density of this law at each."""
        y = self._reals(n, key)
        return self._constrained(y), self._log_weights(y)

    def log_weights(self, draws):
        """Log target less log density of this law at draws (n, dim)."""
        return self._log_weights(np.array([self.target.unconstrain(row) for row in self.target.placed(draws)]))

    def _reals(self, n, key):
        from statsim.kernels.streams import seed_block
        from statsim.kernels.variates.normal import fill_standard_normal

        state, z = np.empty(4, np.uint64), np.empty(n * len(self.mean))
        seed_block(key[0], key[1], _STREAM, state)
        fill_standard_normal(state, z)
        return np.ascontiguousarray(self.mean + z.reshape(n, -1) @ self.root.T)

    def _constrained(self, y):
        from statsim.kernels.variational.points import constrain_rows

        rows = np.empty((len(y), self.target.dim))
        constrain_rows(self.target.context(), y, rows)
        return self.target.shown_rows(rows)

    def _log_weights(self, y):
        from scipy.linalg import solve_triangular

        from statsim.kernels.variational.points import values_at

        values = np.empty(len(y))
        values_at(self.target.context(), np.ascontiguousarray(y), values)
        wrong = np.flatnonzero(np.isnan(values))
        if wrong.size:
            raise self.target.error_at(self.target.constrain(y[wrong[0]]))
        z = solve_triangular(self.root, (y - self.mean).T, lower=True)
        constant = np.log(np.abs(np.diagonal(self.root))).sum() + 0.5 * len(self.mean) * math.log(2 * math.pi)
        return values + self.target.log_volume + 0.5 * np.square(z).sum(axis=0) + constant
