"""Draws agree with the density of the law, and a fit to draws finds the law again."""

import numpy as np
import pytest
from scipy import stats

from statsim import files, testing
from statsim.estimators.mle import MLE
from statsim.models.hmm import emissions as E
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from tests.models.hmm.emissions.laws import CASES, MAIN, log_densities, model_of
from tests.models.hmm.emissions.test_contract import grid

N = 20_000
KEY = np.array([11, 12], np.uint64)

WRONG = {
    "gaussian": E.Gaussian("full", CASES["gaussian"].law.means, CASES["gaussian"].law.covariances * 1.2),
    "categorical": E.Categorical(probabilities=[[0.5, 0.25, 0.25], [0.15, 0.2, 0.65]]),
    "poisson": E.Poisson([[1.2, 14.0], [5.0, 3.5]]),
    "negative_binomial": E.NegativeBinomial(CASES["negative_binomial"].law.means, [[0.2, 0.2], [0.3, 0.8]]),
    "bernoulli": E.Bernoulli([[0.1, 0.53, 0.9], [0.8, 0.3, 0.17]]),
    "multinomial": E.Multinomial(6, [[0.22, 0.28, 0.5], [0.57, 0.33, 0.1]]),
    "mixture-full": E.MixtureOfGaussians(
        2, "full", [[0.6, 0.4], [0.5, 0.5]], CASES["mixture-full"].law.means, CASES["mixture-full"].law.covariances
    ),
    "autoregressive-full": E.AutoRegressive(
        2, "full", CASES["autoregressive-full"].law.means, [[[0.9, 0.2], [0.2, 0.1]], [[-0.9, 0.4], [0.1, 0.0]]], CASES["autoregressive-full"].law.covariances
    ),
}


def drawn(law, state, length=1):
    """N sequences (N, length, d) that stay in one state."""
    rows = np.empty((N * length, law.shape[1]), law.dtype)
    law.fill(KEY, 5, np.arange(0, N * length + 1, length), np.full(N * length, state), rows)
    return rows.reshape(N, length, -1)


def judge_counts(law, truth, state):
    points, _ = grid(CASES[truth])
    cells = np.exp(log_densities(law, points, np.array([0, len(points)]))[:, state])
    sizes = points.max(axis=0).astype(np.int64) + 2
    rows = np.minimum(drawn(CASES[truth].law, state)[:, 0], sizes - 1)
    codes, places = np.ravel_multi_index(rows.T, sizes), np.ravel_multi_index(points.astype(np.int64).T, sizes)
    likely = cells > 1e-5
    testing.assert_follows(codes, dict(zip(places[likely].tolist(), cells[likely].tolist(), strict=True)))


def projected(law, state, direction):
    """Weights, means and variances of the normal components of the third step of a sequence along `direction`."""
    if law.name == "mixture_of_gaussians":
        return law.weights[state], law.means[state] @ direction, np.einsum("i,mij,j->m", direction, law.covariances[state], direction)
    spread = law.covariances[state]
    if law.name == "autoregressive":
        first, second = (np.diag(row) for row in law.coefficients[state])
        two = first @ spread @ first + spread
        both = first @ two @ first + second @ spread @ second + first @ first @ spread @ second + second @ spread @ first @ first
        spread = both + spread
    return np.ones(1), law.means[[state]] @ direction, np.array([direction @ spread @ direction])


def judge_normal(law, truth, state):
    direction = np.array([1.0, 0.3])
    weights, means, variances = projected(law, state, direction)

    def cdf(x):
        return (weights * stats.norm.cdf((x[:, None] - means) / np.sqrt(variances))).sum(axis=1)

    testing.assert_follows(drawn(CASES[truth].law, state, 3)[:, 2] @ direction, cdf)


@pytest.mark.parametrize("name", MAIN)
def test_draws_follow_the_density_and_not_that_of_a_wrong_law(name):
    case = CASES[name]
    judge = judge_counts if case.law.dtype is np.int64 else judge_normal
    for state in range(2):
        judge(case.law, name, state)
        with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
            judge(WRONG[name].checked(), name, state)


@pytest.mark.parametrize("name", MAIN)
def test_a_fit_to_draws_is_as_likely_as_the_truth(name):
    """The gain of the maximum over the truth is half a chi-square variable (Wilks 1938); a lower maximum has missed it."""
    case = CASES[name]
    model = model_of(case.law)
    X = model.sample(600, n_sequences=3, rng=1)
    fitted = HiddenMarkovModel(2, emission=case.template, method=MLE(n_init=8), rng=0).fit(X)
    gain = fitted.log_likelihood(X) - model.log_likelihood(X)
    testing.current_budget().charge(1e-7)
    assert 0 <= gain <= stats.chi2.isf(1e-7, fitted.n_parameters()) / 2
    np.testing.assert_allclose(fitted.emission_.mean(), model.emission_.mean()[np.argsort(model.emission_.mean()[:, 0])], rtol=0.15, atol=0.5)


@pytest.mark.parametrize("name", MAIN)
def test_the_same_draws_in_parts_and_from_a_file(name):
    model = model_of(CASES[name].law)
    whole = model.sample([7, 1, 300], rng=3)
    assert np.array_equal(whole[2], model.sample([300], rng=3, start=2)[0])
    assert np.array_equal(whole[0], model.sample(300, rng=3)[:7])
    document = files.parse_document(files.format_document(model._parameters_document()).encode())
    again = HiddenMarkovModel._from_parameters_document(document)
    assert np.array_equal(again.sample(300, rng=3, start=2), whole[2])
    assert again.score(whole) == model.score(whole)


def test_boundaries_are_laws():
    """Rates and probabilities of 0 and 1: densities are exactly 0 or 1 there, and draws never leave the support."""
    laws = (
        (E.Poisson([[0.0, 3.0], [2.0, 0.0]]), [[0.0, 2.0], [1.0, 0.0]]),
        (E.NegativeBinomial([[0.0, 3.0], [2.0, 0.0]], [[1.0, 0.0], [0.5, 2.0]]), [[0.0, 2.0], [1.0, 0.0]]),
        (E.Bernoulli([[0.0, 0.5], [0.5, 1.0]]), [[0.0, 1.0], [1.0, 1.0]]),
        (E.Multinomial(4, [[0.0, 1.0, 0.0], [0.5, 0.0, 0.5]]), [[0.0, 4.0, 0.0], [3.0, 0.0, 1.0]]),
    )
    for law, rows in laws:
        law = law.checked()
        found = log_densities(law, np.array(rows), np.array([0, 2]))
        assert np.isneginf(found[1, 0])
        assert np.isfinite(found[[0, 1], [0, 1]]).all()
        for state in range(2):
            draws = drawn(law, state)[:, 0].astype(float)
            assert np.isfinite(log_densities(law, draws, np.array([0, N]))[:, state]).all()
    assert log_densities(laws[2][0].checked(), np.array([[0.0, 1.0]]), np.array([0, 1]))[0, 0] == np.log(0.5)
