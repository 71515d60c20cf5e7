"""Poisson emissions: independent counts."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from statsim import files
from statsim.errors import ArgumentError
from statsim.kernels.hmm.emissions.columns import add_column_sums
from statsim.kernels.hmm.emissions.poisson import fill_poisson, log_density_poisson
from statsim.model import closed
from statsim.models.hmm.emissions.columns import check_counts, checked_table, column_sums, pooled_means, weighted_means
from statsim.models.hmm.emissions.emission import Emission

LARGEST_RATE = 9e15
"""Counts of a larger rate would not be whole doubles."""


@dataclass(frozen=True, eq=False)
class Poisson(Emission):
    r"""Counts with :math:`P(x_j) = e^{-\lambda_{kj}} \lambda_{kj}^{x_j} / x_j!` in state k, columns independent.

    Parameters
    ----------
    rates : array (k, d), optional
        Means of the counts, 0 to 9e15. With the rate 0 the count is 0.

    Examples
    --------
    >>> Poisson(rates=[[1.0, 20.0], [5.0, 3.0]]).shape
    (2, 2)
    """

    rates: Any = None

    name: ClassVar[str] = "poisson"
    dtype: ClassVar[type] = np.int64

    @property
    def shape(self):
        return None if self.rates is None else np.shape(self.rates)

    def checked(self):
        if self.rates is None:
            raise ArgumentError("Poisson emissions need rates (k, d); for a fit, a template without them")
        return replace(self, rates=checked_table(self.rates, "rates", maximum=LARGEST_RATE))

    def n_free(self):
        return self.rates.size

    @property
    def per_state(self):
        return ("rates",)

    def mean(self):
        return self.rates

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        check_counts(values, name)

    @cached_property
    def _log_rates(self):
        with np.errstate(divide="ignore"):
            return np.log(self.rates)

    def fill_log_density(self, values, offsets, begin, end, out):
        log_density_poisson(values[begin:end], self.rates, self._log_rates, out)

    def fill(self, key, number, offsets, path, rows):
        fill_poisson(key, number, offsets, path, self.rates, rows)

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        return replace(self, rates=np.tile(pooled_means(values), (k, 1)))

    def empty_sums(self):
        return column_sums(self)

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        add_column_sums(values[begin:end], gamma, weights, *sums)

    def estimate(self, sums, bound):
        return replace(self, rates=weighted_means(*sums))

    def pack(self):
        """Square roots of the rates: counts have the same spread on that scale, and every vector is a law."""
        return np.sqrt(self.rates).ravel()

    def unpack(self, vector):
        rates = vector.reshape(self.shape) ** 2
        return replace(self, rates=rates) if (rates <= LARGEST_RATE).all() else None

    # ------------------------------------------------------------ files

    def to_document(self):
        return {"rates": files.array_to_document(self.rates)}

    @classmethod
    def from_document(cls, document):
        closed(document, ("rates",))
        return cls(rates=files.array_from_document(document["rates"], "rates", shape=(None, None))).checked()
