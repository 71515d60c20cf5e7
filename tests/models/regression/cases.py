"""Data for the regressions: one design, a response of each family, weights and offsets."""

import numpy as np

import statsim as ss
from statsim import priors

RNG = np.random.default_rng(11)
N = 300
X = RNG.normal(size=(N, 3)) * [1.0, 10.0, 0.1] + [0.0, 100.0, -1.0]
ETA = 0.5 + X[:, 0] * 0.8 - (X[:, 1] - 100) * 0.05 + (X[:, 2] + 1) * 4.0
OFFSET = RNG.normal(size=N) * 0.3
WEIGHTS = RNG.integers(0, 4, N).astype(float)
NUMBERS = ETA + RNG.normal(size=N)
BINARY = RNG.binomial(1, 1 / (1 + np.exp(-ETA)))
COUNTS = RNG.poisson(np.exp(0.7 * ETA))

FAMILIES = {"linear": (ss.LinearRegression, NUMBERS), "logistic": (ss.LogisticRegression, BINARY), "poisson": (ss.PoissonRegression, COUNTS)}


def independent_priors(name):
    """Priors of coefficients, intercept and scale that are neither flat nor strong."""
    found = {"coefficients": priors.Normal(0.0, 1.0), "intercept": priors.StudentT(0.0, 5.0, 4.0)}
    return {**found, "scale": priors.HalfNormal(2.0)} if name == "linear" else found
