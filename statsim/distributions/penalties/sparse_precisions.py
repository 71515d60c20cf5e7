r"""The graphical lasso for the components of a mixture: H. Zhou, W. Pan, X. Shen, Electronic Journal of Statistics 3 (2009).

The penalty is :math:`\lambda \sum_k \sum_{i \ne j} |s_i s_j \Theta_{k,ij}|` with :math:`\Theta_k` the precision of component k and s the standard deviations of the
columns over all rows, so that it does not depend on units. The M step of a component that carries n rows is the graphical lasso of its covariance at
:math:`2 \lambda s_i s_j / n`.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from statsim import checks
from statsim.distributions.penalties.graphical_lasso import solve

_TOL = 1e-11  # of the duality gap per column: an M step must not lower the objective


@dataclass(frozen=True)
class SparsePrecisions:
    """`strength` times the absolute entries beside the diagonal of each component's precision.

    Parameters
    ----------
    strength : float
        Above 0, in rows: at half the rows of a component, its columns are about independent.
    units : ndarray (d,), optional
        Standard deviations of the columns over all rows; the fit sets them.

    Examples
    --------
    >>> import numpy as np
    >>> SparsePrecisions(5.0).shrink(np.array([[1.0, 0.5], [0.5, 1.0]]), 50.0).round(6).tolist()
    [[1.0, 0.3], [0.3, 1.0]]
    """

    strength: float
    units: Any = None

    def __post_init__(self):
        checks.real(self.strength, "strength", minimum=0.0, open_minimum=True)

    def in_units(self, scales):
        """The same penalty of columns with these standard deviations (d,)."""
        return replace(self, units=np.asarray(scales, float))

    def _entries(self, d):
        """The price of each absolute entry (d, d), zero on the diagonal."""
        scales = np.ones(d) if self.units is None else self.units
        prices = self.strength * np.outer(scales, scales)
        np.fill_diagonal(prices, 0.0)
        return prices

    def value(self, weights, covariances):
        """The penalty of covariances (k, d, d), or (d, d) where all components share one."""
        matrices = np.asarray(covariances).reshape(-1, *np.shape(covariances)[-2:])
        return float(sum(np.vdot(self._entries(len(one)), np.abs(np.linalg.inv(one))) for one in matrices))

    def shrink(self, covariance, weight):
        """The covariance (d, d) of a component of `weight` rows that is best under the penalty."""
        d, scale = len(covariance), np.sqrt(np.diagonal(covariance))
        outer = np.outer(scale, scale)
        prices = 2.0 * self._entries(d) / (weight * outer)
        return solve(covariance / outer, prices, tol=_TOL)[1] * outer
