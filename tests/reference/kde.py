"""Slow, obvious twins of the kernels in `statsim.kernels.kde` and of the selectors: every pair, in plain NumPy."""

import math

import numpy as np
from scipy import optimize

SHAPES = {
    "gaussian": lambda u: np.exp(-0.5 * u * u) / math.sqrt(2 * math.pi),
    "epanechnikov": lambda u: np.where(np.abs(u) <= 1, 0.75 * (1 - u * u), 0.0),
    "biweight": lambda u: np.where(np.abs(u) <= 1, 15 / 16 * (1 - u * u) ** 2, 0.0),
    "triangular": lambda u: np.where(np.abs(u) <= 1, 1 - np.abs(u), 0.0),
    "tophat": lambda u: np.where(np.abs(u) <= 1, 0.5, 0.0),
    "exponential": lambda u: 0.5 * np.exp(-np.abs(u)),
}
"""The kernels on the line."""


def line(kernel, x, y, h):
    """K((x - y) / h) / h."""
    return SHAPES[kernel]((x - y) / h) / h


def reflected(kernel, x, y, h, low, high, times=60):
    """The same with reflections at the bounds, over and over."""
    if not (np.isfinite(low) and np.isfinite(high)):
        bound = low if np.isfinite(low) else high
        return line(kernel, x, y, h) + line(kernel, x, 2 * bound - y, h)
    width, total = high - low, 0.0
    for k in range(-times, times + 1):
        total = total + line(kernel, x, y + 2 * k * width, h) + line(kernel, x, 2 * low - y + 2 * k * width, h)
    return total


def turned(kernel, x, y, h, period, times=60):
    """The same on a circle."""
    return sum(line(kernel, x, y + k * period, h) for k in range(-times, times + 1))


def level(x, y, other, n_levels):
    """Aitchison and Aitken's kernel."""
    return np.where(x == y, 1 - other, other / (n_levels - 1))


def log_density(X, rows, weights, cell):
    """log sum_i w_i prod_j cell(j, X[:, j], rows[i, j], i), one datum at a time."""
    total = np.zeros(len(X))
    for i, row in enumerate(rows):
        term = np.full(len(X), weights[i])
        for j in range(X.shape[1]):
            term = term * cell(j, X[:, j], row[j], i)
        total += term
    with np.errstate(divide="ignore"):
        return np.log(total)


def left_out_log_density(X, weights, h):
    """Log density of each row under a Gaussian product kernel about the others."""
    out = np.empty(len(X))
    for i in range(len(X)):
        others = np.arange(len(X)) != i
        share = weights[others] / weights[others].sum()
        out[i] = log_density(X[i : i + 1], X[others], share, lambda j, x, y, _: line("gaussian", x, y, h[j]))[0]
    return out


def least_squares(X, weights, h):
    """2 sum_i w_i f_{-i}(x_i) - integral of f^2."""
    square = 0.0
    for i in range(len(X)):
        for j in range(len(X)):
            square += weights[i] * weights[j] * np.prod([line("gaussian", X[i, c], X[j, c], math.sqrt(2) * h[c]) for c in range(X.shape[1])])
    return 2 * float(weights @ np.exp(left_out_log_density(X, weights, h))) - square


def improved_sheather_jones(x, weights, n):
    """Botev, Grotowski, Kroese (2010), with cosine sums over the data themselves instead of a grid."""
    low, high = x.min(), x.max()
    width = 1.2 * (high - low)
    low = low - (high - low) / 10
    k = np.arange(1.0, 3000.0)
    squares = np.array([(weights @ np.cos(math.pi * f * (x - low) / width)) ** 2 for f in k])

    def norm(s, t):
        return 2 * math.pi ** (2 * s) * np.sum(k ** (2 * s) * squares * np.exp(-(k**2) * math.pi**2 * t))

    def excess(t):
        f = norm(7, t)
        for s in range(6, 1, -1):
            odd = math.prod(range(1, 2 * s, 2)) / math.sqrt(2 * math.pi)
            f = norm(s, (2 * (1 + 0.5 ** (s + 0.5)) / 3 * odd / (n * f)) ** (2 / (3 + 2 * s)))
        return t - (2 * n * math.sqrt(math.pi) * f) ** -0.4

    grid = np.geomspace(1e-7, 0.1, 200)
    signs = np.sign([excess(t) for t in grid])
    first = int(np.flatnonzero((signs[:-1] < 0) & (signs[1:] > 0))[0])
    return math.sqrt(optimize.brentq(excess, grid[first], grid[first + 1], xtol=1e-16)) * width


def direct_plug_in(x):
    """Sheather, Jones (1991) in two stages, equal weights, over all pairs."""
    n = len(x)
    quartiles = np.percentile(x, [25, 75])
    scale = min(x.std(ddof=1), (quartiles[1] - quartiles[0]) / 1.349)
    u = x[:, None] - x[None]

    def psi(g, polynomial, r):
        s = (u / g) ** 2
        return (polynomial(s) * np.exp(-0.5 * s)).sum() / math.sqrt(2 * math.pi) / n**2 / g ** (r + 1)

    g6 = (30 / (math.sqrt(2 * math.pi) * 105 / (32 * math.sqrt(math.pi) * scale**9) * n)) ** (1 / 9)
    psi6 = psi(g6, lambda s: s**3 - 15 * s**2 + 45 * s - 15, 6)
    g4 = (-6 / (math.sqrt(2 * math.pi) * psi6 * n)) ** (1 / 7)
    return (2 * math.sqrt(math.pi) * psi(g4, lambda s: s**2 - 6 * s + 3, 4) * n) ** -0.2
