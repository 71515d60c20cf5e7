"""Categorical emissions: one of m symbols."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError
from statsim.estimators.climb import DegenerateError
from statsim.kernels.hmm.emissions.categorical import add_counts, fill_categorical, log_density_categorical
from statsim.kernels.variates.categorical import alias_table
from statsim.model import closed
from statsim.models.hmm.emissions.emission import Emission


@dataclass(frozen=True, eq=False)
class Categorical(Emission):
    """Symbol 0 to m - 1, with probabilities that depend on the state.

    Parameters
    ----------
    n_categories : int, optional
        Symbols of the alphabet, m; in a fit the largest symbol seen plus one when not given.
    probabilities : array (k, m), optional
        Of each symbol in each state; rows sum to 1.

    Examples
    --------
    >>> Categorical(probabilities=[[0.5, 0.5], [0.1, 0.9]]).shape
    (2, 1)
    """

    n_categories: int | None = None
    probabilities: Any = None

    name: ClassVar[str] = "categorical"
    dtype: ClassVar[type] = np.int64

    def __post_init__(self):
        if self.n_categories is not None:
            checks.integer(self.n_categories, "n_categories", minimum=1)

    @property
    def shape(self):
        return None if self.probabilities is None else (len(self.probabilities), 1)

    def checked(self):
        if self.probabilities is None:
            raise ArgumentError("Categorical emissions need probabilities (k, m); for a fit, a template without them")
        table = checks.data_matrix(self.probabilities, "probabilities")
        table = checks.probability_rows(table, "probabilities")
        if self.n_categories not in (None, table.shape[1]):
            raise ArgumentError(f"probabilities has {table.shape[1]} columns, but n_categories={self.n_categories}; leave one of them out")
        return replace(self, n_categories=table.shape[1], probabilities=table)

    def n_free(self):
        return self.probabilities.shape[0] * (self.n_categories - 1)

    @property
    def per_state(self):
        return ("probabilities",)

    def mean(self):
        return (self.probabilities @ np.arange(float(self.n_categories)))[:, None]

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        symbols = values[~np.isnan(values)]
        most = np.inf if self.n_categories is None else self.n_categories - 1
        bad = symbols[(symbols < 0) | (symbols > most) | (symbols != np.floor(symbols))]
        if bad.size:
            alphabet = "0, 1, 2, ..." if self.n_categories is None else f"0 to {self.n_categories - 1}"
            raise ArgumentError(f"{name} holds the symbol {bad[0]:g}, which is not in the alphabet {alphabet}; number the symbols from 0")

    @cached_property
    def _log_table(self):
        with np.errstate(divide="ignore"):
            return np.ascontiguousarray(np.log(self.probabilities).T)

    def fill_log_density(self, values, offsets, begin, end, out):
        log_density_categorical(values[begin:end, 0], self._log_table, out)

    @cached_property
    def _aliases(self):
        tables, aliases = zip(*(alias_table(row) for row in self.probabilities), strict=True)
        return np.array(tables), np.array(aliases)

    def fill(self, key, number, offsets, path, rows):
        fill_categorical(key, number, offsets, path, *self._aliases, rows)

    def distribution(self, values):
        cumulative = np.concatenate([np.zeros((len(self.probabilities), 1)), np.cumsum(self.probabilities, axis=1)], axis=1)
        symbols = np.nan_to_num(values[:, 0]).astype(np.int64)
        return cumulative.T[symbols][:, :, None], cumulative.T[symbols + 1][:, :, None]

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        symbols = values[~np.isnan(values)].astype(np.int64)
        m = self.n_categories or (int(symbols.max()) + 1 if symbols.size else 1)
        counts = np.bincount(symbols, minlength=m) + 1.0 / m
        return replace(self, n_categories=m, probabilities=np.tile(counts / counts.sum(), (k, 1)))

    def empty_sums(self):
        return (np.zeros((self.n_categories, len(self.probabilities))),)

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        add_counts(values[begin:end, 0], gamma, weights, *sums)

    def estimate(self, sums, bound):
        counts = sums[0].T
        totals = counts.sum(axis=1)
        empty = np.flatnonzero(~(totals > 1e-10))
        if empty.size:
            raise DegenerateError(f"state {int(empty[0])} is never visited")
        return replace(self, probabilities=np.ascontiguousarray(counts / totals[:, None]))

    def pack(self):
        return np.sqrt(self.probabilities).ravel()

    def unpack(self, vector):
        table = vector.reshape(self.probabilities.shape) ** 2
        totals = table.sum(axis=1, keepdims=True)
        return replace(self, probabilities=table / totals) if np.isfinite(vector).all() and (totals > 0).all() else None

    # ------------------------------------------------------------ files

    def to_document(self):
        return {"probabilities": files.array_to_document(self.probabilities)}

    @classmethod
    def from_document(cls, document):
        closed(document, ("probabilities",))
        return cls(probabilities=files.array_from_document(document["probabilities"], "probabilities", shape=(None, None))).checked()
