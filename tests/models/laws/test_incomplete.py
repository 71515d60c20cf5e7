"""Censored and truncated data: against SciPy's censored fits, direct sums of probabilities, and formulas."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, stats

import statsim as ss
from statsim import priors, testing
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.models.laws.incomplete import log_between
from statsim.models.laws.law_target import LawTarget, no_prior
from statsim.models.laws.observations import observed
from tests.models.laws.cases import CASES
from tests.samplers.agreement import Truth, assert_agrees


def _censored(case, n=60):
    """Values with every kind of censoring, (X, codes, upper): cut at quantiles, a quarter of the rows known to an interval."""
    X = case.data(n, seed=5)
    low, high = np.quantile(X, [0.15, 0.8])
    codes = np.where(X < low, "left", np.where(X > high, "right", "none")).astype(object)
    shown, upper = np.clip(X, low, high), np.full(n, np.nan)
    step = 1.0 if case.is_discrete else 0.2 * X.std()
    for i in np.flatnonzero(codes == "none")[::4]:
        codes[i], upper[i] = "interval", shown[i] + step
    return shown, codes.astype(str), upper


def _direct(case, names, rows, window):
    """Log-likelihood from SciPy's distribution function, as a function of the parameters; ends count."""
    X, codes, upper = rows

    def value(parameters):
        frozen = case.peer(**{**case.parameters, **dict(zip(names, parameters, strict=True))})
        below = 1.0 if case.is_discrete else 0.0
        density = frozen.pmf if case.is_discrete else frozen.pdf
        terms = {
            "none": density(X), "left": frozen.cdf(X), "right": frozen.sf(X - below), "interval": frozen.cdf(np.nan_to_num(upper)) - frozen.cdf(X - below),
        }  # fmt: skip
        if window:
            terms["left"], terms["right"] = terms["left"] - frozen.cdf(window[0] - below), terms["right"] - frozen.sf(window[1])
        total = sum(np.log(terms[code][i]) for i, code in enumerate(codes))
        return total - len(X) * np.log(frozen.cdf(window[1]) - frozen.cdf(window[0] - below)) if window else total

    def safe(parameters):
        with np.errstate(all="ignore"):
            found = value(parameters)
        return found if np.isfinite(found) else -1e300

    return safe


def _settings(name):
    return {"fixed": {"scale": CASES[name].parameters["scale"]}} if name == "pareto" else {}


@pytest.mark.parametrize("truncated", [False, True])
@pytest.mark.parametrize("name", [name for name in CASES if name not in ("bernoulli",)])
def test_the_fit_is_the_top_of_the_likelihood(name, truncated):
    case = CASES[name]
    rows = _censored(case)
    window = None
    if truncated:
        X = case.data(60, seed=5)
        window = (X.min() - (0.0 if case.is_discrete else 0.01), 3 * np.abs(X).max() if name != "beta" else 0.95)
    model = case.new(**_settings(name)).fit(rows[0], censoring=rows[1], upper=rows[2], truncation=window)
    objective = _direct(case, model.parameter_names, rows, window)
    at = model.parameter_values
    assert_allclose(model.fit_result_.objective, objective(at), rtol=1e-10)
    found = optimize.minimize(lambda x: -objective(x), at * 1.01, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000})
    assert model.fit_result_.objective >= -found.fun - 1e-8
    assert model.fit_result_.converged


@pytest.mark.parametrize(
    ("name", "peer", "take", "fixed"),
    [
        ("normal", stats.norm, [0, 1], {}),
        ("weibull", stats.weibull_min, [0, 2], {"floc": 0}),
        ("gamma", stats.gamma, [0, 2], {"floc": 0}),
        ("exponential", stats.expon, [1], {"floc": 0}),
        ("gumbel", stats.gumbel_r, [0, 1], {}),
    ],
)
def test_the_fit_is_that_of_scipy_for_censored_data(name, peer, take, fixed):
    X, codes, upper = _censored(CASES[name], n=80)
    ends = np.column_stack([X, upper])[codes == "interval"]
    data = stats.CensoredData(uncensored=X[codes == "none"], left=X[codes == "left"], right=X[codes == "right"], interval=ends)
    model = CASES[name].new().fit(X, censoring=codes, upper=upper)
    assert_allclose(model.parameter_values, np.take(peer.fit(data, **fixed), take), rtol=5e-4)


@pytest.mark.parametrize("name", CASES)
def test_slopes_agree_with_differences_of_the_direct_likelihood(name):
    case = CASES[name]
    X, codes, upper = _censored(case, n=20) if name != "bernoulli" else (np.array([0.0, 1, 1, 0]), np.array(["none", "left", "right", "none"]), np.zeros(4))
    law = case.law.set_params(**_settings(name))
    target = LawTarget(law, observed(X, None, censoring=codes, upper=upper), no_prior(law))
    at = law.parameter_values * (0.9 if name == "pareto" else 1.05)
    value, gradient = target.value_and_gradient(at)
    objective = _direct(case, law.parameter_names, (X, codes, upper), None)
    assert_allclose(value, objective(at), rtol=1e-11)
    for i, slope in enumerate(gradient):
        step = np.eye(len(at))[i] * 1e-4 * abs(at[i])
        difference = (objective(at - 2 * step) - 8 * objective(at - step) + 8 * objective(at + step) - objective(at + 2 * step)) / (12 * step[i])
        assert_allclose(slope, difference, rtol=1e-6, atol=1e-6)


def test_formulas_of_right_censored_waiting_times():
    X, codes = np.array([1.0, 2.0, 5.0, 5.0]), np.array(["none", "none", "right", "right"])
    model = ss.Exponential().fit(X, censoring=codes)
    assert model.scale_ == 6.5 and model.fit_result_.reason == "solved in closed form"
    assert_allclose(model.fit_result_.objective, -2 * np.log(6.5) - 2, rtol=1e-14)
    prior = {"scale": priors.InverseGamma(3.0, 4.0)}
    draws = ss.Exponential(method=ss.Bayes(prior=prior, draws=5000), rng=1).fit(X, censoring=codes)
    assert draws.fit_result_.prior == "scale ~ InverseGamma(shape=3.0, scale=4.0)"
    testing.assert_follows(draws.posterior_.values.ravel(), stats.invgamma(5.0, scale=17.0).cdf)
    with pytest.raises(AssertionError):  # the broken twin: censored rows counted as seen
        testing.assert_follows(draws.posterior_.values.ravel(), stats.invgamma(7.0, scale=17.0).cdf)
    assert_allclose(ss.Exponential(method=ss.MAP(prior=prior)).fit(X, censoring=codes).scale_, 17.0 / 6.0, rtol=1e-14)


def test_a_weight_is_the_row_that_often_and_order_does_not_matter():
    X, codes, upper = _censored(CASES["gamma"], n=30)
    weights = np.r_[3.0, 0.0, np.ones(28)]
    rows = np.repeat(np.arange(30), weights.astype(int))[::-1]
    one = ss.Gamma().fit(X, sample_weight=weights, censoring=codes, upper=upper)
    two = ss.Gamma().fit(X[rows], censoring=codes[rows], upper=upper[rows])
    assert_allclose(one.parameter_values, two.parameter_values, rtol=1e-10)


def test_truncation_at_the_ends_of_the_support_is_none():
    X = CASES["gamma"].data(40)
    # one is a formula, the other a climb that ends where 1e-14 of the log-likelihood is still to be gained: 1.4e-7 standard errors from the top
    assert_allclose(ss.Gamma().fit(X, truncation=(0.0, None)).parameter_values, ss.Gamma().fit(X).parameter_values, rtol=1.4e-7 / np.sqrt(20))
    assert ss.Gamma().fit(X, truncation=(None, None)).fit_result_.objective == ss.Gamma().fit(X).fit_result_.objective


def test_intervals_far_out_and_the_counts_at_their_ends():
    law, full = ss.Normal.from_parameters(), np.array([0.0, 1.0])
    expected = stats.norm.logsf(30.0) + np.log1p(-np.exp(stats.norm.logsf(31.0) - stats.norm.logsf(30.0)))
    assert_allclose(log_between(law, np.array([30.0, -31.0]), np.array([31.0, -30.0]), full), [expected, expected], rtol=1e-12)
    counts = ss.Poisson.from_parameters(rate=2.0)
    probability = stats.poisson(2.0).pmf(np.arange(3, 6)).sum()
    assert_allclose(log_between(counts, np.array([3.0, 3.0, -np.inf]), np.array([5.0, np.inf, 2.0]), np.array([2.0])), np.log([probability, stats.poisson(2.0).sf(2), stats.poisson(2.0).cdf(2)]), rtol=1e-13)


def test_chains_of_a_censored_law_agree_with_integration():
    X, codes = np.array([0.5, 1.0, 2.0, 3.0, 3.0]), np.array(["none", "none", "none", "right", "right"])
    prior = {"scale": priors.Gamma(2.0, 0.5)}
    model = ss.Weibull(fixed={"shape": 1.5}, method=ss.Bayes(prior=prior, draws=600, warmup=200, chains=2), rng=3).fit(X, censoring=codes)
    s = np.linspace(1e-3, 40, 200_001)
    log_p = stats.gamma(2.0, scale=2.0).logpdf(s) + stats.weibull_min.logpdf(X[:3, None], 1.5, scale=s).sum(axis=0) + 2 * stats.weibull_min.logsf(3.0, 1.5, scale=s)
    weights = np.exp(log_p - log_p.max())
    cdf = np.cumsum(weights) / weights.sum()
    values = model.posterior_.values
    assert_agrees(values, Truth(mean=np.array([weights @ s / weights.sum()]), quantiles={0.5: np.array([np.interp(0.5, cdf, s)])}))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.Gamma().fit([1.0, 2.0], censoring=["none", "up"]), r"censoring\[1\] must be one of .*, got 'up'"),
        (lambda: ss.Gamma().fit([1.0, 2.0], censoring=["none"]), "for each of the 2 rows, got list of shape"),
        (lambda: ss.Gamma().fit([1.0, 2.0], censoring=[0, 1]), "censoring must be one of"),
        (lambda: ss.Gamma().fit([1.0, 2.0], censoring=["none", "interval"]), r"censoring\[1\] is 'interval': give upper"),
        (lambda: ss.Gamma().fit([1.0, 2.0], censoring=["none", "interval"], upper=[0, 1.5]), r"upper\[1\] must lie above X\[1\] = 2, got 1.5"),
        (lambda: ss.Gamma().fit([1.0, 2.0], censoring=["none", "interval"], upper=[3.0]), r"of the length of X, \(2,\), got shape \(1,\)"),
        (lambda: ss.Gamma().fit([1.0, 2.0], upper=[3.0, 3.0]), "give censoring too"),
        (lambda: ss.Gamma().fit([1.0, 2.0], truncation=3.0), r"truncation must be \(low, high\), either of them None, got 3.0"),
        (lambda: ss.Gamma().fit([1.0, 2.0], truncation=(3.0, 2.0)), r"low below high, got \(3.0, 2.0\)"),
        (lambda: ss.Gamma().fit([1.0, 9.0], truncation=(0.5, 2.0)), r"X\[1\] = 9 lies outside truncation=\(0.5, 2.0\)"),
        (lambda: ss.Exponential().fit([1.0, 2.0], censoring=["right", "right"]), "every row is censored from above"),
        (lambda: ss.Pareto().fit([1.0, 2.0], censoring=["none", "right"]), r"give it: Pareto\(fixed="),
        (lambda: ss.Normal().fit([1.0, 500.0], censoring=["none", "interval"], upper=[np.nan] * 2), r"upper\[1\] must lie above"),
    ],
)
def test_bad_input_is_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError, FitError), match=words):
        call()
