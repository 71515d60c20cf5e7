"""The contract of a sojourn law: how many steps a state is stayed in, on 1, 2, ..., max_duration.

The longest sojourn allowed ends a longer one: its probability is that of `max_duration` steps or more. What is shorter keeps the probability it
has without a bound, so that a bound no shorter than the sequences never acts.
"""

from abc import ABC, abstractmethod
from dataclasses import fields, replace
from typing import ClassVar

import numpy as np

from statsim import checks, files
from statsim.errors import ArgumentError
from statsim.kernels.hmm.semi_sojourns import fill_probabilities
from statsim.model import closed


class Sojourn(ABC):
    """What `HiddenSemiMarkovModel` asks of a law. k is the number of states, D the longest sojourn; parameters are None in a template.

    The dataclass fields of a subclass are its parameters, arrays whose first axis is the state.
    """

    name: ClassVar[str]
    ndim: ClassVar[int] = 1
    """Of the parameters."""

    @classmethod
    def parameter_names(cls):
        """Names of the parameters."""
        return [field.name for field in fields(cls)]

    @property
    def n_states(self):
        """k; None in a template."""
        values = getattr(self, self.parameter_names()[0])
        return None if values is None else len(values)

    def checked(self):
        """This law with its parameters as arrays that fit together.

        Raises
        ------
        ArgumentError
            Naming the parameter and the state, with the value.
        """
        arrays = {}
        for name in self.parameter_names():
            value = getattr(self, name)
            if value is None:
                raise ArgumentError(f"{type(self).__name__} sojourns need {name}, one entry a state; for a fit, a template without parameters")
            array = np.array(value, np.float64)
            if array.ndim != self.ndim or not array.size:
                shape = "(k,)" if self.ndim == 1 else "(k, m)"
                raise ArgumentError(f"{name} of {type(self).__name__} must have shape {shape}, one entry a state, got {array.shape}")
            checks.finite(array, name)
            arrays[name] = array
        if len({len(array) for array in arrays.values()}) > 1:
            raise ArgumentError(f"{type(self).__name__} needs as many {' as '.join(arrays)}, got {' and '.join(str(len(a)) for a in arrays.values())}")
        return replace(self, **arrays).settled()

    @abstractmethod
    def settled(self):
        """This law, whose parameters are arrays, once they are found to be in their range.

        Raises
        ------
        ArgumentError
        """

    def reordered(self, order):
        """The law whose state i is state order[i] of this one."""
        return replace(self, **{name: np.ascontiguousarray(getattr(self, name)[order]) for name in self.parameter_names()})

    def n_free(self):
        """Number of free parameters."""
        return sum(getattr(self, name).size for name in self.parameter_names())

    # ------------------------------------------------------------ tables

    @abstractmethod
    def fill_tables(self, state, log_d, log_s):
        """Write the log probabilities of u steps, and of u steps or more, of one state into (D,) arrays."""

    def log_tables(self, max_duration):
        """Log probability (k, D) of a sojourn of u steps, and of one of u steps or more, at u - 1."""
        log_d, log_s = np.empty((self.n_states, max_duration)), np.empty((self.n_states, max_duration))
        for state in range(self.n_states):
            self.fill_tables(state, log_d[state], log_s[state])
        return log_d, log_s

    def table(self, max_duration):
        """Probability (k, D) of a sojourn of u steps, at u - 1; the same doubles on every machine."""
        log_d, _ = self.log_tables(max_duration)
        out = np.empty(log_d.shape)
        fill_probabilities(log_d.ravel(), out.reshape(-1))
        return out

    # ------------------------------------------------------------ fits

    @abstractmethod
    def with_means(self, means, max_duration):
        """A law of this kind with mean sojourns (k,), to begin a fit with."""

    @abstractmethod
    def estimate(self, completed, censored):
        """A law with a larger expected log-likelihood than this one.

        `completed` (k, D) are expected sojourns of u steps, `censored` (k, D) last sojourns of which u steps were seen, at u - 1.
        """

    @abstractmethod
    def pack(self):
        """The parameters as a vector of coordinates of order one."""

    @abstractmethod
    def unpack(self, vector):
        """The law of a vector, or None when it is none."""

    # ------------------------------------------------------------ files

    def to_document(self):
        """Parameters as JSON values, without the name."""
        return {name: files.array_to_document(getattr(self, name)) for name in self.parameter_names()}

    @classmethod
    def from_document(cls, document):
        """The law of `to_document`; refuses anything else."""
        closed(document, tuple(cls.parameter_names()))
        return cls(**{name: files.array_from_document(document[name], name, shape=(None,) * cls.ndim) for name in cls.parameter_names()}).checked()


def ended_and_open(completed, censored):
    """Sojourns (k, D) whose end was chance, and those of which only so many steps are known: one of D steps might have gone on."""
    ended, still_open = completed.copy(), censored.copy()
    still_open[:, -1] += ended[:, -1]
    ended[:, -1] = 0.0
    return ended, still_open


def out_of_range(name, values, wrong, allowed):
    """Raise for the first of `values` (k,) that is `wrong` (k,).

    Raises
    ------
    ArgumentError
    """
    if wrong.any():
        state = int(wrong.argmax())
        raise ArgumentError(f"{name} must be {allowed}, got {name}[{state}] = {values[state]:g}")
