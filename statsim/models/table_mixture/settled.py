"""No parameter of a component may rest on a handful of cells: such columns take the law of the whole table there."""

from dataclasses import replace

import numpy as np


def with_reference(parameters, reference, observed_mass, min_count):
    """`parameters`, with the `reference`'s law in every column that a component observes in fewer than `min_count` rows.

    Parameters
    ----------
    parameters, reference : TableMixtureParameters
        The reference has one component.
    observed_mass : three arrays (K, p), (K, q), (K, r)
    min_count : float

    Returns
    -------
    parameters : TableMixtureParameters
    replaced : int
        Number of (component, column) pairs.
    """
    thin = [mass < min_count * (1 - 1e-9) for mass in observed_mass]
    replaced = int(sum(block.sum() for block in thin))
    if not replaced:
        return parameters, 0
    continuous, discrete, counts = thin
    variance = np.diag(reference.covariances[0])
    kept = ~continuous[:, :, None] & ~continuous[:, None, :]
    covariances = np.where(kept, parameters.covariances, 0.0)
    diagonal = np.arange(len(variance))
    covariances[:, diagonal, diagonal] = np.where(continuous, variance, covariances[:, diagonal, diagonal])
    tables = zip(parameters.level_probabilities, reference.level_probabilities, discrete.T, strict=True)
    settled = replace(
        parameters,
        means=np.where(continuous, reference.means, parameters.means),
        covariances=covariances,
        level_probabilities=tuple(np.where(mask[:, None], whole, own) for own, whole, mask in tables),
        count_means=np.where(counts, reference.count_means, parameters.count_means),
        count_dispersions=np.where(counts, reference.count_dispersions, parameters.count_dispersions),
    )
    return settled, replaced
