"""Variational Bayes: exact where there is one state, below the evidence elsewhere, a bound that never falls, draws whose density is known."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError
from statsim.models.hmm import emissions as E
from statsim.models.hmm.posterior.priors import GammaRates, HiddenMarkovPrior
from statsim.models.hmm.posterior.question import Question
from statsim.models.hmm.principles.variational import variational_steps
from statsim.models.hmm.steps import HiddenMarkovSteps
from statsim.sequences import as_sequences
from tests.models.hmm.cases import gaussian
from tests.models.hmm.test_posterior_draws import LAWS, SHORT, START
from tests.reference import hmm_posterior as twin

pytestmark = pytest.mark.filterwarnings("ignore:Pareto k:statsim.errors.FitWarning")


def steps_of(X, emission, k, prior, start="free"):
    """The steps of the bound, in the units of the data."""
    sequences, ones = as_sequences(X), np.ones((k, k), bool)
    question = Question(sequences, np.ones(len(sequences)), emission, k, "ergodic", start)
    fixed = None if isinstance(start, str) else np.asarray(start)
    first = np.ones(k, bool)
    return variational_steps(
        HiddenMarkovSteps(sequences, np.ones(len(sequences)), emission.pooled(sequences.values, k), k, ones, first, fixed_start=fixed, question=question), prior
    )


def climbed(steps, n=60):
    """The best law of some starts, and its bound."""
    key, best = np.array([1, 2], np.uint64), (-np.inf, None)
    for index in range(6):
        state, path = steps.start(index, "kmeans", key), []
        for _ in range(n):
            value, after = steps.em(state)
            path.append(value)
            state = after
        assert (np.diff(path) >= -1e-10).all()
        best = max(best, (path[-1], state), key=lambda pair: pair[0])
    return best


@pytest.mark.parametrize("name", SHORT)
def test_the_bound_is_below_the_evidence_and_equal_to_it_for_one_state(name):
    emission, X, own, law, _ = SHORT[name]
    prior = HiddenMarkovPrior(transitions=0.75, sticky=1.5, emission=own)
    two = steps_of(X, emission, 2, prior, START)
    factor = ss.HiddenMarkovModel(2, emission=emission, start=START).parameters_given(X, prior=prior).prior.emission
    exact = twin.PathSum(X, START, np.full((2, 2), 0.75) + 1.5 * np.eye(2), law(factor)).log_evidence
    assert exact - 3.0 < climbed(two)[0] < exact
    one = steps_of(X, emission, 1, prior)
    assert_allclose(climbed(one, 3)[0], law(factor)(X)[0], rtol=1e-10)


@pytest.mark.parametrize("name", LAWS)
def test_weights_of_one_state_are_all_the_same_for_its_law_is_the_posterior(name, seed):
    emission, own = LAWS[name]
    X = np.abs(np.rint(gaussian("full").sample(20, rng=2))) % 3
    X = X[:, :1] if name == "categorical" else X
    state = climbed(steps_of(X, emission, 1, HiddenMarkovPrior(emission=own)), 3)[1]
    draws = state.sample(2000, np.array([seed, 5], np.uint64))
    weights = state.log_weights(draws)
    assert_allclose(weights - weights[0], 0.0, atol=1e-8)
    means, factors = state.emission.expected(state.steps.template), state._laws
    testing.assert_mean(factors.emission.order(draws, 0)[:, 0], float(means.mean()[0, 0]))
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(factors.emission.order(draws, 0)[:, 0], float(means.mean()[0, 0]) + 1.0)


@pytest.mark.parametrize("kind", ["full", "tied", "diag", "spherical"])
def test_a_fit_at_the_model(kind):
    X = gaussian("full").sample(150, rng=3)
    model = ss.HiddenMarkovModel(2, emission=E.Gaussian(kind), method=ss.VB(n_init=6, draws=200), rng=0).fit(X)
    result = model.fit_result_
    assert (np.diff(result.path) >= -1e-9).all() and np.isfinite(result.pareto_k) and result.criterion == "lower bound of the evidence"
    order = model.posterior_["means"][0, :, :, 0]
    assert order[:, 0].mean() < order[:, 1].mean()
    assert_allclose(model.emission_.means, model.posterior_["means"].mean(axis=(0, 1)))
    again = ss.HiddenMarkovModel(2, emission=E.Gaussian(kind), method=ss.VB(n_init=6, draws=200), rng=0).fit(X)
    assert_array_equal(model.posterior_.values, again.posterior_.values)


def test_much_data_is_maximum_likelihood_and_units_are_the_users():
    model = ss.HiddenMarkovModel.from_parameters(transmat=[[0.8, 0.2], [0.3, 0.7]], emission=E.Gaussian(means=[[0.0], [5.0]], covariances=[[[1.0]], [[1.0]]]))
    X = model.sample(3000, rng=4)
    most = ss.HiddenMarkovModel(2, method=ss.MLE(n_init=4), rng=0).fit(X)
    found = ss.HiddenMarkovModel(2, method=ss.VB(n_init=4, draws=1000), rng=0).fit(X)
    sd = found.posterior_.values.std(axis=(0, 1))
    near = np.concatenate([(found.startprob_ - most.startprob_) / 10, (found.transmat_ - most.transmat_).ravel(), (found.emission_.means - most.emission_.means).ravel()])
    assert (np.abs(near) < 0.3 * sd[: len(near)] + 0.06 * (np.arange(len(near)) < 2)).all()
    moved = ss.HiddenMarkovModel(2, method=ss.VB(n_init=4, draws=1000), rng=0).fit(100.0 - 3.0 * X)
    assert_allclose(np.sort(moved.emission_.means.ravel()), np.sort(100.0 - 3.0 * found.emission_.means.ravel()), rtol=1e-2)
    assert_allclose(moved.fit_result_.objective, found.fit_result_.objective - 3000 * np.log(3.0), rtol=1e-7)


@pytest.mark.parametrize(("options", "X", "words"), [
    ({"start": "stationary"}, [[1.0], [2.0], [0.0]], "start='stationary' ties.*use start='free'"),
    ({"missing": "mar"}, [[1.0], [np.nan], [0.0]], r"X\[1, 0\] is missing.*use method='bayes'"),
    ({"emission": "negative_binomial"}, [[1.0], [2.0], [0.0]], "there is no prior for negative_binomial"),
])  # fmt: skip
def test_what_it_does_not_do(options, X, words):
    with pytest.raises(ArgumentError, match=words):
        ss.HiddenMarkovModel(2, method="vb", **options).fit(X)


def test_an_empty_state_has_the_law_of_its_prior():
    X = np.array([[1.0], [2.0], [0.0], [1.0]])
    state = climbed(steps_of(X, E.Poisson(), 4, HiddenMarkovPrior(start=0.1, transitions=0.1, emission=GammaRates(3.0, 2.0))), 200)[1]
    assert (state.emission.shape >= 3.0).all() and state.emission.shape.min() < 3.5
