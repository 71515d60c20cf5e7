"""Automatic variational laws: the bound rises and is below the evidence, its slopes are right, the nearest law of a family is the known one."""

import math

import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

import statsim as ss
from statsim import priors
from statsim.errors import ArgumentError, FitWarning
from statsim.estimators.automatic_variational import AutomaticVariational
from statsim.estimators.evidence_bounds import evidence_bounds
from statsim.samplers.supports import Positive
from tests.models.regression.cases import FAMILIES, X

pytestmark = pytest.mark.filterwarnings("ignore:Pareto k")


@numba.njit
def correlated(x, out, precision):
    out[:] = -precision @ x
    return 0.5 * np.sum(x * out)


@numba.njit
def gamma_law(x, out, shape):
    """A gamma variate, normalised: its log evidence is 0."""
    out[0] = (shape - 1) / x[0] - 1.0
    return (shape - 1) * math.log(x[0]) - x[0] - math.lgamma(shape)


def gamma_target(shape=4.0):
    return ss.Target(value_and_gradient=gamma_law, dim=1, data=[shape], support=Positive())


PRECISION = np.linalg.inv(np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.3], [0.0, 0.3, 2.0]]))


@pytest.mark.parametrize("family", ["mean-field", "full-rank"])
def test_slopes_of_the_bound_are_those_of_differences(family):
    steps = AutomaticVariational(gamma_target(), np.zeros(1), family) if family == "mean-field" else AutomaticVariational(
        ss.Target(value_and_gradient=correlated, dim=3, data=[PRECISION]), np.zeros(3), family
    )  # fmt: skip
    vector = np.random.default_rng(0).normal(size=steps.n_coordinates) * 0.3
    gradient, h = steps.value_and_gradient(vector)[1], 1e-6
    assert_allclose(gradient, [(steps.value_and_gradient(vector + h * e)[0] - steps.value_and_gradient(vector - h * e)[0]) / (2 * h) for e in np.eye(len(vector))], atol=1e-7)


def test_the_nearest_product_law_has_the_conditional_variances():
    """C. Bishop (2006), section 10.1.2: the factors of a normal law have the variances 1 / precision."""
    found = ss.fit(ss.Target(value_and_gradient=correlated, dim=3, data=[PRECISION]), ss.VB(family="mean-field"), rng=0)
    root = found.approximation.root
    assert_allclose(np.diagonal(root) ** 2, 1 / np.diagonal(PRECISION), rtol=1e-7)
    assert np.count_nonzero(root - np.diag(np.diagonal(root))) == 0
    evidence = -0.5 * np.linalg.slogdet(PRECISION / (2 * np.pi))[1]
    gap = 0.5 * (np.log(np.diagonal(PRECISION)).sum() - np.linalg.slogdet(PRECISION)[1])
    assert_allclose(found.fit_result_.objective, evidence - gap, rtol=1e-7)
    bounds = found.fit_result_.bounds
    assert abs(bounds.elbo - (evidence - gap)) < 6 * bounds.elbo_error
    assert bounds.elbo < bounds.importance_weighted < evidence + 6 * bounds.importance_weighted_error


@pytest.mark.parametrize("family", ["mean-field", "full-rank"])
def test_the_bound_rises_from_step_to_step_and_stays_below_the_evidence(family):
    result = ss.fit(gamma_target(), ss.VB(family=family), rng=0).fit_result_
    assert result.converged and result.criterion == "lower bound of the evidence"
    assert len(result.path) > 2 and (np.diff(result.path) > 0).all()
    bounds = result.bounds
    assert result.path[-1] < 0 and bounds.elbo < bounds.importance_weighted < 6 * bounds.importance_weighted_error
    assert abs(result.objective - bounds.elbo) < 6 * bounds.elbo_error + 1e-3  # fixed draws and fresh ones agree


def test_the_law_on_the_log_scale_is_the_minimum_of_the_divergence():
    """One coordinate: the best log-normal for a gamma law, by quadrature over a grid of its two numbers."""
    found = ss.fit(gamma_target(), ss.VB(family="mean-field"), rng=0)
    nodes, weights = np.polynomial.hermite_e.hermegauss(60)
    weights = weights / weights.sum()

    def bound(mean, sd):
        y = mean + sd * nodes
        return weights @ (4.0 * y - np.exp(y)) - math.lgamma(4.0) + math.log(sd) + 0.5 * (1 + math.log(2 * math.pi))

    mean, sd = float(found.approximation.mean[0]), float(found.approximation.root[0, 0])
    best = bound(mean, sd)
    assert_allclose(best, found.fit_result_.objective, atol=1e-3)
    assert all(bound(mean + a, sd + b) < best + 1e-6 for a in (-0.05, 0.0, 0.05) for b in (-0.05, 0.05))


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("family", ["mean-field", "full-rank", "laplace"])
def test_regressions_have_the_posterior_of_chains(name, family):
    """In coordinates about the mode even the product law has the right correlations."""
    kind, y = FAMILIES[name]
    from statsim.models.regression.regression_steps import default_independent_with_scale
    from statsim.models.regression.observed import observed

    prior = default_independent_with_scale(observed(X, y.astype(float), None, None, fit_intercept=True, names=None), kind._family)
    chains, law = kind(method=ss.Bayes(prior=prior), rng=0).fit(X, y), kind(method=ss.VB(family=family), rng=0).fit(X, y)
    assert_allclose(law.parameter_values, chains.parameter_values, atol=0.15 * chains.standard_errors_.max())
    z = (law.parameter_values[:4] - chains.parameter_values[:4]) / chains.standard_errors_
    assert np.abs(z).max() < 0.2
    assert_allclose(law.standard_errors_, chains.standard_errors_, rtol=0.12)
    assert law.posterior_.names == law.parameter_names and law.fit_result_.bounds.elbo_error < 0.05


def test_the_bound_of_a_regression_is_below_its_evidence():
    """Normal responses under independent priors close to the conjugate formula: a normal prior of the coefficients and a scale that is known but for a hair."""
    x, y = X[:30, :1], FAMILIES["linear"][1][:30]
    prior = {"coefficients": priors.Normal(0.0, 2.0), "intercept": priors.Normal(0.0, 3.0), "scale": priors.LogNormal(0.0, 1e-3)}
    law = ss.LinearRegression(method=ss.VB(prior=prior), rng=0).fit(x, y)
    covariance = np.eye(30) + 4.0 * x @ x.T + 9.0
    evidence = stats.multivariate_normal(np.zeros(30), covariance).logpdf(y)
    bounds = law.fit_result_.bounds
    assert_allclose([bounds.elbo, bounds.importance_weighted], evidence, atol=2e-3)


def test_a_law_that_cannot_follow_is_told():
    @numba.njit
    def funnel(x, out):
        s = math.exp(-x[0])
        out[0] = -x[0] / 9 - 0.5 + 0.5 * x[1] ** 2 * s
        out[1] = -x[1] * s
        return -x[0] ** 2 / 18 - 0.5 * x[0] - 0.5 * x[1] ** 2 * s

    with pytest.warns(FitWarning, match=r"Pareto k of the approximation is \d.* above 0.7"):
        found = ss.fit(ss.Target(value_and_gradient=funnel, dim=2), ss.VB(), rng=0)
    assert found.fit_result_.pareto_k > 0.7 and found.fit_result_.bounds.importance_weighted > found.fit_result_.bounds.elbo


def test_without_a_gradient_it_is_the_same_law():
    @numba.njit
    def value(x, precision):
        return -0.5 * np.sum(x * (precision @ x))

    options = {"dim": 3, "data": [PRECISION]}
    with_gradient = ss.fit(ss.Target(value_and_gradient=correlated, **options), ss.VB(), rng=0)
    without = ss.fit(ss.Target(value, **options), ss.VB(), rng=0)
    assert_allclose(without.approximation.root, with_gradient.approximation.root, atol=1e-5)


def test_bounds_of_weights():
    bounds = evidence_bounds(np.array([0.0, np.log(3.0)] * 50), group=2)
    assert_allclose([bounds.elbo, bounds.importance_weighted], [np.log(3) / 2, np.log(2)], rtol=1e-12)
    assert evidence_bounds(np.full(40, -np.inf)).elbo == -np.inf


def test_a_model_worked_out_by_hand_takes_no_family():
    class Steps:
        def variational(self, prior):
            return None

    with pytest.raises(ArgumentError, match="leave family out"):
        ss.VB(family="laplace").fit(Steps(), key=np.array([1, 2], np.uint64))
