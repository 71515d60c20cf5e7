r"""Shrinkage of a covariance towards a multiple of the identity, as far as the rows' own fourth moments say is best.

O. Ledoit, M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", J. Multivariate Analysis 88 (2004), section 3: with
:math:`m = tr(S) / d`, :math:`d^2 = |S - m I|^2 / d` and :math:`b^2 = \min(d^2, \frac{1}{n^2} \sum_i |x_i x_i^T - S|^2 / d)` the answer is
:math:`(b^2 / d^2) m I + (1 - b^2 / d^2) S`.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentError
from statsim.distributions.penalties.standard_units import in_standard_units


@dataclass(frozen=True)
class LedoitWolf:
    """The share of shrinkage that has the least expected squared error.

    Parameters
    ----------
    standardise : bool
        Shrink the correlations, so that the answer does not depend on the units of the columns; False is the published estimator, which does.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.array([[1.0, 0.9], [-1.0, -1.1], [0.5, 0.4], [-0.5, -0.2]])
    >>> 0 <= LedoitWolf().shrinkage(rows.T @ rows / 4, rows=rows) <= 1
    True
    """

    standardise: bool = True

    needs_rows: ClassVar[bool] = True

    def shrink(self, covariance, *, n=None, rows=None, weights=None):
        """The shrunk covariance (d, d); `rows` (n, d) are centred."""
        return in_standard_units(lambda matrix, scaled: self._shrunk(matrix, scaled, weights), covariance, rows, self.standardise)

    def shrinkage(self, covariance, *, rows=None, weights=None):
        """The share of the identity in the answer, between 0 and 1, for columns as they are."""
        if rows is None:
            raise ArgumentError("LedoitWolf needs the rows: their fourth moments say how noisy the covariance is; with a covariance alone use OAS()")
        weights, d = np.ones(len(rows)) if weights is None else weights, rows.shape[1]
        n = weights.sum()
        target = np.trace(covariance) / d
        distance = np.square(covariance).sum() / d - target**2
        noise = (weights @ np.square(np.square(rows).sum(axis=1)) / n - np.square(covariance).sum()) / (n * d)
        return float(min(max(noise, 0.0) / distance, 1.0)) if distance > 0 else 0.0

    def _shrunk(self, covariance, rows, weights):
        share, d = self.shrinkage(covariance, rows=rows, weights=weights), len(covariance)
        return (1 - share) * covariance + share * np.trace(covariance) / d * np.eye(d)
