"""The highest posterior density of a Pareto law: where the likelihood ends, at the smallest value, unless the prior is strongly against it."""

import math

import numpy as np


def pareto_mode(prior, data):
    """(shape, scale) with scale at the smallest value, or None where the density falls towards it and a climb below it is right."""
    from scipy.optimize import brentq

    low, total = float(data.values[0]), data.total_weight
    excess = float(data.weights @ np.log(data.values / low))

    def slope(log_shape):
        shape = math.exp(log_shape)
        return total - shape * excess + shape * _slope(prior.of("shape"), shape)

    begin = math.log(total / excess) if excess > 0 else 0.0
    ends = _bracket(slope, begin)
    if ends is None:
        return None
    shape = math.exp(brentq(slope, *ends, xtol=1e-15))
    return np.array([shape, low]) if total * shape / low + _slope(prior.of("scale"), low) > 0 else None


def _bracket(slope, begin):
    """Two numbers about `begin` between which the slope falls through 0."""
    for reach in (1.0, 4.0, 16.0, 64.0):
        if slope(begin - reach) > 0 > slope(begin + reach):
            return begin - reach, begin + reach
    return None


def _slope(prior, x):
    """Slope of the log density of a prior of one number."""
    from statsim.kernels.priors import log_prior

    out = np.zeros(1)
    log_prior(prior.row()[None], np.array([x]), out)
    return float(out[0])
