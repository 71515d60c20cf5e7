"""Posteriors of laws: conjugate ones against integration, chains by simulation-based calibration, intervals by their coverage, mean fields by their bound."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats
from scipy.interpolate import CubicSpline

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, SamplerWarning
from statsim.models.laws.mean_field_normal import mean_field_steps
from statsim.models.laws.observations import observed
from statsim.testing.follows import judge_follows
from statsim.testing.mean import judge_mean
from statsim.testing.verdict import ALPHA, settle, together
from tests.models.laws.cases import CASES

CONJUGATE = {
    "exponential": ({}, "scale", priors.InverseGamma(3.0, 4.0), stats.invgamma(3.0, scale=4.0)),
    "laplace": ({"loc": -1.0}, "scale", priors.InverseGamma(3.0, 4.0), stats.invgamma(3.0, scale=4.0)),
    "gamma": ({"shape": 2.5}, "scale", priors.InverseGamma(3.0, 4.0), stats.invgamma(3.0, scale=4.0)),
    "pareto": ({"scale": 1.5}, "shape", priors.Gamma(3.0, 2.0), stats.gamma(3.0, scale=0.5)),
    "poisson": ({}, "rate", priors.Gamma(3.0, 2.0), stats.gamma(3.0, scale=0.5)),
    "bernoulli": ({}, "p", priors.Beta(2.0, 3.0), stats.beta(2.0, 3.0)),
    "binomial": ({}, "p", priors.Beta(2.0, 3.0), stats.beta(2.0, 3.0)),
    "geometric": ({}, "p", priors.Beta(2.0, 3.0), stats.beta(2.0, 3.0)),
    "negative binomial": ({"size": 2.5}, "p", priors.Beta(2.0, 3.0), stats.beta(2.0, 3.0)),
}


def _fit(name, X, prior, **more):
    known = CONJUGATE[name][0] if name in CONJUGATE else {}
    settings = {"fixed": known} if known else {}
    return CASES[name].new(method=ss.Bayes(prior=prior, **more), rng=11, **settings).fit(X)


def _integrated(name, X, ends):
    """Distribution function and log evidence of the one parameter between `ends`: SciPy's likelihood at 300 points, a spline between them."""
    _, parameter, _, prior = CONJUGATE[name]
    case, knots, grid = CASES[name], np.linspace(*ends, 300), np.linspace(*ends, 40_001)
    log_likelihood = CubicSpline(knots, [case.log_likelihood(X, [one], [parameter]) for one in knots])
    log_p = log_likelihood(grid) + prior.logpdf(grid)
    weights = np.exp(log_p - log_p.max())
    cdf = np.cumsum(weights) / weights.sum()
    return (lambda x: np.interp(x, grid, cdf)), float(np.log(weights.sum() * (grid[1] - grid[0])) + log_p.max())


@pytest.mark.parametrize("name", CONJUGATE)
def test_conjugate_posteriors_are_those_of_integration(name):
    _, parameter, prior, _ = CONJUGATE[name]
    X = CASES[name].data(12)
    model = _fit(name, X, {parameter: prior}, draws=5000)
    values = model.posterior_.values
    top = min(2 * values.max(), 0.999) if parameter == "p" else 2 * values.max()
    cdf, evidence = _integrated(name, X, (0.5 * values.min(), top))
    assert type(model.posterior_.method).__name__ == "Exact"
    testing.assert_follows(values.ravel(), cdf)
    with testing.Budget(), pytest.raises(AssertionError):  # the broken twin: a row forgotten
        testing.assert_follows(_fit(name, X[np.argsort(X)[:-2]], {parameter: prior}, draws=5000).posterior_.values.ravel(), cdf)
    nearest = CASES[name].new(method=ss.VB(prior={parameter: prior}), rng=11, **({"fixed": CONJUGATE[name][0]} if CONJUGATE[name][0] else {})).fit(X)
    assert_allclose(nearest.fit_result_.objective, evidence, atol=2e-3)
    assert nearest.fit_result_.pareto_k == -np.inf


TRUTHS = {
    "gamma": {"shape": (priors.Gamma(4.0, 2.0), stats.gamma(4.0, scale=0.5)), "scale": (priors.Gamma(4.0, 2.0), stats.gamma(4.0, scale=0.5))},
    "gumbel": {"loc": (priors.Normal(0.0, 2.0), stats.norm(0.0, 2.0)), "scale": (priors.LogNormal(0.0, 0.5), stats.lognorm(0.5))},
    "weibull": {"shape": (priors.LogNormal(0.0, 0.5), stats.lognorm(0.5)), "scale": (priors.LogNormal(0.0, 0.5), stats.lognorm(0.5))},
    "beta": {"a": (priors.Gamma(4.0, 2.0), stats.gamma(4.0, scale=0.5)), "b": (priors.Gamma(4.0, 2.0), stats.gamma(4.0, scale=0.5))},
    "student t": {
        "df": (priors.Gamma(4.0, 0.5), stats.gamma(4.0, scale=2.0)), "loc": (priors.Normal(0.0, 2.0), stats.norm(0.0, 2.0)),
        "scale": (priors.LogNormal(0.0, 0.5), stats.lognorm(0.5)),
    },
    "generalised pareto": {"shape": (priors.Normal(0.2, 0.2), stats.norm(0.2, 0.2)), "scale": (priors.LogNormal(0.0, 0.5), stats.lognorm(0.5))},
    "laplace": {"loc": (priors.Normal(0.0, 2.0), stats.norm(0.0, 2.0)), "scale": (priors.LogNormal(0.0, 0.5), stats.lognorm(0.5))},
    "log-normal": {"log_mean": (priors.Normal(0.0, 2.0), stats.norm(0.0, 2.0)), "log_sd": (priors.LogNormal(0.0, 0.5), stats.lognorm(0.5))},
    "negative binomial": {"size": (priors.LogNormal(1.0, 0.5), stats.lognorm(0.5, scale=np.e)), "p": (priors.Beta(4.0, 4.0), stats.beta(4.0, 4.0))},
    "poisson": {"rate": (priors.Gamma(3.0, 1.0), stats.gamma(3.0))},
    "exponential": {"scale": (priors.InverseGamma(3.0, 4.0), stats.invgamma(3.0, scale=4.0))},
}  # fmt: skip


def _replication(name, rng, repeat=1):
    """A truth from the prior, draws given data from it, and the log-likelihoods of both."""
    laws, case = TRUTHS[name], CASES[name]
    truth = np.array([law.rvs(random_state=rng) for _, law in laws.values()])
    X = case.peer(**dict(zip(laws, truth, strict=True))).rvs(12, random_state=rng).astype(float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SamplerWarning)  # a few hundred draws are too few for its limits, enough for ranks
        method = ss.Bayes(prior={one: prior for one, (prior, _) in laws.items()}, draws=297, chains=1, warmup=300)
        model = case.new(method=method, rng=int(rng.integers(2**31))).fit(np.tile(X, repeat))
    draws = model.posterior_.values.reshape(-1, len(truth))[::3]
    scores = [float(np.sum(model.with_parameters(row).score_samples(X))) for row in draws[::9]]
    return truth, draws, float(np.sum(model.with_parameters(truth).score_samples(X))), np.array(scores)


def _ranks(name, n, rng, repeat=1):
    found = []
    for _ in range(n):
        truth, draws, score, scores = _replication(name, rng, repeat)
        ranks = [(np.sum(draws[:, i] < truth[i]) + rng.random()) / (len(draws) + 1) for i in range(len(truth))]
        found.append([*ranks, (np.sum(scores < score) + rng.random()) / (len(scores) + 1)])
    return np.array(found)


def _assert_calibrated(ranks):
    share, verdicts = ALPHA / (2 * ranks.shape[1]), []
    for u in ranks.T:
        verdicts += [judge_follows(u, lambda x: np.clip(x, 0.0, 1.0), alpha=share), judge_mean((u - 0.5) ** 2, 1 / 12, sd=np.sqrt(1 / 180), bounds=(0.0, 0.25), alpha=share)]
    return settle(together("uniform ranks", verdicts, ALPHA))


@pytest.mark.parametrize(("name", "n"), [("gamma", 60), ("gumbel", 60), ("poisson", 300), ("exponential", 300)])
def test_posteriors_are_calibrated(name, n, rng):
    """Simulation-based calibration (Talts et al. 2018), short form: ranks of parameters and log-likelihood are uniform."""
    _assert_calibrated(_ranks(name, n, rng))


def test_broken_twin_data_counted_four_times_are_not_calibrated(rng):
    with testing.Budget(), pytest.raises(AssertionError):
        _assert_calibrated(_ranks("poisson", 300, rng, repeat=4))


def test_nine_in_ten_intervals_hold_the_truth(rng):
    inside = []
    for name in TRUTHS:
        for _ in range(16):
            truth, draws, _, _ = _replication(name, rng)
            low, high = np.quantile(draws[:, -1], [0.05, 0.95])
            inside.append(low < truth[-1] < high)
    testing.assert_probability(int(np.sum(inside)), len(inside), 0.9)
    with testing.Budget(), pytest.raises(AssertionError):  # the broken twin: intervals of three in five
        testing.assert_probability(int(np.sum(inside)), len(inside), 0.6)


def test_much_data_give_the_maximum_of_the_likelihood():
    X = CASES["gamma"].data(4000)
    plain, bayes = ss.Gamma().fit(X), ss.Gamma(method=ss.Bayes(draws=1000, chains=2), rng=1).fit(X)
    assert_allclose(bayes.parameter_values, plain.parameter_values, rtol=0.01)


def test_the_bound_of_the_mean_field_rises_to_its_formula():
    X = CASES["normal"].data(9)
    data, prior = observed(X, None), priors.NormalInverseGamma(mean=0.0, mean_precision=0.5, shape=2.0, scale=3.0)
    steps = mean_field_steps(prior, data, ("loc", "scale"), 0.0)
    states = [steps.start]
    while len(states) < 8:
        states.append(states[-1].step())
    gaps = np.array([state.gap() for state in states])
    assert (np.diff(gaps) <= 1e-13).all() and gaps[-1] > 0
    state, bound = steps.solve()
    post = state.posterior
    a = post.shape + 0.5
    assert_allclose((state.shape, state.scale), (a, post.scale * 2 * a / (2 * a - 1)), rtol=1e-14)
    assert_allclose(bound, -gaps[-1], rtol=1e-9)
    u = (np.arange(2000) + 0.5) / 2000
    loc, scale = stats.norm(post.mean, np.sqrt(state.location_variance)).ppf(u), np.sqrt(stats.invgamma(a, scale=state.scale).ppf(u))
    grid = np.column_stack([np.tile(loc, 2000), np.repeat(scale, 2000)])[::37]
    assert_allclose(-state.log_weights(grid).mean(), gaps[-1], rtol=0.05)
    for log_factor in (-0.1, 0.1):  # the fixed point is the best of its family
        assert replace(state, scale=state.scale * np.exp(log_factor)).gap() > gaps[-1]
        assert replace(state, location_variance=state.location_variance * np.exp(log_factor)).gap() > gaps[-1]


@pytest.mark.parametrize("name", ["normal", "log-normal"])
def test_a_mean_field_fit_stands_for_the_posterior(name):
    X = CASES[name].data(200)
    nearest, exact = CASES[name].new(method="vb", rng=1).fit(X), CASES[name].new(method="bayes", rng=1).fit(X)
    assert nearest.fit_result_.pareto_k < 0.7 and nearest.fit_result_.criterion == "lower bound of the evidence"
    assert_allclose(nearest.parameter_values, exact.parameter_values, rtol=0.01)
    prior = exact.fit_result_.prior
    assert prior == nearest.fit_result_.prior and "mean_precision=0.01" in prior
    logs = np.log(X) if name == "log-normal" else X
    law = priors.NormalInverseGamma(mean=logs.mean(), mean_precision=0.01, shape=0.5, scale=0.5 * logs.var())
    evidence = law.log_evidence(200, logs.mean(), 200 * logs.var()) - (logs.sum() if name == "log-normal" else 0.0)
    assert evidence - 0.01 < nearest.fit_result_.objective < evidence


@pytest.mark.parametrize("name", ["gamma", "student t", "weibull", "beta", "gumbel", "generalised pareto", "negative binomial"])
def test_laws_without_a_variational_family_say_so(name):
    with pytest.raises(ArgumentError, match=f"method='vb': {CASES[name].kind.__name__} has no variational family.*use method='bayes'"):
        CASES[name].new(method="vb").fit(CASES[name].data(20))


@pytest.mark.parametrize("name", ["gamma", "poisson", "log-normal"])
def test_predictive_draws_and_densities_agree(name, seed):
    """Of a posterior of few rows: the mean over predictive draws of q / (p + q) is 1/2 for an even mixture with another law q."""
    model = CASES[name].new(method=ss.Bayes(draws=1000), rng=5).fit(CASES[name].data(25))
    other, n = CASES[name].law, 40_000
    rows = np.concatenate([model.sample(n, rng=seed), other.sample(n, rng=seed + 1)])
    points, inverse = np.unique(np.round(rows, 6) if name != "poisson" else rows, return_inverse=True)
    step = max(1, len(points) // 2000)
    kept = points[::step] if name != "poisson" else points
    log_p, log_q = np.interp(rows, kept, model.score_samples(kept)), other.score_samples(rows)
    testing.assert_mean(np.exp(log_q - np.logaddexp(log_p, log_q)), 0.5, bounds=(0, 1), detects=0.03)


def test_a_prior_that_leaves_nothing_is_named():
    with pytest.raises(ArgumentError, match="the prior of 'p' lies between 2 and 3, and p must lie between 0 and 1"):
        ss.Bernoulli(method=ss.Bayes(prior={"p": priors.Uniform(2.0, 3.0)})).fit([0, 1])


def test_a_uniform_prior_keeps_its_ends():
    model = ss.Poisson(method=ss.Bayes(prior={"rate": priors.Uniform(0.5, 1.0)}, draws=1000, chains=2), rng=1).fit([3, 4, 2])
    assert 0.5 < model.posterior_.values.min() and model.posterior_.values.max() < 1.0
