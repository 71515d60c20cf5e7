"""The rounding of a column: how many decimals its values have, or the step between its integers."""

import numpy as np

_MOST_DECIMALS = 12


def observed_decimals(values):
    """Fewest decimals that hold all values exactly, or None.

    Parameters
    ----------
    values : array (n,) of finite float32 or float64
        float32 values are compared in float32.
    """
    wide = values.astype(np.float64)
    if np.abs(wide).max(initial=0.0) >= 1e12:
        return None
    start, largest = 0, 2.0**50 if values.dtype == np.float64 else 2.0**21  # beyond, the type itself has no more digits
    for part in (wide[:1000], wide):
        while not _holds(part, values[: len(part)], start):
            start += 1
            if start > _MOST_DECIMALS or np.abs(wide).max() * 10.0**start > largest:
                return None
    return start


def _holds(wide, values, decimals):
    return bool((np.round(wide, decimals).astype(values.dtype) == values).all())


def observed_step(values, *, min_count=1):
    """Greatest step s and offset o in [0, s) with all integers in o + s * Z; (1, 0) for a single value.

    Few values would be told exactly by the step between them. So (1, 0) too where `min_count` or fewer values occur, unless
    each of them occurs in `min_count` rows.

    Parameters
    ----------
    values : array (n,) of int64
    min_count : int
    """
    if not np.ptp(values.astype(np.float64)) < 2.0**62:
        return 1, 0
    distinct, counts = np.unique(values, return_counts=True)
    if distinct.size <= min_count and counts.min() < min_count:
        return 1, 0
    step = int(np.gcd.reduce(distinct - distinct[0]))
    return (step, int(distinct[0]) % step) if step > 1 else (1, 0)


def to_lattice(x, step, offset):
    """Nearest points o + s * Z of `x` (n,); halves go to the even multiple."""
    return offset + step * np.rint((x - offset) / step)
