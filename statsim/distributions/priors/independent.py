"""Independent priors of named parameters."""

from dataclasses import dataclass

import numpy as np

from statsim.distributions.priors.univariate import UnivariatePrior
from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True, eq=False)
class Independent:
    """One prior of one number for each parameter name.

    Parameters
    ----------
    priors : dict of str to prior
        A name such as ``beta`` stands for all of ``beta[0]``, ``beta[1]``, ...; a full name is stronger.

    Examples
    --------
    >>> from statsim.distributions.priors import Gamma, Normal
    >>> prior = Independent({"loc": Normal(0.0, 10.0), "scale": Gamma(shape=2.0, rate=1.0)})
    >>> prior.table(("loc", "scale")).shape
    (2, 4)
    """

    priors: dict

    def __post_init__(self):
        if not isinstance(self.priors, dict):
            raise ArgumentTypeError(f"priors must be a dict of parameter names to priors, got {self.priors!r:.100}")
        for name, prior in self.priors.items():
            if not isinstance(prior, UnivariatePrior):
                hint = f"; write {prior.__name__}(...)" if isinstance(prior, type) else ""
                raise ArgumentTypeError(f"the prior of {name!r} must be one of statsim.priors for one number, got {prior!r:.100}{hint}")

    def __repr__(self):
        return ", ".join(f"{name} ~ {prior!r}" for name, prior in self.priors.items())

    def of(self, name):
        """The prior of one coordinate, or None."""
        return self.priors.get(name, self.priors.get(name.split("[")[0]))

    def table(self, names):
        """Rows (p, 4) for the coordinates `names`, as `statsim.kernels.priors` reads them.

        Raises
        ------
        ArgumentError
            When a coordinate has no prior, or a prior no coordinate.
        """
        lacking = [name for name in names if self.of(name) is None]
        known = {*names, *(name.split("[")[0] for name in names)}
        strange = [name for name in self.priors if name not in known]
        if lacking or strange:
            wrong = f"there is no parameter {strange[0]!r}" if strange else f"{lacking[0]!r} has no prior (statsim.priors.Flat() is none)"
            raise ArgumentError(f"prior: {wrong}; the parameters are {', '.join(names[:20])}")
        return np.array([self.of(name).row() for name in names])

    def log_density(self, names, x):
        """Log density at x (p,), coordinates named `names`."""
        from statsim.kernels.priors import log_prior

        return float(log_prior(self.table(names), np.ascontiguousarray(x, np.float64), np.zeros(len(names))))
