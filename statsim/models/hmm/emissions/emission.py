"""The contract of an emission: the law of one step given the hidden state.

An object holds structure, such as the type of a covariance, and parameters, which are None in a template. It knows nothing of
the chain of states: `HiddenMarkovModel` hands it tables of posteriors and takes log densities, sums and draws.
"""

from abc import ABC, abstractmethod
from dataclasses import replace
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.hmm.forward import relative_densities


class Emission(ABC):
    """What `HiddenMarkovModel` asks of a law. k is the number of states, d of features; arrays of steps are (n, d), NaN where missing."""

    name: ClassVar[str]
    dtype: ClassVar[type] = np.float64
    """Of the steps that `fill` draws."""
    lags: int = 0
    """Steps before a step that its law looks at."""
    conditions_columns: bool = True
    """Whether `fill_around` draws some columns of a step given the others: as it stands here, where columns are independent given the state."""
    standardises: ClassVar[bool] = False
    """Whether fits move columns to standard units first: `rescaled` then brings the parameters back."""

    # ------------------------------------------------------------ parameters

    @property
    @abstractmethod
    def shape(self):
        """(k, d); None in a template."""

    @abstractmethod
    def checked(self):
        """This law with its parameters as arrays that fit together.

        Raises
        ------
        ArgumentError
        """

    @abstractmethod
    def n_free(self):
        """Number of free parameters."""

    @property
    @abstractmethod
    def per_state(self):
        """Names of the parameters whose first axis is the state."""

    def reordered(self, order):
        """The law whose state i is state order[i] of this one."""
        return replace(self, **{name: np.ascontiguousarray(getattr(self, name)[order]) for name in self.per_state})

    def with_state(self, other, state):
        """This law with the parameters of one state taken from `other`; what the states share is kept."""
        changed = {}
        for name in self.per_state:
            changed[name] = getattr(self, name).copy()
            changed[name][state] = getattr(other, name)[state]
        return replace(self, **changed)

    @abstractmethod
    def mean(self):
        """Expected step (k, d) of each state."""

    @property
    def is_simple(self):
        """Whether the likelihood of a single state has a single optimum."""
        return True

    # ------------------------------------------------------------ densities and draws

    @abstractmethod
    def check_steps(self, values, name):
        """Raise where `values` (n, d) hold what the law cannot emit.

        Raises
        ------
        ArgumentError
        """

    @abstractmethod
    def fill_log_density(self, values, offsets, begin, end, out):
        """Write the log density of steps [begin, end) given each state into out (end - begin, k).

        `offsets` are those of the sequences within `values`, for laws that look at the steps before.
        """

    def fill_relative_density(self, values, offsets, begin, end, b, highest):
        """Write densities relative to the largest of each step into b (end - begin, k), and the logs of the largest into highest (end - begin,)."""
        self.fill_log_density(values, offsets, begin, end, b)
        relative_densities(b, b, highest)

    @abstractmethod
    def fill(self, key, number, offsets, path, rows):
        """Draw the steps `rows` (n, d) of sequences number, number + 1, ... whose states are `path` (n,); see `statsim.kernels.hmm.paths`."""

    def fill_around(self, key, number, path, known, values, rows):
        """Draw the steps `rows` (n, d) of sequence `number` whose states are `path` (n,), given `values` (n, d) where `known` (n,) and not NaN."""
        self.fill(key, number, np.array([0, len(path)], np.int64), path, rows)
        kept = known[:, None] & ~np.isnan(values)
        rows[kept] = values[kept].astype(self.dtype)

    def distribution(self, values):
        """Distribution function of each column given each state, just below and at `values` (n, d): two arrays (n, k, d)."""
        raise ArgumentError(f"{self.name} emissions have no distribution function for each column")

    # ------------------------------------------------------------ the M step

    @abstractmethod
    def pooled(self, values, k):
        """A law of k equal states, fitted to all steps alike; its structure is settled (number of categories, ...)."""

    @abstractmethod
    def empty_sums(self):
        """Arrays of zeros, for `add_sums`."""

    @abstractmethod
    def add_sums(self, values, offsets, begin, end, gamma, weights, sums):
        """Add what the M step needs of steps [begin, end), whose states have probabilities gamma (end - begin, k), to `sums`."""

    @abstractmethod
    def estimate(self, sums, bound):
        """The law that maximises the expected log-likelihood; `bound` is the least variance allowed in standard units, 0 for none.

        Raises
        ------
        DegenerateError
            For a state that nothing speaks for, by its number.
        """

    @abstractmethod
    def pack(self):
        """The parameters as a vector of coordinates of order one, bounded where a fit may end at the edge (roots of probabilities, not logarithms)."""

    @abstractmethod
    def unpack(self, vector):
        """The law of a vector, or None when it is none."""

    def bounded(self, bound):
        """The law with every variance, in standard units, raised to at least `bound`; only where `standardises`."""
        return self

    def rescaled(self, centre, scale):
        """The law of centre + scale x (d,) where x has this one; only where `standardises`."""
        raise TypeError(f"{self.name} emissions have no units")

    def defect(self, counts):
        """What makes a state spurious, in words, or None; `counts` (k,) are the steps that each stands on."""
        least = self.least_support()
        if counts.min() < least:
            return f"state {int(counts.argmin())} stands on {counts.min():.3g} steps, fewer than {least:g}"
        return None

    def least_support(self):
        """Steps that a state must stand on."""
        return 1.5

    # ------------------------------------------------------------ files

    @abstractmethod
    def to_document(self):
        """Structure and parameters as JSON values, without the name."""

    @classmethod
    @abstractmethod
    def from_document(cls, document):
        """The law of `to_document`; refuses anything else."""
