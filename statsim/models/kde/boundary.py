r"""Renormalised kernels: divided at each x by the mass m(x) that a kernel about x has inside the bounds.

Diggle (1985), JRSS C 34; Jones (1993), Statistics and Computing 3. What a datum's kernel then integrates to, :math:`Z_i = \int K_h(x - y_i) / m(x) dx`, is one
where it does not reach a bound; elsewhere `statsim.kernels.kde.boundary` finds it by quadrature.
"""

import numpy as np

from statsim.kernels.kde.boundary import fill_masses, legendre_rule
from statsim.models.kde.columns import Interval

_NODES = 24


def mass_inside(law, x, j):
    """m(x) at x (m,) in column j."""
    kind, h = law.columns[j], law.bandwidth[j]
    return law.kernel.cdf((kind.high - x) / h) - law.kernel.cdf((kind.low - x) / h)


def log_masses(law, X):
    """Sum (m,) over renormalised columns of log m(x)."""
    total = np.zeros(len(X))
    for j, kind in enumerate(law.columns):
        if isinstance(kind, Interval):
            with np.errstate(divide="ignore"):
                total += np.log(mass_inside(law, X[:, j], j))
    return total


def renormalised_masses(law):
    """Z (n, d); ones where a column is not renormalised."""
    masses = np.ones(law.shape)
    for j, kind in enumerate(law.columns):
        if isinstance(kind, Interval) and law.boundary == "renormalise":
            masses[:, j] = _column_masses(law, j)
    return masses


def _column_masses(law, j):
    kind, h = law.columns[j], float(law.bandwidth[j])
    masses = np.empty(len(law.rows))
    fill_masses(np.ascontiguousarray(law.rows[:, j]), law.kernel.number, h, kind.low, kind.high, law.kernel.reach * h, *legendre_rule(_NODES), masses)
    return masses
