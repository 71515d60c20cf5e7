"""Regressions beside scikit-learn and statsmodels: fits to the same optimum, and draws of pairs beside NumPy."""

import numpy as np
import statsmodels.api as sm
from contest import Contest
from sklearn import linear_model

import statsim as ss
from statsim import penalties

N, D = 100_000, 20


def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, D))
    eta = X @ rng.normal(size=D) / 4
    return X, eta + rng.normal(size=N), rng.binomial(1, 1 / (1 + np.exp(-eta))), rng.poisson(np.exp(0.5 * eta))


def numpy_pairs(model, X, n):
    """The obvious loop-free way."""
    rng = np.random.default_rng(1)
    rows = X[rng.integers(0, len(X), n)]
    return rows, rng.binomial(1, model.predict_proba(rows)[:, 1])


def jobs():
    X, numbers, binary, counts = data()
    design = sm.add_constant(X, prepend=False)
    logistic = ss.LogisticRegression().fit(X, binary)
    yield Contest(
        f"logistic regression by maximum likelihood, {N:.0e} x {D}",
        {
            "statsim": lambda: ss.LogisticRegression().fit(X, binary),
            "scikit-learn": lambda: linear_model.LogisticRegression(C=np.inf, tol=1e-10).fit(X, binary),
            "statsmodels": lambda: sm.Logit(binary, design).fit(disp=0),
        },
        {"scikit-learn": 1.0, "statsmodels": 1.0},
        rounds=3,
    )
    yield Contest(
        f"Poisson regression with standard errors, {N:.0e} x {D}",
        {"statsim": lambda: ss.PoissonRegression().fit(X, counts), "statsmodels": lambda: sm.GLM(counts, design, family=sm.families.Poisson()).fit()},
        {"statsmodels": 1.0},
        rounds=3,
    )
    yield Contest(
        f"lasso at one strength, {N:.0e} x {D}",
        {
            "statsim": lambda: ss.LinearRegression(method=ss.MAP(penalty=penalties.Lasso(0.01))).fit(X, numbers),
            "scikit-learn": lambda: linear_model.Lasso(0.01, tol=1e-12).fit(X, numbers),
        },
        {"scikit-learn": 1.0},
        rounds=3,
    )
    yield Contest(
        f"pairs from a logistic regression, 1e6 x {D}",
        {"statsim": lambda: logistic.sample(10**6, rng=1), "NumPy": lambda: numpy_pairs(logistic, X, 10**6)},
        {"NumPy": 1.0},
        rounds=3,
    )
