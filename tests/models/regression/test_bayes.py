"""Regressions under priors: formulas, numerical integration, long independent oracles, calibration, special cases."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import integrate, stats

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError
from tests.models.regression.cases import COUNTS, FAMILIES, NUMBERS, OFFSET, WEIGHTS, X, independent_priors
from tests.samplers.agreement import Truth, assert_agrees

FLAT = {"coefficients": priors.Flat(), "intercept": priors.Flat()}


def conjugate():
    """A prior of X's coefficients and intercept that is neither diagonal nor weak."""
    root = np.array([[1.0, 0.2, 0.0, 0.0], [0.0, 3.0, 0.0, 0.1], [0.0, 0.0, 0.5, 0.0], [0.3, 0.0, 0.0, 0.1]])
    return priors.ConjugateRegression([0.5, 0.0, 1.0, 0.0], root @ root.T, 3.0, 2.0)


# ------------------------------------------------------------ the conjugate prior


def test_the_conjugate_posterior_is_the_integral_of_likelihood_and_prior():
    """One column through the origin: evidence and moments by quadrature over (b, log s)."""
    x, y = X[:12, :1], NUMBERS[:12]
    prior = priors.ConjugateRegression([0.5], [[2.0]], 3.0, 2.0)
    after = prior.updated(x.T @ x, x.T @ y, y @ y, 12)
    centre, spread = after.mean[0], np.sqrt(after.scale / after.shape / after.precision[0, 0])

    z, log_scale = np.linspace(-12, 12, 401), np.linspace(-2.0, 3.0, 401)
    b, scale = (centre + spread * z)[:, None], np.exp(log_scale)[None, :]
    squares = np.square(y - x[:, 0] * b).sum(axis=1)[:, None]
    value = -0.5 * squares / scale**2 - 12 * np.log(scale * np.sqrt(2 * np.pi)) + np.log(scale)
    value = value + stats.norm.logpdf(b, 0.5, scale / np.sqrt(2.0)) + stats.invgamma.logpdf(scale**2, 3.0, scale=2.0) + np.log(2 * scale)
    mass = np.exp(value - value.max())
    evidence, mean = (integrate.simpson(integrate.simpson(mass * b**k, x=log_scale), x=b[:, 0]) for k in (0, 1))
    assert_allclose(np.log(evidence) + value.max(), prior.log_evidence(x.T @ x, x.T @ y, y @ y, 12), rtol=1e-6)
    assert_allclose(mean / evidence, after.mean[0], rtol=1e-6)


def test_exact_draws_have_the_law_of_the_formula():
    model = ss.LinearRegression(method=ss.Bayes(prior=conjugate()), rng=1).fit(X, NUMBERS, sample_weight=WEIGHTS, offset=OFFSET)
    design, y = np.column_stack([X, np.ones(len(X))]), NUMBERS - OFFSET
    after = conjugate().updated(design.T @ (WEIGHTS[:, None] * design), design.T @ (WEIGHTS * y), WEIGHTS @ y**2, WEIGHTS.sum())
    testing.assert_follows(model.posterior_["scale"].ravel() ** -2.0, stats.gamma(after.shape, scale=1 / after.scale).cdf)
    covariance = after.scale / after.shape * np.linalg.inv(after.precision)
    for place in (0, 3):
        values = model.posterior_.values[0, :, place]
        testing.assert_follows(values, stats.t(2 * after.shape, after.mean[place], np.sqrt(covariance[place, place])).cdf)
    with pytest.raises(AssertionError):  # the broken twin: weights forgotten
        testing.assert_follows(model.posterior_["scale"].ravel() ** -2.0, stats.gamma(3.0 + 150, scale=1 / (2.0 + NUMBERS.var() * 150)).cdf)


def test_the_mode_under_the_conjugate_prior_is_the_top():
    model = ss.LinearRegression(method=ss.MAP(prior=conjugate())).fit(X, NUMBERS)

    def objective(values):
        mean = X @ values[:3] + values[3]
        return stats.norm.logpdf(NUMBERS, mean, values[4]).sum() + conjugate().log_density(values[:4], values[4])

    best = objective(model.parameter_values)
    assert_allclose(model.fit_result_.objective, best, rtol=1e-12)
    assert all(objective(model.parameter_values + step) < best for step in np.concatenate([np.eye(5), -np.eye(5)]) * 1e-3)


FAR = X[:8].mean(axis=0) + 4 * X[:8].std(axis=0)


def test_the_predictive_law_is_students():
    prior = priors.ConjugateRegression(np.zeros(4), np.diag([0.1, 1.0, 0.1, 0.1]), 1.0, 1.0)
    model = ss.LinearRegression(method=ss.Bayes(prior=prior, draws=5000), rng=3).fit(X[:8], NUMBERS[:8])
    design = np.column_stack([X[:8], np.ones(8)])
    after = prior.updated(design.T @ design, design.T @ NUMBERS[:8], NUMBERS[:8] @ NUMBERS[:8], 8)
    row = np.append(FAR, 1.0)
    predictive = stats.t(2 * after.shape, row @ after.mean, np.sqrt(after.scale / after.shape * (1 + row @ np.linalg.solve(after.precision, row))))
    drawn = model.sample_y(np.tile(FAR, (20_000, 1)), rng=5)
    testing.assert_follows(drawn, predictive.cdf)
    at = np.quantile(drawn, [0.1, 0.5, 0.9])
    assert_allclose(model.score_samples(np.tile(FAR, (3, 1)), at), predictive.logpdf(at), atol=0.05)
    with pytest.raises(AssertionError):  # the broken twin: the plug-in law has lighter tails
        testing.assert_follows(model.sample_y(np.tile(FAR, (20_000, 1)), rng=5, parameters="mean"), predictive.cdf)


# ------------------------------------------------------------ independent priors


def log_posterior(name, prior):
    """The obvious log posterior in the parameters, by SciPy."""
    y = FAMILIES[name][1]
    table = priors.Independent(prior)
    names = ("coefficients[0]", "coefficients[1]", "coefficients[2]", "intercept") + (("scale",) if name == "linear" else ())

    def value(b):
        eta = X @ b[:3] + b[3]
        if name == "linear" and not b[4] > 0:
            return -np.inf
        law = {"linear": lambda: stats.norm.logpdf(y, eta, b[-1]), "logistic": lambda: y * eta - np.logaddexp(0, eta), "poisson": lambda: stats.poisson.logpmf(y, np.exp(eta))}
        return law[name]().sum() + table.log_density(names, b)

    return value


@pytest.mark.parametrize("name", FAMILIES)
def test_the_mode_is_the_top_of_the_log_posterior(name):
    prior = independent_priors(name)
    model = FAMILIES[name][0](method=ss.MAP(prior=prior)).fit(X, FAMILIES[name][1])
    value, b = log_posterior(name, prior), model.parameter_values
    assert_allclose(model.fit_result_.objective, value(b), rtol=1e-10)
    steps = 1e-3 * model.standard_errors_
    for j, step in enumerate(steps):
        move = np.eye(len(b))[j] * step
        assert max(value(b + move), value(b - move)) < value(b)
        curvature = (value(b + move * 300) + value(b - move * 300) - 2 * value(b)) / (300 * step) ** 2
        assert 1 / -curvature <= model.covariance_[j, j] * 1.2  # conditional variances are below marginal ones


@pytest.mark.parametrize("name", FAMILIES)
def test_flat_priors_give_maximum_likelihood(name):
    kind, y = FAMILIES[name]
    prior = FLAT | ({"scale": priors.Flat()} if name == "linear" else {})
    assert_allclose(kind(method=ss.MAP(prior=prior)).fit(X, y).parameter_values, kind().fit(X, y).parameter_values, rtol=1e-8)


@pytest.mark.parametrize("name", FAMILIES)
def test_draws_of_chains_have_the_moments_of_an_independent_oracle(name):
    """The oracle: importance sampling by our own eyes, 40,000 draws of Student's t about the mode weighted by SciPy's log posterior."""
    kind, y = FAMILIES[name]
    prior = independent_priors(name)
    model = kind(method=ss.Bayes(prior=prior), rng=2).fit(X, y)
    mode = kind(method=ss.MAP(prior=prior)).fit(X, y)
    covariance = mode.covariance_ if name != "linear" else np.block([[mode.covariance_, np.zeros((4, 1))], [np.zeros((1, 4)), np.array([[mode.scale_**2 / 2 / 300]])]])
    proposal = stats.multivariate_t(mode.parameter_values, 1.2 * covariance, df=8, seed=7)
    draws = proposal.rvs(4000)
    value = log_posterior(name, prior)
    weights = np.array([value(row) for row in draws]) - proposal.logpdf(draws)
    weights = np.exp(weights - weights.max())
    weights /= weights.sum()
    mean = weights @ draws
    error = np.sqrt(np.square(weights) @ np.square(draws - mean))
    assert_agrees(model.posterior_.values, Truth(mean=mean, mean_error=error))
    with pytest.raises(AssertionError):  # the broken twin: half a standard deviation off
        assert_agrees(model.posterior_.values, Truth(mean=mean + 0.5 * np.sqrt(weights @ np.square(draws - mean)), mean_error=error))


def test_much_data_makes_the_posterior_the_likelihood():
    rows = np.random.default_rng(3).normal(size=(4_000, 2))
    y = np.random.default_rng(4).poisson(np.exp(rows @ [0.3, -0.2] + 0.1))
    plain, bayes = ss.PoissonRegression().fit(rows, y), ss.PoissonRegression(method=ss.Bayes(draws=500, warmup=300), rng=0).fit(rows, y)
    assert_allclose(bayes.parameter_values, plain.parameter_values, atol=5 * plain.standard_errors_.max() / np.sqrt(500))
    assert_allclose(bayes.standard_errors_, plain.standard_errors_, rtol=0.15)


def test_separated_data_have_a_posterior_and_a_mode():
    x, y = np.arange(10.0)[:, None], np.repeat([0, 1], 5)
    mode = ss.LogisticRegression(method="map").fit(x, y)
    assert mode.fit_result_.converged and 0 < mode.coefficients_[0] < 5
    assert ss.LogisticRegression(method="bayes", rng=0).fit(x, y).posterior_.problems() == ()


def test_the_default_prior_does_not_know_units():
    kind, y = FAMILIES["logistic"]
    model, moved = kind(method="map").fit(X, y), kind(method="map").fit(X * [2.0**10, 0.25, 8.0] + [4.0, 0.0, -16.0], y)
    assert_allclose(moved.coefficients_ * [2.0**10, 0.25, 8.0], model.coefficients_, rtol=1e-5)  # priors print six digits
    assert "intercept_at_mean ~ StudentT(loc=0.0, scale=10.0, df=7.0)" in model.fit_result_.prior


# ------------------------------------------------------------ calibration


@pytest.mark.filterwarnings("ignore::statsim.errors.SamplerWarning")  # one short chain each
@pytest.mark.parametrize("prior_sd", [1.0])
def test_ranks_of_the_truth_are_uniform(prior_sd, seed):
    """Simulation-based calibration (Talts et al. 2018) of a logistic regression: truth from the prior, data from the truth, ranks among thinned draws."""
    rng, x, found = np.random.default_rng(seed), np.random.default_rng(1).normal(size=(40, 1)), []
    method = ss.Bayes(prior={"coefficients": priors.Normal(0.0, prior_sd), "intercept": priors.Normal(0.0, prior_sd)}, chains=1, draws=495, warmup=200)
    while len(found) < 120:
        truth = rng.normal(size=2) * prior_sd
        y = rng.binomial(1, 1 / (1 + np.exp(-(x[:, 0] * truth[0] + truth[1]))))
        draws = _posterior_of(method, x, y, rng)[::5]
        likelihoods = _log_likelihood(draws, x, y)
        ranks = [*(draws < truth).sum(axis=0), (likelihoods < _log_likelihood(truth[None], x, y)).sum()]
        found.append((np.array(ranks) + rng.random(3)) / (len(draws) + 1))
    for column in np.array(found).T:
        testing.assert_follows(column, lambda u: np.clip(u, 0, 1))
    with pytest.raises(AssertionError):  # the broken twin: ranks of a posterior half as wide
        testing.assert_follows(np.clip(0.5 + 2.5 * (np.array(found)[:, 0] - 0.5), 0, 1), lambda u: np.clip(u, 0, 1))


def _posterior_of(method, x, y, rng):
    """Draws (n, 2) given y; both classes are known to the model, whatever y holds."""
    labels, weights = np.append(y, [0, 1]), np.append(np.ones(len(y)), [1e-12, 1e-12])
    model = ss.LogisticRegression(method=method, rng=rng).fit(np.append(x, [[0.0], [0.0]], axis=0), labels, sample_weight=weights)
    return model.posterior_.values[0]


def _log_likelihood(draws, x, y):
    eta = draws[:, :1] * x[:, 0] + draws[:, 1:]
    return (y * eta - np.logaddexp(0, eta)).sum(axis=1)


# ------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.LinearRegression(method=ss.Bayes(prior=priors.ConjugateRegression([0.0], [[1.0]], 1, 1))).fit(X, NUMBERS), "mean has 1 numbers, and the regression 4 coefficients"),
        (lambda: priors.ConjugateRegression([0.0, 0.0], [[1.0]], 1, 1), r"precision must be square with a row for each of the 2 .* got shape \(1, 1\)"),
        (lambda: priors.ConjugateRegression([0.0, 0.0], [[1.0, 2.0], [2.0, 1.0]], 1, 1), "smallest eigenvalue is -1"),
        (lambda: ss.PoissonRegression(method=ss.MAP(prior=conjugate())).fit(X, COUNTS), "only a linear regression has a conjugate prior"),
        (lambda: ss.PoissonRegression(method=ss.Bayes(prior={"coefficients": priors.Flat()})).fit(X, COUNTS), "'intercept' has no prior"),
        (lambda: ss.PoissonRegression(method=ss.Bayes(prior={"beta": priors.Flat()})).fit(X, COUNTS), "there is no parameter 'beta'"),
        (lambda: ss.PoissonRegression(method=ss.Bayes(prior=3)).fit(X, COUNTS), "prior=3: a regression takes a dict"),
        (lambda: ss.PoissonRegression(method=ss.MAP(prior={**FLAT, "intercept_at_mean": priors.Flat()})).fit(X, COUNTS), "not both"),
        (lambda: ss.LinearRegression(method=ss.VB(prior=conjugate())).fit(X, NUMBERS), "known in closed form"),
        (lambda: ss.LinearRegression(method="vb").fit(X[:3], NUMBERS[:3]), "the 3 rows are fitted exactly by 4 coefficients"),
        (lambda: ss.PoissonRegression().fit(X, COUNTS).sample(3, parameters="mean"), "has no posterior"),
    ],
)
def test_bad_priors_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
