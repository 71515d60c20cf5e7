"""Negative binomial emissions: independent counts whose variance is above their mean."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from statsim import files
from statsim.errors import ArgumentError
from statsim.kernels.hmm.emissions.negative_binomial import fill_negative_binomial, log_density_negative_binomial
from statsim.model import closed
from statsim.models.hmm.emissions.columns import check_counts, checked_table, pooled_means, weighted_means
from statsim.models.hmm.emissions.dispersion import fitted_dispersion
from statsim.models.hmm.emissions.emission import Emission
from statsim.models.hmm.emissions.poisson import LARGEST_RATE
from statsim.models.hmm.emissions.tally import Tally

_LARGEST_DISPERSION = 1e8


@dataclass(frozen=True, eq=False)
class NegativeBinomial(Emission):
    r"""Counts with mean :math:`m_{kj}` and variance :math:`m_{kj} + a_{kj} m_{kj}^2` in state k, columns independent.

    SciPy's ``nbinom(n, p)`` with ``n = 1 / a`` and ``p = n / (n + m)``; the parametrisation of generalised linear models ("NB2").

    Parameters
    ----------
    means : array (k, d), optional
        0 to 9e15. With the mean 0 the count is 0.
    dispersions : array (k, d), optional
        The a above, 0 to 1e8; 0 is the Poisson law, and what a fit gives where counts vary no more than that.

    Examples
    --------
    >>> NegativeBinomial(means=[[2.0], [30.0]], dispersions=[[0.5], [0.1]]).shape
    (2, 1)
    """

    means: Any = None
    dispersions: Any = None

    name: ClassVar[str] = "negative_binomial"
    dtype: ClassVar[type] = np.int64

    @property
    def shape(self):
        return None if self.means is None else np.shape(self.means)

    def checked(self):
        if self.means is None or self.dispersions is None:
            raise ArgumentError("NegativeBinomial emissions need means (k, d) and dispersions (k, d); for a fit, a template without either")
        means = checked_table(self.means, "means", maximum=LARGEST_RATE)
        dispersions = checked_table(self.dispersions, "dispersions", maximum=_LARGEST_DISPERSION, shape=means.shape)
        return replace(self, means=means, dispersions=dispersions)

    def n_free(self):
        return 2 * self.means.size

    @property
    def per_state(self):
        return ("means", "dispersions")

    def mean(self):
        return self.means

    # ------------------------------------------------------------ densities and draws

    def check_steps(self, values, name):
        check_counts(values, name)

    def fill_log_density(self, values, offsets, begin, end, out):
        log_density_negative_binomial(values[begin:end], self.means, self.dispersions, out)

    def fill(self, key, number, offsets, path, rows):
        fill_negative_binomial(key, number, offsets, path, self.means, self.dispersions, rows)

    # ------------------------------------------------------------ the M step

    def pooled(self, values, k):
        pooled_means(values)
        law = replace(self, means=np.zeros((k, values.shape[1])), dispersions=np.zeros((k, values.shape[1])))
        sums = law.empty_sums()
        sums[0].add(values, np.ones((len(values), k)), np.ones(len(values)))
        return law.estimate(sums, 0.0)

    def empty_sums(self):
        return (Tally(self.shape),)

    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        sums[0].add(values[begin:end], gamma, weights)

    def estimate(self, sums, bound):
        (tally,) = sums
        means = weighted_means(*tally.moments())
        dispersions = np.empty(means.shape)
        for c, j in np.ndindex(*means.shape):
            dispersions[c, j] = fitted_dispersion(tally.counts[j], tally.weights[j][:, c], means[c, j])
        return replace(self, means=means, dispersions=dispersions)

    def pack(self):
        """Square roots, so that every vector is a law, the Poisson limit included."""
        return np.sqrt(np.concatenate([self.means.ravel(), self.dispersions.ravel()]))

    def unpack(self, vector):
        means, dispersions = (vector**2).reshape(2, *self.shape)
        if not (means <= LARGEST_RATE).all() or not (dispersions <= _LARGEST_DISPERSION).all():
            return None
        return replace(self, means=means, dispersions=dispersions)

    # ------------------------------------------------------------ files

    def to_document(self):
        return {"means": files.array_to_document(self.means), "dispersions": files.array_to_document(self.dispersions)}

    @classmethod
    def from_document(cls, document):
        closed(document, ("means", "dispersions"))
        arrays = {name: files.array_from_document(document[name], name, shape=(None, None)) for name in ("means", "dispersions")}
        return cls(**arrays).checked()
