"""Mutants of the samplers of series and of their estimators: what is right passes a check that each of them fails.

Many short sequences are whitened with the dense law of a whole sequence, which no sampler of the package uses: independent standard normal
numbers come out if the first value, the dependence and the noise are all right.
"""

import numpy as np
import pytest
from scipy.stats import chi2

import statsim as ss
from statsim import testing
from tests.models.series.cases import MODELS, law_of, symbols
from tests.reference import series as twin

STEPS, SEQUENCES = 5, 20_000
VAR2 = MODELS["VAR(2)"]()


def check_sequences(rows, model):
    """`rows` (sequences, steps, k) have the law of `model`."""
    n, steps, k = rows.shape
    mean, covariance = law_of(model, steps)
    z = np.linalg.solve(np.linalg.cholesky(covariance), (rows.reshape(n, -1) - mean).T).T
    testing.assert_normal(z.ravel())
    testing.assert_mean((z[:, :, None] * z[:, None, :])[:, *np.triu_indices(steps * k, 1)], 0.0, sd=1.0, detects=0.1)
    testing.assert_variance(z[:, 0], 1.0, mean=0.0, normal=True, detects=0.15)
    testing.assert_independent(z[:, -1], lags=(1,))


def drawn(model, seed, steps=STEPS):
    return np.array(model.sample(steps, n_sequences=SEQUENCES, rng=seed))


@pytest.mark.parametrize("name", ["VAR(2)", "AR(1) with a slope", "ARMA(2, 1)", "state space", "explosive VAR(1)"])
def test_samplers_pass(name, seed):
    check_sequences(drawn(MODELS[name](), seed), MODELS[name]())


def test_what_follows_a_history_passes(seed):
    history = VAR2.sample(6, rng=1)
    known = np.concatenate([history.ravel(), np.full(STEPS * 2, np.nan)])
    mean, covariance = (part[12:] for part in twin.condition(*law_of(VAR2, 6 + STEPS), known))
    rows = drawn(VAR2.given(history), seed).reshape(SEQUENCES, -1)
    z = np.linalg.solve(np.linalg.cholesky(covariance[:, 12:]), (rows - mean).T).T
    testing.assert_normal(z.ravel())
    with pytest.raises(testing.StatisticalAssertionError):  # broken twin: the history forgotten
        testing.assert_normal(np.linalg.solve(np.linalg.cholesky(covariance[:, 12:]), (drawn(VAR2, seed).reshape(SEQUENCES, -1) - mean).T).ravel())


def test_draws_of_states_given_the_values_pass(seed, rng):
    model = MODELS["state space"]()
    values = model.sample(STEPS, rng=1)
    values[2] = np.nan
    model.missing = "mar"
    mean, covariance = twin.state_space_law(*symbols(model), STEPS)
    mean, covariance = twin.condition(mean, covariance, np.concatenate([np.full(STEPS * 2, np.nan), values.ravel()]))
    mean, factor = mean[: STEPS * 2], np.linalg.cholesky(covariance[: STEPS * 2, : STEPS * 2])
    draws = model.sample_states(values, SEQUENCES, rng=seed).reshape(SEQUENCES, -1)
    testing.assert_normal(np.linalg.solve(factor, (draws - mean).T).T.ravel())
    laws = model.smoothed_states(values)  # broken twin: each state from its own law, without the dependence
    alone = np.array([rng.multivariate_normal(m, c, SEQUENCES) for m, c in zip(laws.mean, laws.covariance, strict=True)])
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_normal(np.linalg.solve(factor, (alone.transpose(1, 0, 2).reshape(SEQUENCES, -1) - mean).T).T.ravel())


# ---------------------------------------------------------------- broken samplers


def recursion(rng, *, A=VAR2.coefficients_, c=VAR2.intercept_, L=None, start="stationary", z=None):
    """Sequences of VAR(2) by plain recursion."""
    L = np.linalg.cholesky(VAR2.noise_covariance_) if L is None else L
    z = rng.normal(size=(SEQUENCES, STEPS, 2)) if z is None else z
    out = np.zeros((SEQUENCES, STEPS, 2))
    mean, covariance = law_of(VAR2, 2)
    if start == "stationary":
        out[:, :2] = (mean + z[:, :2].reshape(SEQUENCES, 4) @ np.linalg.cholesky(covariance).T).reshape(SEQUENCES, 2, 2)
    elif start == "noise":
        out[:, :2] = mean.reshape(2, 2) + z[:, :2] @ L.T
    elif start == "independent":
        out[:, :2] = mean.reshape(2, 2) + z[:, :2] @ np.linalg.cholesky(covariance[:2, :2]).T
    elif start == "zero":
        out[:, 0] = c + z[:, 0] @ L.T
        out[:, 1] = c + out[:, 0] @ A[0].T + z[:, 1] @ L.T
    for t in range(2, STEPS):
        out[:, t] = c + out[:, t - 1] @ A[0].T + out[:, t - 2] @ A[1].T + z[:, t] @ L.T
    return out


def sticky(rng):
    z = rng.normal(size=(SEQUENCES, STEPS, 2))
    z[1::20] = z[:-1:20]
    return z


BROKEN = {
    "begun with the noise": lambda g: recursion(g, start="noise"),
    "begun at zero": lambda g: recursion(g, start="zero"),
    "first steps independent": lambda g: recursion(g, start="independent"),
    "lags exchanged": lambda g: recursion(g, A=VAR2.coefficients_[::-1]),
    "coefficients transposed": lambda g: recursion(g, A=VAR2.coefficients_.transpose(0, 2, 1)),
    "covariance taken for its factor": lambda g: recursion(g, L=VAR2.noise_covariance_),
    "factor transposed": lambda g: recursion(g, L=np.linalg.cholesky(VAR2.noise_covariance_).T),
    "noise 2 % too wide": lambda g: recursion(g, z=1.02 * g.normal(size=(SEQUENCES, STEPS, 2))),
    "intercept taken for the mean": lambda g: recursion(g, c=law_of(VAR2, 1)[0]),
    "one noise for both columns": lambda g: recursion(g, z=np.repeat(g.normal(size=(SEQUENCES, STEPS, 1)), 2, axis=2)),
    "some sequences twice": lambda g: recursion(g, z=sticky(g)),
    "noise of a step used again": lambda g: recursion(g, z=np.repeat(g.normal(size=(SEQUENCES, 1, 2)), STEPS, axis=1)),
    "sums of twelve uniforms": lambda g: recursion(g, z=g.random((SEQUENCES, STEPS, 2, 12)).sum(axis=3) - 6.0),
    "one step late": lambda g: np.roll(recursion(g), 1, axis=1),
}


def test_the_plain_recursion_passes(rng):
    check_sequences(recursion(rng), VAR2)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_sampler_fails(name, rng):
    with pytest.raises(testing.StatisticalAssertionError):
        check_sequences(BROKEN[name](rng), VAR2)


# ---------------------------------------------------------------- a fit to a sample recovers the parameters


PHI, REPLICATIONS, LENGTH = 0.6, 500, 5000


def standardised(estimates):
    """Errors of the coefficient of AR(1) in asymptotic standard errors; the bias (1 + 3 phi) / n is 0.05 of one here."""
    return (np.array(estimates) - PHI) / np.sqrt((1 - PHI**2) / LENGTH)


def check_estimates(z):
    testing.assert_mean(z, 0.0, sd=1.0, detects=0.7)
    testing.assert_variance(z, 1.0, mean=0.0, normal=True, detects=0.91)


@pytest.mark.parametrize("method", ["mle", "ols", "burg", "yule-walker"])
def test_fits_recover_the_coefficient(method, seed):
    model = ss.AutoRegression.from_parameters(coefficients=[PHI], intercept=1.0, noise_variance=2.0)
    parts = model.sample(LENGTH, n_sequences=REPLICATIONS, rng=seed)
    z = standardised([ss.AutoRegression(1, method=method).fit(part).coefficients_[0] for part in parts])
    check_estimates(z)
    shrunk = z - PHI * 0.03 / np.sqrt((1 - PHI**2) / LENGTH)  # broken twin: 3 % too small
    with pytest.raises(testing.StatisticalAssertionError):
        check_estimates(shrunk)


def test_residuals_of_the_true_model_are_white_and_of_a_wrong_one_are_not(seed):
    model = MODELS["ARMA(2, 1)"]()
    x = model.sample(20_000, rng=seed)
    testing.assert_normal(model.residuals(x)[:, 0])
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_normal(ss.AutoRegression(1).fit(x).residuals(x)[:, 0])


LIKELIHOOD_RATIOS = {
    "VAR": (ss.VectorAutoRegression.from_parameters(coefficients=[[[0.5, 0.2], [-0.3, 0.4]]], noise_covariance=[[1.0, 0.6], [0.6, 2.0]]), ss.VectorAutoRegression(1)),
    "ARMA": (ss.ARMA.from_parameters(ar=[0.7], ma=[0.5], noise_variance=1.0), ss.ARMA((1, 1))),
    "AR with gaps": (ss.AutoRegression.from_parameters(coefficients=[0.6, -0.3], noise_variance=1.0), ss.AutoRegression(2, missing="mar")),
}


@pytest.mark.parametrize("name", LIKELIHOOD_RATIOS)
def test_twice_the_gain_in_log_likelihood_is_chi_square(name, seed, rng):
    """Wilks' law: every parameter recovered, none stuck, and as many of them as `n_parameters` says."""
    truth, model = LIKELIHOOD_RATIOS[name]
    truth.missing = model.missing
    gains = []
    for part in truth.sample(250, n_sequences=200, rng=seed):
        seen = np.where(rng.random(part.shape) < 0.1, np.nan, part) if model.missing == "mar" else part
        gains.append(2 * (model.fit(seen).fit_result_.objective - truth.log_likelihood(seen)))
    testing.assert_follows(np.array(gains), chi2(model.n_parameters()).cdf, detects=0.4)
    if name == "VAR":  # broken twin: half of the parameters not fitted
        with pytest.raises(testing.StatisticalAssertionError):
            testing.assert_follows(np.array(gains) / 2, chi2(model.n_parameters()).cdf, detects=0.4)
