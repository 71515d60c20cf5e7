"""Covariances of a mixture: one type, four implementations.

Examples
--------
>>> covariance_kind("diag").n_parameters(3, 5)
15
"""

from statsim.distributions.covariance.diagonal import Diagonal
from statsim.distributions.covariance.full import Full
from statsim.distributions.covariance.kind import CovarianceKind, lower_factors
from statsim.distributions.covariance.spherical import Spherical
from statsim.distributions.covariance.tied import Tied

KINDS = {kind.name: kind for kind in (Full(), Tied(), Diagonal(), Spherical())}
"""Covariance kinds by scikit-learn's name."""

__all__ = ["KINDS", "CovarianceKind", "Diagonal", "Full", "Spherical", "Tied", "covariance_kind", "lower_factors"]


def covariance_kind(name):
    """The `CovarianceKind` called "full", "tied", "diag" or "spherical" (KeyError otherwise)."""
    return KINDS[name]
