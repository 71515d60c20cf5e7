r"""A few numbers in the place of many: values with weights under which a law has the likelihood it has under all the data.

The likelihood of an exponential family depends on the data through the mean of a few functions alone (Fisher 1922; Koopman 1936; Pitman 1936).
Two values with the same means stand for them all: a law then needs no other code for data that do not fit in memory.
"""

import math
from dataclasses import dataclass

import numpy as np

from statsim.distributions.running_moments import RunningMoments


@dataclass(frozen=True)
class Summary:
    """Functions of a value, whose means and variances are kept, and what makes two values of them.

    Parameters
    ----------
    functions : tuple of callables
        Each maps values (m,) to numbers (m,); the first is the value itself.
    stand_ins : callable
        Means (q,) and variances (q,) to values (2,) of equal weight.
    """

    functions: tuple
    stand_ins: object

    def begin(self):
        """Moments of no values."""
        return RunningMoments()

    def add(self, moments, values, weights):
        """Take in values (m,) with weights (m,)."""
        moments.add(np.column_stack([function(values) for function in self.functions]), weights)

    def values(self, moments):
        """The two values (2,), rising."""
        return np.sort(self.stand_ins(moments.mean, np.diagonal(moments.covariance())))


def _spread_about_the_mean(mean, variance):
    return mean[0] + math.sqrt(variance[0]) * np.array([-1.0, 1.0])


def _spread_of_the_logarithm(mean, variance):
    return np.exp(mean[1] + math.sqrt(variance[1]) * np.array([-1.0, 1.0]))


def _mean_and_geometric_mean(mean, variance):
    """G exp(-h) and G exp(h), whose geometric mean is G and whose mean is G cosh(h)."""
    gap = max(math.log(mean[0]) - mean[1], 0.0)
    return np.exp(mean[1]) * np.exp(np.array([-1.0, 1.0]) * math.acosh(math.exp(gap)))


def _mean_alone(mean, variance):
    return np.full(2, mean[0])


MEAN = Summary((np.asarray,), _mean_alone)
"""For laws of the mean: the exponential law."""

MEAN_AND_VARIANCE = Summary((np.asarray,), _spread_about_the_mean)
"""For the normal law."""

LOG_MEAN_AND_VARIANCE = Summary((np.asarray, np.log), _spread_of_the_logarithm)
"""For the log-normal law."""

MEAN_AND_LOG_MEAN = Summary((np.asarray, np.log), _mean_and_geometric_mean)
"""For the gamma law."""
