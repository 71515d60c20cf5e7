r"""Renormalised kernels: divided at each x by the mass m(x) that a kernel about x has inside the bounds.

Diggle (1985), JRSS C 34; Jones (1993), Statistics and Computing 3. What a datum's kernel then integrates to, :math:`Z_i = \int K_h(x - y_i) / m(x) dx`, is one
where it does not reach a bound; elsewhere it is found by Gauss-Legendre quadrature between the places where K or m bends.
"""

import numpy as np

from statsim.models.kde.columns import Interval

_NODES = 32


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
    kind, h, y = law.columns[j], law.bandwidth[j], law.rows[:, j]
    reach = law.kernel.reach * h
    masses = np.ones(len(y))
    near = np.flatnonzero((y - 2 * reach < kind.low) | (y + 2 * reach > kind.high))
    points, weights = np.polynomial.legendre.leggauss(_NODES)
    edges = _panels(y[near], kind, h, reach)
    total = np.zeros(near.size)
    for a, b in zip(edges[:-1], edges[1:], strict=True):
        half = 0.5 * (b - a)
        x = 0.5 * (a + b)[:, None] + half[:, None] * points
        density = law.kernel.density((x - y[near, None]) / h) / h
        total += half * (density / np.maximum(mass_inside(law, x, j), 1e-300) * weights).sum(axis=1)
    masses[near] = total
    return masses


def _panels(y, kind, h, reach):
    """Edges (panels + 1, n), rising: the kernel's ends and middle, the bounds, and where a kernel about x begins to lose mass."""
    places = [y - reach, y, y + reach]
    places += [np.full(len(y), bound + side) for bound in (kind.low, kind.high) for side in (-h, 0.0, h) if np.isfinite(bound)]
    if reach > 2 * h:  # a kernel with tails: panels of one bandwidth or so
        places += [y + k * h for k in range(-12, 13)]
    low, high = np.maximum(y - reach, kind.low), np.minimum(y + reach, kind.high)
    return np.sort(np.clip(np.array(places), low, high), axis=0)
