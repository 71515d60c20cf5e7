"""The distribution function of an estimate in one column, and its inverse."""

import numpy as np

from statsim.errors import ArgumentError
from statsim.kernels.kde.distribution import fill_cdf
from statsim.models.kde.columns import Categorical, Circular, Interval

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(12)
_MOST_PANELS = 200_000
_STEPS = 200
_FARTHEST = 750.0  # bandwidths: beyond, the distribution function of every kernel is 0 or 1 in double precision


def require_line(law, who):
    """Raise unless the law is one of a single column with an order.

    Raises
    ------
    ArgumentError
    """
    if law.shape[1] != 1:
        raise ArgumentError(f"{who} needs one column, this estimate has {law.shape[1]}; use model.marginal([j]).{who}(...)")
    if isinstance(law.columns[0], Categorical):
        raise ArgumentError(f"{who} needs a column with an order; for a categorical one use score_samples at each value")


def distribution(law, x):
    """P(X <= x) at each x (m,)."""
    low, high = span(law)
    inside = np.clip(x, low, high)
    values = _panel_integrals(law, inside) if law.is_renormalised else _sum_of_kernels(law, inside)
    values = np.where(x <= low, 0.0, np.where(x >= high, 1.0, values)) if np.isfinite([low, high]).any() else values
    return np.clip(values, 0.0, 1.0)


def span(law):
    """Where the column ends, low and high."""
    kind = law.columns[0]
    return (kind.low, kind.high) if isinstance(kind, (Interval, Circular)) else (-np.inf, np.inf)


def _bandwidth(law):
    return float(law.lower[0, 0] if law.is_full else law.bandwidth[0])


def _sum_of_kernels(law, x):
    h, kind = _bandwidth(law), law.columns[0]
    signs, shifts = (np.ones(1), np.zeros(1)) if law.is_full else law.images(0)
    factors, out = 1.0 / law.scales, np.empty(len(x))
    places = law.rows[:, 0] - law.origin[0]
    lowest = kind.low - law.origin[0] if isinstance(kind, (Interval, Circular)) else -np.inf
    fill_cdf(x - law.origin[0], 0, len(x), places, law.weights, factors, h, law.kernel.number, signs, h * shifts, lowest, out)
    return out


def _panel_integrals(law, x):
    """The density integrated over panels between the places where it bends, Gauss-Legendre."""
    from statsim.models.kde.evaluation import Evaluator

    edges, density = _panels(law), Evaluator(law)

    def integrals(a, b):
        half = 0.5 * (b - a)
        nodes = 0.5 * (a + b)[:, None] + half[:, None] * _POINTS
        return half * (np.exp(density.log_density(nodes.reshape(-1, 1))).reshape(nodes.shape) @ _WEIGHTS)

    below = np.concatenate([[0.0], np.cumsum(integrals(edges[:-1], edges[1:]))])
    x = np.clip(x, edges[0], edges[-1])
    panel = np.minimum(np.searchsorted(edges, x, side="right") - 1, len(edges) - 2)
    return below[panel] + integrals(edges[panel], x)


def _panels(law):
    """Edges of panels of half a bandwidth at most, and those where a kernel ends or has its peak."""
    h, y, (low, high) = _bandwidth(law), law.rows[:, 0], span(law)
    reach = law.kernel.reach * h
    places = [] if law.kernel.name == "gaussian" else [y] if law.kernel.name == "exponential" else [y - h, y, y + h]
    places += [np.array([low - h, low, low + h, high - h, high, high + h])]
    low, high = max(low, y.min() - reach), min(high, y.max() + reach)
    count = int(np.ceil((high - low) / (0.5 * h)))
    if count > _MOST_PANELS:
        raise ArgumentError(f"the bandwidth {h} is too small beside the range of the rows for boundary='renormalise'; use boundary='reflect'")
    edges = np.concatenate([np.linspace(low, high, count + 1), *places])
    return np.unique(edges[(edges >= low) & (edges <= high)])


def quantile(law, p):
    """The x (m,) with P(X <= x) = p, by bisection to the last bit that the distribution function can tell."""
    h, (low, high) = _FARTHEST * _bandwidth(law) / law.scales.min(), span(law)
    low = np.full(len(p), max(low, law.rows.min() - h))
    high = np.full(len(p), min(high, law.rows.max() + h))
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        if ((middle <= low) | (middle >= high)).all():
            break
        below = distribution(law, middle) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high
