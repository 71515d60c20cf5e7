"""The M step maximises the weighted log-likelihood, and EM never falls."""

import numpy as np
import pytest
from scipy import optimize, stats

from statsim.models.hmm.chain import Chain
from statsim.models.hmm.emissions import AutoRegressive, NegativeBinomial
from statsim.models.hmm.emissions.dispersion import fitted_dispersion
from statsim.models.hmm.state import HiddenMarkovState
from statsim.models.hmm.steps import HiddenMarkovSteps
from statsim.sequences import Sequences
from tests.models.hmm.emissions.laws import CASES, MAIN, TRANSMAT, log_densities, posteriors, steps_of, sums_of, with_gaps

LENGTHS = [1, 2, 150, 3, 250]
EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def weighted(law, values, offsets, gamma):
    return float((gamma * log_densities(law, values, offsets)).sum())


def gradient(function, point, h=1e-5):
    slopes = []
    for i in range(len(point)):
        step = np.zeros(len(point))
        step[i] = h
        slopes.append((function(point + step) - function(point - step)) / (2 * h))
    return np.array(slopes)


def symmetric(law, vector):
    """`law.unpack`, covariance matrices made symmetric: their two triangles are one set of parameters."""
    law = law.unpack(vector)
    covariances = getattr(law, "covariances", None)
    if covariances is not None and law.covariance_type in ("full", "tied"):
        covariances[...] = (covariances + np.swapaxes(covariances, -1, -2)) / 2
    return law


@EVERY
def test_the_gradient_is_zero_at_the_m_step(case):
    values, offsets = steps_of(case.law, LENGTHS)
    gamma = posteriors(len(values))
    law = case.law
    for _ in range(1 if case.exact else 800):
        law = law.estimate(sums_of(law, values, offsets, gamma), 0.0)

    def objective(vector):
        return weighted(symmetric(law, vector), values, offsets, gamma)

    slopes = gradient(objective, law.pack())
    assert np.abs(slopes).max() < 2e-4 * np.abs(gradient(objective, case.law.pack())).max() + 2e-5


@EVERY
def test_an_m_step_raises_the_weighted_likelihood(case):
    values, offsets = steps_of(case.law, LENGTHS)
    gamma = posteriors(len(values))
    after = case.law.estimate(sums_of(case.law, values, offsets, gamma), 0.0)
    assert weighted(after, values, offsets, gamma) > weighted(case.law, values, offsets, gamma)


def climb(case, values, offsets, n_iter=40):
    """Objectives of EM from a law that a random M step gives."""
    sequences = Sequences(values, offsets)
    template = case.template.pooled(values, 2)
    bound = 1e-3 if template.standardises else 0.0
    steps = HiddenMarkovSteps(sequences, np.ones(len(sequences)), template, 2, np.ones((2, 2), bool), np.ones(2, bool), bound=bound)
    law = template.estimate(sums_of(template, values, offsets, posteriors(len(values))), 0.0)
    state, path = HiddenMarkovState(Chain(np.full(2, 0.5), np.array(TRANSMAT)), law), []
    for _ in range(n_iter):
        value, state = steps.em(state)
        path.append(value)
    return np.array(path)


def assert_rises(path):
    assert np.diff(path).min() >= -1e-9 * np.abs(path).max()
    assert path[-1] > path[0]


@EVERY
def test_em_never_falls(case):
    assert_rises(climb(case, *steps_of(case.law, LENGTHS)))


@pytest.mark.parametrize("case", [case for case in CASES.values() if case.may_miss], ids=[n for n, c in CASES.items() if c.may_miss])
def test_em_never_falls_with_missing_values(case):
    values, offsets = steps_of(case.law, LENGTHS)
    if case.law.name == "multinomial":
        case = CASES["multinomial"].__class__(case.law, type(case.law)(6))
    assert_rises(climb(case, with_gaps(values), offsets))


# ------------------------------------------------------------ dispersion


@pytest.mark.parametrize("dispersion", [3e-3, 0.05, 1.0, 30.0])
@pytest.mark.parametrize("mean", [0.3, 8.0, 3000.0])
def test_the_dispersion_is_that_of_scipys_optimiser(mean, dispersion):
    rng = np.random.default_rng(int(1000 * mean + dispersion))
    draws = rng.poisson(mean * dispersion * rng.gamma(1 / dispersion, size=800))
    counts, times = np.unique(draws, return_counts=True)
    centre = float(draws.mean())

    def loss(u):
        r = np.exp(-u)
        return -float(times @ stats.nbinom(r, r / (r + centre)).logpmf(counts))

    found = fitted_dispersion(counts.astype(float), times.astype(float), centre)
    if draws.var() <= centre:
        assert found == 0.0
        return
    best = optimize.minimize_scalar(loss, bounds=(np.log(found) - 3, np.log(found) + 3), method="bounded", options={"xatol": 1e-9})
    assert loss(np.log(found)) <= best.fun + 1e-8 * abs(best.fun)
    assert np.log(found) == pytest.approx(best.x, abs=1e-4)


def test_the_series_next_to_the_poisson_limit_meets_the_exact_score(monkeypatch):
    from statsim.models.hmm.emissions import dispersion as module

    counts, times = np.arange(8.0), np.array([5.0, 20.0, 40.0, 45.0, 30.0, 15.0, 6.0, 3.0])
    mean = float(times @ counts / times.sum())
    u = np.log(0.99e-3 / 7)
    series = module._score(u, counts, times, mean)
    monkeypatch.setattr(module, "_NEAR_POISSON", 0.0)
    np.testing.assert_allclose(series, module._score(u, counts, times, mean), rtol=1e-5)


def test_counts_that_vary_no_more_than_poisson_have_dispersion_zero():
    values = np.tile([[2.0], [3.0], [4.0]], (20, 1))
    law = NegativeBinomial().pooled(values, 2)
    assert law.means.tolist() == [[3.0], [3.0]]
    assert law.dispersions.tolist() == [[0.0], [0.0]]


# ------------------------------------------------------------ autoregression


def test_an_autoregression_with_free_columns_is_least_squares():
    """Where all steps have all lags, levels and coefficients are those of ordinary least squares with an intercept."""
    case = CASES["autoregressive-diag"]
    values, offsets = steps_of(case.law, [400])
    gamma = posteriors(400)
    gamma[:2] = 0.0
    law = case.law.estimate(sums_of(case.law, values, offsets, gamma), 0.0)
    for c in range(2):
        root = np.sqrt(gamma[2:, c])
        for j in range(2):
            design = np.column_stack([np.ones(398), values[1:-1, j], values[:-2, j]])
            found = np.linalg.lstsq(design * root[:, None], values[2:, j] * root, rcond=None)[0]
            np.testing.assert_allclose(law.coefficients[c, :, j], found[1:], rtol=1e-8)
            assert law.means[c, j] == pytest.approx(found[0] / (1 - found[1:].sum()), rel=1e-8)


def test_columns_of_lags_that_say_nothing_are_no_trouble():
    """Sequences of one step have no lags at all: the coefficients stay, and the rest is that of a Gaussian."""
    law = CASES["autoregressive-full"].law
    values, offsets = np.random.default_rng(5).normal(size=(50, 2)), np.arange(51)
    after = law.estimate(sums_of(law, values, offsets, np.tile([0.5, 0.5], (50, 1))), 0.0)
    np.testing.assert_allclose(after.means, np.tile(values.mean(axis=0), (2, 1)), rtol=1e-10)
    np.testing.assert_allclose(after.covariances[0], np.cov(values.T, bias=True), rtol=1e-10)
    np.testing.assert_array_equal(after.coefficients, law.coefficients)


def test_an_autoregression_without_lags_to_use_is_a_gaussian():
    law = AutoRegressive(1, "diag", [[1.0, 2.0]], np.zeros((1, 1, 2)), [[1.0, 4.0]]).checked()
    gaussian = CASES["gaussian"].law.__class__("diag", [[1.0, 2.0]], [[1.0, 4.0]]).checked()
    values, offsets = np.random.default_rng(6).normal(size=(40, 2)), np.array([0, 40])
    np.testing.assert_allclose(log_densities(law, values, offsets), log_densities(gaussian, values, offsets), rtol=1e-13)


def test_main_cases_are_one_of_each_class():
    assert len({CASES[name].law.name for name in MAIN}) == len(MAIN)
