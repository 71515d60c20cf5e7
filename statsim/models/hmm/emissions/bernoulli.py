"""Bernoulli emissions: independent zeros and ones."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from statsim import files
from statsim.errors import ArgumentError
from statsim.kernels.hmm.emissions.bernoulli import fill_bernoulli, log_density_bernoulli
from statsim.kernels.hmm.emissions.columns import add_column_sums
from statsim.model import closed
from statsim.models.hmm.emissions.columns import checked_table, column_sums, pooled_means, weighted_means
from statsim.models.hmm.emissions.emission import Emission


@dataclass(frozen=True, eq=False)
class Bernoulli(Emission):
    """Zeros and ones with probabilities that depend on the state, columns independent.

    Parameters
    ----------
    probabilities : array (k, d), optional
        Of a one, 0 to 1.

    Examples
    --------
    >>> Bernoulli(probabilities=[[0.1, 0.5, 0.9], [0.8, 0.5, 0.0]]).shape
    (2, 3)
    """

    probabilities: Any = None

    name: ClassVar[str] = "bernoulli"
    dtype: ClassVar[type] = np.int64

    @property
    def shape(self):
        return None if self.probabilities is None else np.shape(self.probabilities)

    def checked(self):
        if self.probabilities is None:
            raise ArgumentError("Bernoulli emissions need probabilities (k, d) of a one; for a fit, a template without them")
        return replace(self, probabilities=checked_table(self.probabilities, "probabilities", maximum=1.0))

    def n_free(self):
        return self.probabilities.size

    @property
    def per_state(self):
        return ("probabilities",)

    def mean(self):
        return self.probabilities

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        bad = np.argwhere((values != 0) & (values != 1) & ~np.isnan(values))
        if bad.size:
            row, column = (int(i) for i in bad[0])
            raise ArgumentError(f"{name} must hold zeros and ones, got {values[row, column]:g} in row {row}, column {column}")

    @cached_property
    def _logs(self):
        with np.errstate(divide="ignore"):
            return np.log1p(-self.probabilities), np.log(self.probabilities)

    def fill_log_density(self, values, offsets, begin, end, out):
        log_density_bernoulli(values[begin:end], *self._logs, out)

    def fill(self, key, number, offsets, path, rows):
        fill_bernoulli(key, number, offsets, path, self.probabilities, rows)

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        return replace(self, probabilities=np.tile(pooled_means(values), (k, 1)))

    def empty_sums(self):
        return column_sums(self)

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        add_column_sums(values[begin:end], gamma, weights, *sums)

    def estimate(self, sums, bound):
        return replace(self, probabilities=np.minimum(weighted_means(*sums), 1.0))

    def pack(self):
        """Angles whose squared sine is the probability: every vector is a law, those at 0 and 1 included."""
        return np.arcsin(np.sqrt(self.probabilities)).ravel()

    def unpack(self, vector):
        return replace(self, probabilities=np.sin(vector.reshape(self.shape)) ** 2) if np.isfinite(vector).all() else None

    # ------------------------------------------------------------ files

    def to_document(self):
        return {"probabilities": files.array_to_document(self.probabilities)}

    @classmethod
    def from_document(cls, document):
        closed(document, ("probabilities",))
        return cls(probabilities=files.array_from_document(document["probabilities"], "probabilities", shape=(None, None))).checked()
