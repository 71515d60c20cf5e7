"""Where tempered samplers come from: a normal law in unconstrained coordinates, or a model."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError


@dataclass(frozen=True)
class NormalReference:
    """A normal law in unconstrained coordinates.

    Parameters
    ----------
    mean : float or array (reals,)
    sd : float or array (reals,)
        Standard deviations; rather too wide than too narrow.
    covariance : array (reals, reals), optional
        Instead of `sd`.

    Examples
    --------
    >>> NormalReference(sd=5.0)
    NormalReference(mean=0.0, sd=5.0, covariance=None)
    """

    mean: Any = 0.0
    sd: Any = 3.0
    covariance: Any = None

    def __post_init__(self):
        checks.finite(np.asarray(self.mean, np.float64), "mean")
        sd = np.asarray(self.sd, np.float64)
        checks.finite(sd, "sd")
        if not (sd > 0).all():
            raise ArgumentError(f"sd must be above 0, got {self.sd!r}")

    def tables(self, d):
        """Mean (d,), lower factor and its inverse (d, d), and log normalising constant.

        Raises
        ------
        ArgumentError
            When shapes do not fit d, or the covariance is not positive definite.
        """
        mean = _spread(self.mean, d, "mean")
        if self.covariance is None:
            sd = _spread(self.sd, d, "sd")
            factor, inverse = np.diag(sd), np.diag(1.0 / sd)
        else:
            factor, inverse = _factors(np.asarray(self.covariance, np.float64), d)
        constant = -0.5 * d * np.log(2 * np.pi) - float(np.log(np.diag(factor)).sum())
        return mean, np.ascontiguousarray(factor), np.ascontiguousarray(inverse), constant


def _spread(value, d, name):
    array = np.asarray(value, np.float64)
    if array.shape not in ((), (1,), (d,)):
        raise ArgumentError(f"{name} of the reference must be a number or an array ({d},), one for each unconstrained coordinate; got shape {array.shape}")
    return np.array(np.broadcast_to(array, (d,)))  # a copy: a view could be read-only, another type to a kernel


def _factors(covariance, d):
    from statsim.kernels.cholesky import cholesky, invert_lower

    if covariance.shape != (d, d):
        raise ArgumentError(f"covariance of the reference must have shape ({d}, {d}), got {covariance.shape}")
    checks.finite(covariance, "covariance")
    L, P = np.zeros((1, d, d)), np.zeros((1, d, d))
    if cholesky(np.ascontiguousarray(covariance[None]), 1e-14, L) >= 0:
        raise ArgumentError(f"covariance of the reference must be positive definite, got {covariance.tolist()}")
    invert_lower(L, P)
    return L[0], P[0]
