"""One step ahead: densities and residuals from what was predicted of the states."""

import numpy as np


def log_predictive(emission, sequences, predicted):
    """Log density (n_steps,) of each step given the steps of its sequence before it; predicted (n_steps, k) of the states given those."""
    log_b = np.empty(predicted.shape)
    emission.fill_log_density(sequences.values, sequences.offsets, 0, len(log_b), log_b)
    with np.errstate(divide="ignore"):
        joint = np.log(predicted) + log_b
    top = joint.max(axis=1)
    return top + np.log(np.exp(joint - top[:, None]).sum(axis=1))


def pseudo_residuals(emission, sequences, predicted):
    """Normal pseudo-residuals (n_steps, d): the normal quantile of the distribution function of each column given the steps before.

    Zucchini, MacDonald, Langrock (2016), Hidden Markov Models for Time Series, section 6.2.2; of a discrete law the middle of the jump is taken.
    """
    from scipy.special import ndtri

    low, high = emission.distribution(sequences.values)
    middle = np.einsum("tk,tkj->tj", predicted, (low + high) / 2)
    return np.where(np.isnan(sequences.values), np.nan, ndtri(middle))
