"""Multinomial emissions: how often each category came up in some trials."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError
from statsim.estimators.climb import DegenerateError
from statsim.kernels.hmm.emissions.multinomial import add_counts_multinomial, fill_multinomial, log_density_multinomial
from statsim.model import closed
from statsim.models.hmm.emissions.columns import check_counts, pooled_means
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.emissions.simplex import log_rows, rows_of_logs


@dataclass(frozen=True, eq=False)
class Multinomial(Emission):
    """Counts of m categories in a number of trials, with probabilities that depend on the state.

    Parameters
    ----------
    n_trials : int, optional
        Trials of each step. Not given, a step has as many as its counts add up to, and the law is that of the counts given their sum;
        a fit takes the sum when it is the same in all steps. Draws, and steps of which some counts are missing, need it.
    probabilities : array (k, m), optional
        Of each category in each state; rows sum to 1.

    Examples
    --------
    >>> Multinomial(n_trials=10, probabilities=[[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]]).shape
    (2, 3)
    """

    n_trials: int | None = None
    probabilities: Any = None

    name: ClassVar[str] = "multinomial"
    dtype: ClassVar[type] = np.int64
    conditions_columns: ClassVar[bool] = False

    def __post_init__(self):
        if self.n_trials is not None:
            checks.integer(self.n_trials, "n_trials", minimum=0, maximum=2**53)

    @property
    def shape(self):
        return None if self.probabilities is None else np.shape(self.probabilities)

    def checked(self):
        if self.probabilities is None:
            raise ArgumentError("Multinomial emissions need probabilities (k, m); for a fit, a template without them")
        table = checks.probability_rows(checks.data_matrix(self.probabilities, "probabilities"), "probabilities")
        return replace(self, probabilities=table, n_trials=None if self.n_trials is None else int(self.n_trials))

    def n_free(self):
        k, m = self.shape
        return k * (m - 1)

    @property
    def per_state(self):
        return ("probabilities",)

    def mean(self):
        """Expected counts; shares of the categories where the trials of a step are not given."""
        return self.probabilities * (1 if self.n_trials is None else self.n_trials)

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        check_counts(values, name)
        seen = ~np.isnan(values)
        partly = seen.any(axis=1) & ~seen.all(axis=1)
        if self.n_trials is None:
            if partly.any():
                row = int(partly.argmax())
                raise ArgumentError(f"{name}: some counts of row {row} are missing, so its trials are not known; give Multinomial(n_trials=...)")
            return
        totals = np.where(seen, values, 0.0).sum(axis=1)
        bad = np.flatnonzero(np.where(partly, totals > self.n_trials, totals != self.n_trials) & seen.any(axis=1))
        if bad.size:
            row = int(bad[0])
            raise ArgumentError(f"{name}: the counts of row {row} add up to {totals[row]:g}, but n_trials={self.n_trials}; leave n_trials out "
                                "where it varies")  # fmt: skip

    @cached_property
    def _log_probabilities(self):
        with np.errstate(divide="ignore"):
            return np.log(self.probabilities)

    @property
    def _trials(self):
        return 0.0 if self.n_trials is None else float(self.n_trials)

    def fill_log_density(self, values, offsets, begin, end, out):
        log_density_multinomial(values[begin:end], self._trials, self.probabilities, self._log_probabilities, out)

    @cached_property
    def _shares(self):
        """Probability of each category among itself and those after it."""
        after = np.cumsum(self.probabilities[:, ::-1], axis=1)[:, ::-1]
        return np.divide(self.probabilities, after, out=np.zeros(self.shape), where=after > 0)

    def fill(self, key, number, offsets, path, rows):
        if self.n_trials is None:
            raise ArgumentError("Multinomial emissions can be drawn only with n_trials: the trials of each step were not given, and differed in the fit")
        fill_multinomial(key, number, offsets, path, int(self.n_trials), self._shares, rows)

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        counts = pooled_means(values)
        totals = values[~np.isnan(values).any(axis=1)].sum(axis=1)
        same = self.n_trials is None and totals.size and (totals == totals[0]).all()
        shares = counts + (counts.sum() or 1.0) * 1e-9
        table = np.tile(shares / shares.sum(), (k, 1))
        return replace(self, n_trials=int(totals[0]) if same else self.n_trials, probabilities=table)

    def empty_sums(self):
        return (np.zeros(self.shape),)

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        add_counts_multinomial(values[begin:end], self._trials, self.probabilities, gamma, weights, *sums)

    def estimate(self, sums, bound):
        (counts,) = sums
        totals = counts.sum(axis=1)
        empty = np.flatnonzero(~(totals > 1e-10))
        if empty.size:
            raise DegenerateError(f"state {int(empty[0])} is never visited")
        return replace(self, probabilities=counts / totals[:, None])

    def pack(self):
        return log_rows(self.probabilities).ravel()

    def unpack(self, vector):
        return replace(self, probabilities=rows_of_logs(vector.reshape(self.shape))) if np.isfinite(vector).all() else None

    # ------------------------------------------------------------ files

    def to_document(self):
        return {"n_trials": self.n_trials, "probabilities": files.array_to_document(self.probabilities)}

    @classmethod
    def from_document(cls, document):
        closed(document, ("n_trials", "probabilities"))
        table = files.array_from_document(document["probabilities"], "probabilities", shape=(None, None))
        return cls(n_trials=document["n_trials"], probabilities=table).checked()
