r"""Shrinkage of a covariance towards a multiple of the identity, as far as normal rows say is best.

Y. Chen, A. Wiesel, Y. Eldar, A. Hero, "Shrinkage algorithms for MMSE covariance estimation", IEEE Trans. Signal Processing 58 (2010), equation 23:
the share is :math:`\frac{(1 - 2/d) tr(S^2) + tr(S)^2}{(n + 1 - 2/d)(tr(S^2) - tr(S)^2 / d)}`, at most 1.
"""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError
from statsim.distributions.penalties.standard_units import in_standard_units


@dataclass(frozen=True)
class OAS:
    """The oracle approximating shrinkage: of normal rows, better than `LedoitWolf` for few of them.

    Parameters
    ----------
    standardise : bool
        Shrink the correlations, so that the answer does not depend on the units of the columns; False is the published estimator, which does.

    Examples
    --------
    >>> import numpy as np
    >>> OAS().shrink(np.array([[1.0, 0.5], [0.5, 1.0]]), n=10).round(6).tolist()
    [[1.0, 0.1], [0.1, 1.0]]
    """

    standardise: bool = True

    def shrink(self, covariance, *, n=None, rows=None, weights=None):
        """The shrunk covariance (d, d) of `n` rows."""
        if n is None or not n > 0:
            raise ArgumentError(f"OAS needs the number of rows, got n={n!r}")
        return in_standard_units(lambda matrix, _: self._shrunk(matrix, n), covariance, rows, self.standardise)

    @staticmethod
    def _shrunk(covariance, n):
        d, trace, squares = len(covariance), np.trace(covariance), np.square(covariance).sum()
        distance = (n + 1 - 2 / d) * (squares - trace**2 / d)
        share = min(((1 - 2 / d) * squares + trace**2) / distance, 1.0) if distance > 0 else 1.0
        return (1 - share) * covariance + share * trace / d * np.eye(d)
