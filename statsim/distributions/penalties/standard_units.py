"""Shrinkage of columns that were divided by their standard deviations, and back."""

import numpy as np

from statsim.errors import ArgumentError


def in_standard_units(shrunk, covariance, rows, standardise):
    """`shrunk(covariance, rows)` of the columns as they are, or in units of their standard deviations and then back.

    Raises
    ------
    ArgumentError
        Naming a column whose variance is not positive.
    """
    if not standardise:
        return shrunk(covariance, rows)
    scale = np.sqrt(np.diagonal(covariance))
    if not (scale > 0).all():
        bad = int(np.flatnonzero(~(scale > 0))[0])
        raise ArgumentError(f"covariance[{bad}, {bad}] = {covariance[bad, bad]}: each column needs a positive variance; leave constant columns out")
    outer = np.outer(scale, scale)
    return shrunk(covariance / outer, None if rows is None else rows / scale) * outer
