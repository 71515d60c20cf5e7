"""The log probability of a graph under random labels, summed over all of them: exact, for small graphs."""

from itertools import product

import numpy as np

from statsim.errors import ArgumentError

_MOST = 2**16


def integrated_log_likelihood(parameters, graph):
    """log sum over labels z of P(z) P(graph | z).

    Raises
    ------
    ArgumentError
        When there are more than 65 536 labellings.
    """
    K, n = parameters.n_blocks, parameters.n_nodes
    if K**n > _MOST:
        raise ArgumentError(
            f"labels are drawn for each graph, and {K}^{n} labellings are too many to sum over; give labels to log_likelihood_given(graph, labels), or fix "
            f"them with from_parameters(labels=...)"
        )
    with np.errstate(divide="ignore"):
        log_weights = np.log(parameters.weights)
    terms = []
    for labels in product(range(K), repeat=n):
        z = np.array(labels, np.int64)
        terms.append(log_weights[z].sum() + parameters.log_likelihood(graph, z))
    return float(np.logaddexp.reduce(terms))
