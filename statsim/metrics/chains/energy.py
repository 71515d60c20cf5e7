r"""Estimated Bayesian fraction of missing information of Hamiltonian chains (Betancourt 2016, arXiv:1604.00695).

:math:`\sum_i (E_i - E_{i-1})^2 / \sum_i (E_i - \bar E)^2` for each chain: how much of the spread of the energy one refreshment
of the momentum covers. Low values come with heavy tails or funnels: the chain wanders between energies.
"""

import numpy as np

from statsim.errors import ArgumentError
from statsim.metrics.chains.autocovariance import centred
from statsim.metrics.chains.column import FEWEST, Column, chain_array


def e_bfmi(energy):
    """E-BFMI of every chain; below 0.3 the tails are explored too slowly to be trusted.

    Parameters
    ----------
    energy : array (chain, draw)
        The Hamiltonian (potential plus kinetic energy) at each draw.

    Returns
    -------
    array (chain,)
        At least 0, about 2 for independent energies. NaN for fewer than 4 draws, or an energy that never changes.

    Raises
    ------
    ArgumentError
        Another shape, no chain, or a value that is NaN or infinite.

    Examples
    --------
    >>> from statsim.metrics import e_bfmi
    >>> e_bfmi([[1.0, 2.0, 3.0, 4.0], [1.0, -1.0, 1.0, -1.0]]).tolist()
    [0.6, 3.0]
    """
    if np.ndim(energy) != 2:
        raise ArgumentError(f"energy must have the shape (chain, draw), got {np.shape(energy)}; one chain is energy[None]")
    draws = Column(chain_array(energy, name="energy")[:, :, 0]).draws
    found = np.full(draws.shape[0], np.nan)
    if draws.shape[1] >= FEWEST:
        deviations, _ = centred(draws)
        spread = np.einsum("ij,ij->i", deviations, deviations)
        moves = np.diff(draws, axis=1)
        np.divide(np.einsum("ij,ij->i", moves, moves), spread, out=found, where=spread > 0)
    return found
