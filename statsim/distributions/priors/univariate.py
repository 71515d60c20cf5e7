"""Priors of one number: frozen parameters, and the row by which compiled posteriors know them (`statsim.kernels.priors`)."""

from dataclasses import dataclass, fields

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError

_POSITIVE = ("scale", "df", "shape", "rate", "log_sd", "a", "b")


class UnivariatePrior:
    """A prior of one number. A subclass is a frozen dataclass and gives `_code()` and where the number may lie, `bounds`."""

    bounds = (-np.inf, np.inf)

    def __post_init__(self):
        for one in fields(self):
            value = checks.real(getattr(self, one.name), one.name)
            if one.name in _POSITIVE and not value > 0:
                raise ArgumentError(f"{one.name} of {type(self).__name__} must be above 0, got {value!r}")

    def row(self):
        """(code, a, b, c) of `statsim.kernels.priors`."""
        numbers = [float(getattr(self, one.name)) for one in fields(self)]
        return np.array([self._code(), *numbers, *[0.0] * (3 - len(numbers))])

    def log_density(self, x):
        """Log density at x, a float; minus infinity outside the bounds.

        Examples
        --------
        >>> Normal(loc=0.0, scale=1.0).log_density(0.0).__round__(6)
        -0.918939
        """
        from statsim.kernels.priors import log_prior

        return float(log_prior(self.row()[None], np.array([float(x)]), np.zeros(1)))

    @staticmethod
    def _code():
        raise NotImplementedError


@dataclass(frozen=True)
class Flat(UnivariatePrior):
    """No preference: improper, density 1."""

    @staticmethod
    def _code():
        from statsim.kernels.priors import FLAT

        return FLAT


@dataclass(frozen=True)
class Normal(UnivariatePrior):
    """Normal."""

    loc: float = 0.0
    scale: float = 1.0

    @staticmethod
    def _code():
        from statsim.kernels.priors import NORMAL

        return NORMAL


@dataclass(frozen=True)
class HalfNormal(UnivariatePrior):
    """The positive half of a normal about 0."""

    scale: float = 1.0

    bounds = (0.0, np.inf)

    def row(self):
        """(code, 0, scale, df) of `statsim.kernels.priors`."""
        return np.array([self._code(), 0.0, self.scale, 0.0])

    @staticmethod
    def _code():
        from statsim.kernels.priors import HALF_NORMAL

        return HALF_NORMAL


@dataclass(frozen=True)
class StudentT(UnivariatePrior):
    """Student's t: `df` 1 is Cauchy."""

    loc: float = 0.0
    scale: float = 1.0
    df: float = 3.0

    @staticmethod
    def _code():
        from statsim.kernels.priors import STUDENT

        return STUDENT


@dataclass(frozen=True)
class HalfStudentT(UnivariatePrior):
    """The positive half of Student's t about 0."""

    scale: float = 1.0
    df: float = 3.0

    bounds = (0.0, np.inf)

    def row(self):
        """(code, 0, scale, df) of `statsim.kernels.priors`."""
        return np.array([self._code(), 0.0, self.scale, self.df])

    @staticmethod
    def _code():
        from statsim.kernels.priors import HALF_STUDENT

        return HALF_STUDENT


@dataclass(frozen=True)
class HalfCauchy(UnivariatePrior):
    """The positive half of a Cauchy about 0."""

    scale: float = 1.0

    bounds = (0.0, np.inf)

    def row(self):
        """(code, 0, scale, df) of `statsim.kernels.priors`."""
        return np.array([self._code(), 0.0, self.scale, 1.0])

    @staticmethod
    def _code():
        from statsim.kernels.priors import HALF_STUDENT

        return HALF_STUDENT


@dataclass(frozen=True)
class Laplace(UnivariatePrior):
    """Double exponential."""

    loc: float = 0.0
    scale: float = 1.0

    @staticmethod
    def _code():
        from statsim.kernels.priors import LAPLACE

        return LAPLACE


@dataclass(frozen=True)
class Gamma(UnivariatePrior):
    """Gamma, mean `shape / rate`."""

    shape: float
    rate: float

    bounds = (0.0, np.inf)

    @staticmethod
    def _code():
        from statsim.kernels.priors import GAMMA

        return GAMMA


@dataclass(frozen=True)
class InverseGamma(UnivariatePrior):
    """Inverse gamma: 1 / x is gamma with `shape` and rate `scale`."""

    shape: float
    scale: float

    bounds = (0.0, np.inf)

    @staticmethod
    def _code():
        from statsim.kernels.priors import INVERSE_GAMMA

        return INVERSE_GAMMA


@dataclass(frozen=True)
class LogNormal(UnivariatePrior):
    """Log x is normal."""

    log_mean: float = 0.0
    log_sd: float = 1.0

    bounds = (0.0, np.inf)

    @staticmethod
    def _code():
        from statsim.kernels.priors import LOG_NORMAL

        return LOG_NORMAL


@dataclass(frozen=True)
class Exponential(UnivariatePrior):
    """Exponential, mean `1 / rate`."""

    rate: float = 1.0

    bounds = (0.0, np.inf)

    @staticmethod
    def _code():
        from statsim.kernels.priors import EXPONENTIAL

        return EXPONENTIAL


@dataclass(frozen=True)
class Beta(UnivariatePrior):
    """Beta on the unit interval."""

    a: float
    b: float

    bounds = (0.0, 1.0)

    @staticmethod
    def _code():
        from statsim.kernels.priors import BETA

        return BETA


@dataclass(frozen=True)
class Uniform(UnivariatePrior):
    """Uniform between `low` and `high`."""

    low: float
    high: float

    def __post_init__(self):
        super().__post_init__()
        if not self.low < self.high:
            raise ArgumentError(f"low must be below high, got low={self.low!r}, high={self.high!r}")

    @property
    def bounds(self):
        """`low` and `high`."""
        return self.low, self.high

    @staticmethod
    def _code():
        from statsim.kernels.priors import UNIFORM

        return UNIFORM
