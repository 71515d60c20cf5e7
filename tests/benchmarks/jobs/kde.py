"""Kernel density estimates beside SciPy, scikit-learn and KDEpy: sums, grids, draws, bandwidths. Errors are printed with the names."""

import numpy as np
from contest import Contest
from KDEpy import FFTKDE
from KDEpy.bw_selection import improved_sheather_jones
from scipy.stats import gaussian_kde
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KernelDensity as SklearnDensity

import statsim as ss

N, QUERIES = 100_000, 200


def data(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def rule(n, d):
    """Scott's factor, the bandwidth for columns of unit variance."""
    return n ** (-1 / (d + 4))


def exact(d):
    X, at = data(N, d), data(QUERIES, d, 1)
    ours, theirs = ss.KernelDensity("scott", bandwidth_type="full").fit(X), gaussian_kde(X.T)
    error = np.abs(ours.score_samples(at) - theirs.logpdf(at.T)).max()
    return Contest(
        f"KDE, exact, 1e5 x {d}, {QUERIES} queries (log densities differ by {error:.1e})",
        {"statsim": lambda: ours.score_samples(at), "SciPy": lambda: theirs(at.T)},
        {"SciPy": 5.0},
        rounds=5,
    )


def within_tolerance(d):
    X, at = data(N, d), data(QUERIES, d, 1)
    ours = ss.KernelDensity(rule(N, d)).fit(X)
    theirs = SklearnDensity(bandwidth=rule(N, d), rtol=1e-4).fit(X)
    truth = ours.score_samples(at)
    errors = [np.abs(np.expm1(values - truth)).max() for values in (ours.score_samples(at, rtol=1e-4), theirs.score_samples(at))]
    return Contest(
        f"KDE within 1e-4, 1e5 x {d}, {QUERIES} queries (errors {errors[0]:.1e} and {errors[1]:.1e})",
        {"statsim": lambda: ours.score_samples(at, rtol=1e-4), "scikit-learn": lambda: theirs.score_samples(at)},
        {"scikit-learn": 15.0},
        rounds=3,
    )


def grid(n, d, points):
    X, h = data(n, d), rule(n, d)
    ours, theirs = ss.KernelDensity(h).fit(X), FFTKDE(bw=h).fit(X)
    axes, density = ours.on_grid(points)
    places = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, d)[:: max(1, points**d // 1000)]
    error = np.abs(density.ravel()[:: max(1, points**d // 1000)] - np.exp(ours.score_samples(places))).max() / density.max()
    at, values = theirs.evaluate((points,) * d)
    at, values = at.reshape(-1, d)[:: max(1, len(values) // 1000)], values[:: max(1, len(values) // 1000)]
    other = np.abs(values - np.exp(ours.score_samples(at))).max() / density.max()
    return Contest(
        f"KDE on a grid, {n:.0e} x {d}, {points}^{d} points (errors {error:.1e} and {other:.1e} of the peak)",
        {"statsim": lambda: ours.on_grid(points), "KDEpy": lambda: theirs.evaluate((points,) * d)},
        {"KDEpy": 1.0},
    )


def jobs():
    yield from (exact(d) for d in (1, 2, 5))
    yield from (within_tolerance(d) for d in (2, 5))
    yield from (grid(n, d, points) for n in (10**5, 10**6) for d, points in ((1, 1024), (2, 256)))
    X = data(N, 5)
    ours, theirs = ss.KernelDensity(0.3).fit(X), SklearnDensity(bandwidth=0.3).fit(X)
    yield Contest(
        "KDE sample, 1e6 x 5",
        {"statsim": lambda: ours.sample(10**6, rng=1), "scikit-learn": lambda: theirs.sample(10**6, random_state=1)},
        {"scikit-learn": 3.0},
    )
    line = data(10**6, 1)
    yield Contest(
        "improved Sheather-Jones, 1e6",
        {"statsim": lambda: ss.KernelDensity("isj").fit(line), "KDEpy": lambda: improved_sheather_jones(line)},
        {"KDEpy": 1.0},
    )
    plane, bandwidths = data(2000, 2), np.linspace(0.05, 1.0, 20)
    search = GridSearchCV(SklearnDensity(), {"bandwidth": bandwidths}, cv=5)
    yield Contest(
        "20 bandwidths by cross-validation, 2000 x 2 (statsim leaves one row out, scikit-learn a fifth)",
        {"statsim": lambda: ss.KernelDensity.cross_validate(plane, bandwidths), "scikit-learn": lambda: search.fit(plane)},
        {"scikit-learn": 10.0},
        rounds=3,
    )
