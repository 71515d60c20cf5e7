"""Maximum likelihood and highest posterior densities of every law, against SciPy and direct optimisation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

import statsim as ss
from statsim import priors, testing
from tests.models.laws.cases import CASES, CONTINUOUS


def _direct(objective, start):
    """The maximum by Nelder and Mead, started beside ours: an oracle that knows no gradient."""
    options = {"xatol": 1e-8, "fatol": 1e-12, "maxiter": 4000}
    return optimize.minimize(lambda x: -objective(x), np.asarray(start) * 1.02 + 1e-3, method="Nelder-Mead", options=options)


@pytest.mark.parametrize("name", [name for name in CASES if name != "pareto"])
def test_the_fit_is_the_top_of_the_likelihood_of_scipy(name):
    case, X = CASES[name], CASES[name].data(61)
    model = case.new().fit(X)
    names = model.parameter_names

    def objective(x):
        with np.errstate(all="ignore"):
            value = case.log_likelihood(X, x, names)
        return value if np.isfinite(value) else -1e300

    found = _direct(objective, model.parameter_values)
    assert_allclose(model.fit_result_.objective, objective(model.parameter_values), rtol=1e-12)
    assert model.fit_result_.objective >= -found.fun - 1e-9
    assert_allclose(model.parameter_values, found.x, rtol=2e-5)
    assert model.fit_result_.converged and not model.fit_result_.warnings


@pytest.mark.parametrize(
    ("name", "fit"),
    [
        ("normal", lambda X: stats.norm.fit(X)),
        ("log-normal", lambda X: [np.log(stats.lognorm.fit(X, floc=0)[2]), stats.lognorm.fit(X, floc=0)[0]]),
        ("laplace", lambda X: stats.laplace.fit(X)),
        ("gamma", lambda X: np.take(stats.gamma.fit(X, floc=0), [0, 2])),
        ("beta", lambda X: stats.beta.fit(X, floc=0, fscale=1)[:2]),
        ("weibull", lambda X: np.take(stats.weibull_min.fit(X, floc=0), [0, 2])),
        ("exponential", lambda X: [stats.expon.fit(X, floc=0)[1]]),
        ("pareto", lambda X: np.take(stats.pareto.fit(X, floc=0), [0, 2])),
        ("generalised pareto", lambda X: np.take(stats.genpareto.fit(X, floc=0), [0, 2])),
        ("gumbel", lambda X: stats.gumbel_r.fit(X)),
        ("student t", lambda X: stats.t.fit(X)),
    ],
)
def test_the_fit_is_that_of_scipy(name, fit):
    X = CASES[name].data(80, seed=3)
    assert_allclose(CASES[name].new().fit(X).parameter_values, fit(X), rtol=3e-4)


@pytest.mark.parametrize("name", CASES)
def test_a_flat_prior_gives_maximum_likelihood_and_weights_are_rows(name):
    case, X = CASES[name], CASES[name].data(30)
    model = case.new().fit(X)
    flat = case.new(method=ss.MAP(prior={one: priors.Flat() for one in model.parameter_names})).fit(X)
    assert_allclose(flat.parameter_values, model.parameter_values, rtol=1e-10)
    assert flat.fit_result_.criterion == "log posterior"
    once, twice = case.new().fit(X, sample_weight=np.r_[2.0, np.ones(28), 0.0]), case.new().fit(np.r_[X[0], X[:-1]][::-1])
    assert_allclose(once.parameter_values, twice.parameter_values, rtol=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_a_prior_moves_the_fit_to_the_top_of_the_posterior(name):
    case, X = CASES[name], CASES[name].data(15)
    names = case.new().parameter_names
    prior = priors.Independent({one: priors.Normal(1.0, 0.5) if one in ("loc", "log_mean") else priors.Beta(3.0, 3.0) if one == "p" else priors.Gamma(4.0, 3.0) for one in names})
    model = case.new(method=ss.MAP(prior=prior)).fit(X)

    def objective(x):
        with np.errstate(all="ignore"):
            value = case.log_likelihood(X, x, names) + prior.log_density(names, x)
        return value if np.isfinite(value) else -1e300

    best = objective(model.parameter_values)
    assert_allclose(model.fit_result_.objective, best, rtol=1e-11)
    top = -_direct(objective, model.parameter_values).fun
    assert best >= top - 1e-8


@pytest.mark.parametrize("name", [name for name in CONTINUOUS if name != "beta"])
def test_a_change_of_unit_changes_the_fit_alike(name):
    X = CASES[name].data(61)
    model, scaled = CASES[name].new().fit(X), CASES[name].new().fit(8.0 * X)
    for one in model.parameter_names:
        before, after = getattr(model, f"{one}_"), getattr(scaled, f"{one}_")
        assert_allclose(after, 8 * before if one in ("loc", "scale") else before + np.log(8.0) if one == "log_mean" else before, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", [name for name in CASES if len(CASES[name].law.parameter_names) > 1])
def test_known_parameters_stay_and_the_others_are_the_best_beside_them(name):
    case, X = CASES[name], CASES[name].data(51)
    for known in case.parameters:
        model = case.new(fixed={known: case.parameters[known]}).fit(X)
        assert known not in model.parameter_names and getattr(model, f"{known}_") == case.parameters[known]
        best = case.log_likelihood(X, model.parameter_values, model.parameter_names)
        for step in np.vstack([np.eye(len(model.parameter_names)), -np.eye(len(model.parameter_names))]) * 1e-4:
            assert case.log_likelihood(X, model.parameter_values + step, model.parameter_names) < best


def test_known_parameters_survive_files_and_rebuilding(tmp_path):
    model = ss.Gamma(fixed={"shape": 2.0}, method="bayes", rng=1).fit([1.0, 2.0, 5.0])
    model.save(tmp_path / "m.json")
    back = ss.load(tmp_path / "m.json")
    assert back.parameter_names == ("scale",) and back.fixed == {"shape": 2.0}
    assert (back.posterior_.values == model.posterior_.values).all() and (back.sample(10, rng=1) == model.sample(10, rng=1)).all()
    other = model.with_parameters([3.0])
    assert (other.shape_, other.scale_, other.parameter_names) == (2.0, 3.0, ("scale",))


@pytest.mark.parametrize("n", [400, 6400])
def test_estimates_are_normal_about_the_truth(n):
    """The distances of 25 fits of each law, in standard errors of the inverse information, have mean 0 and mean square 1: errors fall as the root of n."""
    z = []
    for name in ("gamma", "weibull", "gumbel", "beta", "student t", "negative binomial", "generalised pareto", "poisson", "geometric"):
        case = CASES[name]
        truth = case.law.parameter_values
        error = _error(case, truth, n)
        z += [(case.new().fit(case.data(n, seed=seed + 1000)).parameter_values[-1] - truth[-1]) / error for seed in range(25)]
    z = np.clip(z, -8, 8)
    testing.assert_mean(z, 0.0, sd=1.0, bounds=(-8, 8))
    testing.assert_mean(z**2, 1.0, sd=np.sqrt(2.0), bounds=(0, 64))
    with testing.Budget(), pytest.raises(AssertionError):  # the broken twin: standard errors of four times the data
        testing.assert_mean(4 * z**2, 1.0, sd=np.sqrt(2.0), bounds=(0, 64))


def _error(case, truth, n):
    """Standard error of the last parameter: from the expected information, by differences of SciPy's log density at 4000 quantiles."""
    q = (np.arange(4000) + 0.5) / 4000
    x, names = case.frozen.ppf(q), case.law.parameter_names

    def one(parameters):
        frozen = case.peer(**{**case.parameters, **dict(zip(names, parameters, strict=True))})
        return (frozen.logpmf if case.is_discrete else frozen.logpdf)(x)

    scores = np.array([(one(truth + step) - one(truth - step)) / (2 * step.sum()) for step in np.diag(1e-4 * np.abs(truth))])
    return float(np.sqrt(np.linalg.inv(n * scores @ scores.T / 4000)[-1, -1]))
