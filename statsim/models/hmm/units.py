"""Standard units of the columns of sequences."""

import math

import numpy as np

from statsim.errors import FitError


def units_for(emission, values):
    """`units_of` for an emission: equal scales where it has one variance for all columns, none where it has no units."""
    if not emission.standardises:
        return 0.0, 1.0
    centre, scale = units_of(values)
    return centre, np.full_like(scale, scale.max()) if emission.covariance_type == "spherical" else scale


def units_of(values):
    """Centre and scale (d,): a value of the column near its mean, and a power of two near its standard deviation.

    Raises
    ------
    FitError
        For constant columns, and for columns of which nothing was observed.
    """
    unseen = np.flatnonzero(np.isnan(values).all(axis=0))
    if unseen.size:
        raise FitError(f"column {int(unseen[0])} of X has no observed value; leave it out")
    centre, scale = np.empty(values.shape[1]), np.empty(values.shape[1])
    for j, column in enumerate(values.T):
        seen = np.sort(column[~np.isnan(column)])
        centre[j] = seen[len(seen) // 2]
        spread = float(np.sqrt(np.mean(((seen - centre[j]) / max(seen[-1] - seen[0], 1e-300)) ** 2))) * (seen[-1] - seen[0])
        if not spread > 0:
            raise FitError(f"column {j} of X is the constant {seen[0]:g}: a normal emission has no spread there; leave the column out")
        scale[j] = 2.0 ** math.floor(math.log2(spread))
    return centre, scale
