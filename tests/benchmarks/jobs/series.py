"""Vector autoregressions, and the Kalman filter: fit, simulate, likelihood."""

import warnings

import numpy as np
from contest import Contest

import statsim as ss

N, K, P = 100_000, 5, 2


def truth():
    """A stationary VAR(2) of five columns."""
    rng = np.random.default_rng(0)
    factor = np.tril(rng.normal(size=(K, K)) * 0.2) + np.eye(K)
    return ss.VectorAutoRegression.from_parameters(
        coefficients=rng.normal(size=(P, K, K)) * 0.15, noise_covariance=factor @ factor.T, intercept=rng.normal(size=K)
    )


def jobs():
    from statsmodels.tsa.arima.model import ARIMA
    from statsmodels.tsa.vector_ar.var_model import VAR
    from statsmodels.tsa.vector_ar.util import varsim

    model = truth()
    X = model.sample(N, rng=1)
    least_squares = ss.VectorAutoRegression(P, method="ols")
    yield Contest(
        f"VAR({P}) fit by least squares, {N:.0e} x {K}",
        {"statsim": lambda: least_squares.fit(X), "statsmodels": lambda: VAR(X).fit(P)},
        {"statsmodels": 10.0},
    )
    exact = ss.VectorAutoRegression(P)
    yield Contest(
        f"VAR({P}) fit by the exact likelihood, beside least squares of the peer",
        {"statsim": lambda: exact.fit(X), "statsmodels": lambda: VAR(X).fit(P)},
    )
    yield Contest(
        f"VAR({P}) simulate, {N:.0e} x {K}",
        {
            "statsim": lambda: model.sample(N, rng=1, num_threads=1),
            "statsmodels": lambda: varsim(model.coefficients_, model.intercept_, model.noise_covariance_, steps=N, rng=1),
        },
        {"statsmodels": 30.0},
    )
    arma = ss.ARMA.from_parameters(ar=[0.6, -0.2], ma=[0.4], noise_variance=1.0)
    x = arma.sample(10_000, rng=1)
    peer, parameters = ARIMA(x[:, 0], order=(2, 0, 1), trend="n"), np.array([0.6, -0.2, 0.4, 1.0])
    yield Contest(
        "ARMA(2, 1) log-likelihood by Kalman filter, 1e4",
        {"statsim": lambda: arma.log_likelihood(x), "statsmodels": lambda: peer.loglike(parameters)},
    )
    short = x[:1000]

    def fit_peer():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ARIMA(short[:, 0], order=(2, 0, 1)).fit()

    yield Contest("ARMA(2, 1) exact fit, 1e3", {"statsim": lambda: ss.ARMA((2, 1)).fit(short), "statsmodels": fit_peer}, rounds=3)
