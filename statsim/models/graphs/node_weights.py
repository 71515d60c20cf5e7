"""Weights of nodes as users give them."""

import numpy as np

from statsim.errors import ArgumentError, ArgumentTypeError


def checked_weights(values, name, *, directed, n_nodes=None):
    """Weights (n,), or (2, n) for a directed graph: finite and not negative.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    try:
        weights = np.array(values, np.float64)
    except (TypeError, ValueError) as error:
        raise ArgumentTypeError(f"{name} must be numbers, one for each node, got {values!r:.200}") from error
    if weights.ndim != (2 if directed else 1) or (directed and len(weights) != 2):
        shape = "(2, n_nodes), out and in" if directed else "(n_nodes,)"
        raise ArgumentError(f"{name} must have shape {shape}, got {weights.shape}; {'see' if directed else 'for a directed graph use'} directed=True")
    if n_nodes is not None and weights.shape[-1] != n_nodes:
        raise ArgumentError(f"{name} has {weights.shape[-1]} nodes, but the graph has {n_nodes}")
    bad = np.argwhere(~(np.isfinite(weights) & (weights >= 0.0)))
    if bad.size:
        place = bad[0].tolist()
        raise ArgumentError(f"{name} must be finite and not negative, got {name}{place} = {weights[tuple(bad[0])]}")
    return weights
