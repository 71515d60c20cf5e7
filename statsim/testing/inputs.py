"""What the assertions accept, checked before any statistic is computed."""

import math

import numpy as np

from statsim.errors import ArgumentError


def as_draws(values, name="sample", *, ndim=(1,)):
    """Finite float64 array of draws, shape (n,) or (n, d); at least one row.

    Raises
    ------
    ArgumentError
        With the shape, or with the place and value of the first entry that is not finite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim not in ndim or array.shape[0] == 0:
        wanted = " or ".join("(n,)" if d == 1 else "(n, d)" for d in ndim)
        raise ArgumentError(f"{name} must have shape {wanted} with n >= 1, got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ArgumentError(f"{name} must be finite, got {array[place]} at index {place}; remove or impute it first")
    return array


def check_alpha(alpha):
    """Refuse a false-alarm rate outside (0, 1)."""
    if not 0.0 < alpha < 1.0:
        raise ArgumentError(f"alpha must lie in (0, 1), got {alpha!r}: it is the false-alarm rate of this assertion")


def check_positive(value, name):
    """Refuse a number that is not finite and positive."""
    if not (value > 0.0 and math.isfinite(value)):
        raise ArgumentError(f"{name} must be a positive finite number, got {value!r}")


def effective_size(ess, n):
    """`ess` if given, else n; refused when it is not in (0, n]."""
    if ess is None:
        return n
    if not 0.0 < ess <= n:
        raise ArgumentError(f"ess must lie in (0, n] with n = {n}, got {ess!r}: pass the effective sample size of the draws")
    return ess
