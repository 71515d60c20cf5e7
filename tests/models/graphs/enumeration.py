"""Laws over all graphs of a few nodes: the oracle of every graph model."""

import numpy as np

from tests.reference import graphs as twin


def codes_of(graphs, space):
    """Number of each graph (edges) among all: the bits of its pairs."""
    return np.array([int((1 << space.numbers(edges)).sum()) for edges in graphs])


def codes_of_rows(rows):
    """Number of each row of zeros and ones."""
    rows = np.asarray(rows).reshape(-1, np.shape(rows)[-1])
    return (rows @ (1 << np.arange(rows.shape[1]))).astype(np.int64)


def independent_law(probabilities):
    """Probability (2^N,) of every graph with independent pairs."""
    rows = twin.all_rows(len(probabilities))
    return np.prod(np.where(rows == 1, probabilities, 1 - np.asarray(probabilities)), axis=1)


def conditioned(law, holds):
    """The law given that `holds` (2^N,)."""
    inside = np.where(holds, law, 0.0)
    return inside / inside.sum()
