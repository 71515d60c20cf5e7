r"""The price of a mixture's description: M. Figueiredo, A. Jain, IEEE TPAMI 24 (2002), equation 15.

With n rows, k components of T parameters each, the penalty is :math:`\frac T2 \sum_k \log \frac{n w_k}{12} + \frac k2 \log \frac n{12} + \frac{k (T + 1)}2`. A component on fewer
than T / 2 rows costs more than it gains at any weight, and goes.
"""

import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class MessageLength:
    """Chooses the number of components during the fit: begin with too many.

    Examples
    --------
    >>> MessageLength().deduction(5)
    2.5
    """

    def deduction(self, n_parameters):
        """Rows that a component of so many parameters must carry."""
        return 0.5 * n_parameters

    def length(self, total, weights, n_parameters):
        """The penalty (nats) of components with `weights` (k,) that sum to 1, on `total` rows."""
        k, weights = len(weights), np.asarray(weights, float)
        logs = float(np.log(np.maximum(total * weights, 1e-300) / 12.0).sum())
        return 0.5 * n_parameters * logs + 0.5 * k * math.log(total / 12.0) + 0.5 * k * (n_parameters + 1)
