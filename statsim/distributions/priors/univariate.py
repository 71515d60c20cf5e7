"""Priors of one number: frozen parameters, and the row by which compiled posteriors know them (`statsim.kernels.priors`)."""

from dataclasses import dataclass, fields

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError

_POSITIVE = ("scale", "df", "shape", "rate", "log_sd", "a", "b")


class UnivariatePrior:
    """A prior of one number. A subclass is a frozen dataclass and says `_code`, its name in `statsim.kernels.priors`, and where the number may lie, `bounds`."""

    bounds = (-np.inf, np.inf)

    def __post_init__(self):
        for one in fields(self):
            value = checks.real(getattr(self, one.name), one.name)
            if one.name in _POSITIVE and not value > 0:
                raise ArgumentError(f"{one.name} of {type(self).__name__} must be above 0, got {value!r}")

    def _number(self):
        """The code by which the kernels know this prior."""
        from statsim.kernels import priors

        return getattr(priors, self._code)

    def row(self):
        """(code, a, b, c) of `statsim.kernels.priors`."""
        numbers = [float(getattr(self, one.name)) for one in fields(self)]
        return np.array([self._number(), *numbers, *[0.0] * (3 - len(numbers))])

    def log_density(self, x):
        """Log density at x, a float; minus infinity outside the bounds.

        Examples
        --------
        >>> Normal(loc=0.0, scale=1.0).log_density(0.0).__round__(6)
        -0.918939
        """
        from statsim.kernels.priors import log_prior

        return float(log_prior(self.row()[None], np.array([float(x)]), np.zeros(1)))


@dataclass(frozen=True)
class Flat(UnivariatePrior):
    """No preference: improper, density 1."""

    _code = "FLAT"


@dataclass(frozen=True)
class Normal(UnivariatePrior):
    """Normal."""

    loc: float = 0.0
    scale: float = 1.0

    _code = "NORMAL"


@dataclass(frozen=True)
class HalfNormal(UnivariatePrior):
    """The positive half of a normal about 0."""

    scale: float = 1.0

    bounds = (0.0, np.inf)

    def row(self):
        """(code, 0, scale, df) of `statsim.kernels.priors`."""
        return np.array([self._number(), 0.0, self.scale, 0.0])

    _code = "HALF_NORMAL"


@dataclass(frozen=True)
class StudentT(UnivariatePrior):
    """Student's t: `df` 1 is Cauchy."""

    loc: float = 0.0
    scale: float = 1.0
    df: float = 3.0

    _code = "STUDENT"


@dataclass(frozen=True)
class HalfStudentT(UnivariatePrior):
    """The positive half of Student's t about 0."""

    scale: float = 1.0
    df: float = 3.0

    bounds = (0.0, np.inf)

    def row(self):
        """(code, 0, scale, df) of `statsim.kernels.priors`."""
        return np.array([self._number(), 0.0, self.scale, self.df])

    _code = "HALF_STUDENT"


@dataclass(frozen=True)
class HalfCauchy(UnivariatePrior):
    """The positive half of a Cauchy about 0."""

    scale: float = 1.0

    bounds = (0.0, np.inf)

    def row(self):
        """(code, 0, scale, df) of `statsim.kernels.priors`."""
        return np.array([self._number(), 0.0, self.scale, 1.0])

    _code = "HALF_STUDENT"


@dataclass(frozen=True)
class Laplace(UnivariatePrior):
    """Double exponential."""

    loc: float = 0.0
    scale: float = 1.0

    _code = "LAPLACE"


@dataclass(frozen=True)
class Gamma(UnivariatePrior):
    """Gamma, mean `shape / rate`."""

    shape: float
    rate: float

    bounds = (0.0, np.inf)

    _code = "GAMMA"


@dataclass(frozen=True)
class InverseGamma(UnivariatePrior):
    """Inverse gamma: 1 / x is gamma with `shape` and rate `scale`."""

    shape: float
    scale: float

    bounds = (0.0, np.inf)

    _code = "INVERSE_GAMMA"


@dataclass(frozen=True)
class LogNormal(UnivariatePrior):
    """Log x is normal."""

    log_mean: float = 0.0
    log_sd: float = 1.0

    bounds = (0.0, np.inf)

    _code = "LOG_NORMAL"


@dataclass(frozen=True)
class Exponential(UnivariatePrior):
    """Exponential, mean `1 / rate`."""

    rate: float = 1.0

    bounds = (0.0, np.inf)

    _code = "EXPONENTIAL"


@dataclass(frozen=True)
class Beta(UnivariatePrior):
    """Beta on the unit interval."""

    a: float
    b: float

    bounds = (0.0, 1.0)

    _code = "BETA"


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

    _code = "UNIFORM"
