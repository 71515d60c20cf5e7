"""Draws whose time grows with the pairs of nodes, not with the edges: what takes hours is said before it begins."""

import warnings

from statsim.errors import ArgumentError, SamplerWarning

WARNED = 1800.0
REFUSED = 60.0 * 86_400.0
"""Seconds on one core from which a request is warned of, and refused."""


def require_patience(seconds, what):
    """Warn of a request that takes about so many seconds on one core, or refuse it.

    Raises
    ------
    ArgumentError
        Above two months.
    """
    hours = seconds / 3600.0
    remedy = "every pair of nodes is looked at; use fewer nodes, or a BernoulliGraph, StochasticBlockModel or ChungLuGraph, whose time is that of the edges"
    if seconds > REFUSED:
        raise ArgumentError(f"{what} would take about {hours:.3g} hours of one core: {remedy}")
    if seconds > WARNED:
        warnings.warn(f"{what} will take about {hours:.3g} hours of one core: {remedy}", SamplerWarning, stacklevel=4)
