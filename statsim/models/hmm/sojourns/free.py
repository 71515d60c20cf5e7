"""Sojourns of any law on 1, ..., max_duration."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError
from statsim.kernels.hmm.semi_sojourns import free_tables
from statsim.models.hmm.sojourns.geometric import Geometric
from statsim.models.hmm.sojourns.sojourn import Sojourn


@dataclass(frozen=True, eq=False)
class Free(Sojourn):
    """A probability for each number of steps.

    Parameters
    ----------
    probabilities : array (k, m), optional
        Of 1, ..., m steps in each state, m at most `max_duration`; rows sum to 1. In a fit m is `max_duration`.

    Examples
    --------
    >>> Free([[0.0, 0.25, 0.75]]).checked().table(4).tolist()
    [[0.0, 0.25, 0.75, 0.0]]
    """

    probabilities: Any = None

    name: ClassVar[str] = "free"
    ndim: ClassVar[int] = 2

    def settled(self):
        return Free(checks.probability_rows(self.probabilities, "probabilities of Free"))

    def fill_tables(self, state, log_d, log_s):
        row = self.probabilities[state]
        if row.size > log_d.size:
            raise ArgumentError(
                f"Free sojourns have {row.size} durations, above max_duration={log_d.size}: state {state} has the mass {row[: log_d.size].sum():g} "
                f"on the durations allowed; raise max_duration, or give that many probabilities"
            )
        free_tables(row, log_d, log_s)

    def n_free(self):
        return int((self.probabilities > 0).sum()) - len(self.probabilities)

    def with_means(self, means, max_duration):
        return Free(Geometric().with_means(means, max_duration).table(max_duration))

    def estimate(self, completed, censored):
        """One step of EM: what was cut off after u steps is shared among u and more, as the present law has them (Efron 1967)."""
        law = self.table(completed.shape[1])
        survivors = np.cumsum(law[:, ::-1], axis=1)[:, ::-1]
        rates = np.divide(censored, survivors, out=np.zeros_like(survivors), where=(censored > 0) & (survivors > 0))
        counts = completed + law * np.cumsum(rates, axis=1)
        totals = counts.sum(axis=1, keepdims=True)
        return Free(np.where(totals > 0, counts / np.where(totals > 0, totals, 1.0), law))

    def pack(self):
        return np.sqrt(self.probabilities).ravel()

    def unpack(self, vector):
        table = vector.reshape(self.probabilities.shape) ** 2
        totals = table.sum(axis=1, keepdims=True)
        return Free(table / totals) if np.isfinite(vector).all() and (totals > 0).all() else None
