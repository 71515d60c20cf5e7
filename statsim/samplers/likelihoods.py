"""Log-likelihoods for the targets that a user writes: Numba functions that also add their gradient, in one pass over the data.

`logistic(coefficients, tiles, y, gradient)` returns the log-likelihood of a logistic regression and adds its gradient to `gradient` (d,);
`tiles(X)` lays the design matrix (n, d) out for it. It costs less than half of the plain double loop.

Examples
--------
>>> import numba, numpy as np
>>> from statsim import Target
>>> from statsim.samplers import likelihoods
>>> @numba.njit
... def value_and_gradient(b, out, tiles, y):
...     value = 0.0
...     for j in range(b.size):  # standard normal priors
...         out[j] = -b[j]
...         value -= 0.5 * b[j] ** 2
...     return value + likelihoods.logistic(b, tiles, y, out)
>>> X, y = np.array([[1.0, 0.5], [1.0, -0.5], [1.0, 2.0]]), np.array([1.0, 0.0, 1.0])
>>> target = Target(value_and_gradient=value_and_gradient, dim=2, data=[likelihoods.tiles(X), y])
>>> round(target.log_density([0.0, 0.0]), 6)
-2.079442
"""

import numpy as np

from statsim import checks
from statsim.kernels.likelihoods.logistic import TILE, fill_tiles
from statsim.kernels.likelihoods.logistic import add_logistic as logistic

__all__ = ["logistic", "tiles"]


def tiles(X):
    """The design matrix X (n, d) in tiles of 64 rows (ceil(n / 64), d, 64), the layout that `logistic` reads.

    Parameters
    ----------
    X : array (n, d)

    Returns
    -------
    ndarray

    Raises
    ------
    ArgumentError
        When X is not a finite matrix.
    """
    X = checks.data_matrix(X)
    out = np.empty((-(-len(X) // TILE), X.shape[1], TILE))
    fill_tiles(X, out)
    return out
