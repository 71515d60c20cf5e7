"""Slow, obvious twins of the mixture over mixed-type rows: one cell at a time, with SciPy's laws."""

import itertools
import math

import numpy as np
from scipy import stats


def count_log_probability(x, mean, dispersion):
    """Log probability of one count."""
    if dispersion == -1:
        return 0.0 if x == mean else -math.inf
    if dispersion == 0:
        return stats.poisson(mean).logpmf(x)
    shape = 1 / dispersion
    return stats.nbinom(shape, shape / (shape + mean)).logpmf(x)


def missing_log_probability(missing, share, nullable):
    """Log probability that a cell is missing, or not; 0 where missingness is not modelled."""
    if not nullable:
        return 0.0
    share = share if missing else 1 - share
    return math.log(share) if share > 0 else -math.inf


def component_log_density(parameters, layout, k, z, codes, counts):
    """Log density of one row under component k."""
    total = 0.0
    for j, value in enumerate(z):
        total += missing_log_probability(np.isnan(value), parameters.missing_continuous[k, j], layout.continuous_nullable[j])
    seen = ~np.isnan(z)
    if seen.any():
        covariance = parameters.covariances[k][np.ix_(seen, seen)]
        total += stats.multivariate_normal(parameters.means[k][seen], covariance).logpdf(z[seen])
    for j, code in enumerate(codes):
        total += missing_log_probability(code < 0, parameters.missing_discrete[k, j], layout.discrete_nullable[j])
        if code >= 0:
            share = parameters.level_probabilities[j][k, code]
            total += math.log(share) if share > 0 else -math.inf
    for j, count in enumerate(counts):
        total += missing_log_probability(count < 0, parameters.missing_counts[k, j], layout.counts_nullable[j])
        if count >= 0:
            total += count_log_probability(count, parameters.count_means[k, j], parameters.count_dispersions[k, j])
    return total


def joint(parameters, layout, arrays):
    """Weight times density (n, K) of each row under each component."""
    table = np.empty((arrays.n_rows, len(parameters.weights)))
    for i, k in itertools.product(range(arrays.n_rows), range(len(parameters.weights))):
        log_density = component_log_density(parameters, layout, k, arrays.continuous[i], arrays.discrete[i], arrays.counts[i])
        table[i, k] = parameters.weights[k] * math.exp(log_density)
    return table


def completed_moments(z, mean, covariance):
    """E[x - mean] and E[(x - mean)(x - mean)'] of one row given its observed coordinates."""
    seen = ~np.isnan(z)
    slopes = covariance[:, seen] @ np.linalg.inv(covariance[np.ix_(seen, seen)]) if seen.any() else np.zeros((len(z), 0))
    first = slopes @ (z[seen] - mean[seen])
    residual = covariance - slopes @ covariance[seen]
    residual[seen] = 0.0
    residual[:, seen] = 0.0
    return first, np.outer(first, first) + residual
