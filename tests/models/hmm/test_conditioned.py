"""Sequences given what is known of them, against the count of every path."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import logsumexp

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, ImpossibleConditionError
from tests.models.hmm.cases import MODELS, categorical, gaussian, left_right, log_densities
from tests.reference import hmm as plain


def posterior(model, n, known, end_state=None):
    """Probability of every path of n states given the evidence, by enumeration, and the log density of the evidence."""
    logs = np.zeros((n, len(model.startprob_)))
    for step, row in known.items():
        logs[step] = log_densities(model, np.asarray(row)[None])[0]
    if end_state is not None:
        logs[-1, np.arange(logs.shape[1]) != end_state] = -np.inf
    every, value = plain.log_joint(model.startprob_, model.transmat_, logs)
    return every, np.exp(value - logsumexp(value)), logsumexp(value)


@pytest.mark.parametrize("name", MODELS)
def test_the_density_of_the_evidence(name):
    model = MODELS[name]()
    X = model.sample(5, rng=3)
    known = {0: X[0], 1: X[1], 3: X[3]}
    given = model.given(prefix=X[:2], observed={3: X[3]}, end_state=1)
    _, _, evidence = posterior(model, 5, known, 1)
    assert_allclose(given.log_evidence(5), evidence, rtol=1e-12)
    drawn = given.sample(5, n_sequences=20, rng=1)
    for part in drawn:
        assert_array_equal(part[[0, 1, 3]], X[[0, 1, 3]])
    assert_allclose(given.score_samples(drawn[0]), [_joint_ending_in(model, drawn[0], 1) - evidence], rtol=1e-10)


def _joint_ending_in(model, X, state):
    logs = log_densities(model, X)
    logs[-1, np.arange(logs.shape[1]) != state] = -np.inf
    return plain.log_likelihood(model.startprob_, model.transmat_, logs)


def test_states_have_their_law_given_the_evidence(seed):
    model = gaussian()
    X = np.array([[0.5, 1.0], [1.5, 1.5]])
    given, n = model.given(prefix=X[:1], observed={2: X[1]}, end_state=2), 50_000
    _, states = given.sample(4, n_sequences=n, rng=seed, return_latent=True)
    every, chances, _ = posterior(model, 4, {0: X[0], 2: X[1]}, 2)
    code = np.array(states) @ 3 ** np.arange(3, -1, -1)
    for place in np.argsort(chances)[::-1][:3]:
        testing.assert_probability(int((code == every[place] @ 3 ** np.arange(3, -1, -1)).sum()), n, chances[place], detects=0.03)
    _, free, _ = posterior(model, 4, {0: X[0], 2: X[1]})
    place = int(np.abs(free - chances).argmax())
    with pytest.raises(AssertionError):  # a sampler that forgot the end
        testing.assert_probability(int((code == every[place] @ 3 ** np.arange(3, -1, -1)).sum()), n, free[place], detects=0.03)


def test_steps_that_are_free_have_their_law(seed):
    """The step after a prefix is a mixture over the states it can be in."""
    from scipy import stats

    model, X = gaussian("diag"), np.array([[0.5, 1.0], [1.5, 1.5]])
    mean, chances = model.forecast(X, 2)
    rows = np.array(model.given(prefix=X).sample(4, n_sequences=100_000, rng=seed))
    laws = [stats.norm(m[0], c[0] ** 0.5) for m, c in zip(model.emission_.means, model.emission_.covariances, strict=True)]
    testing.assert_follows(rows[:, 2, 0], lambda x: sum(p * law.cdf(x) for p, law in zip(chances[0], laws, strict=True)), detects=0.03)
    with pytest.raises(AssertionError):  # one step too far
        testing.assert_follows(rows[:, 3, 0], lambda x: sum(p * law.cdf(x) for p, law in zip(chances[0], laws, strict=True)), detects=0.03)
    assert_allclose(mean[0], chances[0] @ model.emission_.means)


def test_a_known_coordinate_of_independent_columns():
    model = gaussian("diag")
    rows = np.array(model.given(observed={1: [np.nan, 0.25]}).sample(3, n_sequences=50, rng=2))
    assert (rows[:, 1, 1] == 0.25).all()
    assert len(np.unique(rows[:, 1, 0])) == 50


@pytest.mark.parametrize("kind", ["full", "tied"])
def test_a_coordinate_given_the_others_of_a_full_covariance(kind, seed):
    """The free coordinate is a mixture over states of conditional normals, the states weighed by the density of what is known."""
    from scipy import stats

    model, n, value = gaussian(kind), 60_000, 1.75
    law = model.emission_
    dense = law.kind.dense(law.covariances, *law.shape)
    given = model.given(prefix=[[0.5, 1.0]], observed={2: [np.nan, value]})
    logs = np.zeros((3, 3))
    logs[0] = log_densities(model, np.array([[0.5, 1.0]]))[0]
    logs[2] = [stats.norm(m[1], S[1, 1] ** 0.5).logpdf(value) for m, S in zip(law.means, dense, strict=True)]
    every, joint = plain.log_joint(model.startprob_, model.transmat_, logs)
    assert_allclose(given.log_evidence(3), logsumexp(joint), rtol=1e-12)
    weights = [np.exp(joint[every[:, 2] == c] - logsumexp(joint)).sum() for c in range(3)]
    laws = [stats.norm(m[0] + S[0, 1] / S[1, 1] * (value - m[1]), (S[0, 0] - S[0, 1] ** 2 / S[1, 1]) ** 0.5) for m, S in zip(law.means, dense, strict=True)]
    rows = np.array(given.sample(3, n_sequences=n, rng=seed))
    assert (rows[:, 2, 1] == value).all() and (rows[:, 0] == [0.5, 1.0]).all()
    testing.assert_follows(rows[:, 2, 0], lambda x: sum(p * one.cdf(x) for p, one in zip(weights, laws, strict=True)), detects=0.03)
    apart = [stats.norm(m[0], S[0, 0] ** 0.5) for m, S in zip(law.means, dense, strict=True)]
    with pytest.raises(AssertionError):  # columns taken as independent
        testing.assert_follows(rows[:, 2, 0], lambda x: sum(p * one.cdf(x) for p, one in zip(weights, apart, strict=True)), detects=0.03)
    X = rows[0]
    logs = log_densities(model, X)
    assert_allclose(given.score_samples(X), [plain.log_likelihood(model.startprob_, model.transmat_, logs) - given.log_evidence(3)], rtol=1e-10)


def test_three_columns_of_which_any_are_known(rng):
    """The kernel against the textbook formula, exactly: the shift of a draw towards what is known."""
    from statsim.kernels.hmm.partly_known import complete_rows

    A = rng.normal(size=(2, 3, 3))
    covariances = A @ A.transpose(0, 2, 1)
    rows, path, values = rng.normal(size=(8, 3)), rng.integers(2, size=8), rng.normal(size=(8, 3))
    values[[[0], [1], [2], [3], [4], [5], [6]], :] = np.where(np.array([[i >> j & 1 for j in range(3)] for i in range(7)])[:, None] == 1, values[:7, None], np.nan)
    before = rows.copy()
    complete_rows(path, values, covariances, rows)
    for row, old, state, value in zip(rows, before, path, values, strict=True):
        o, S = ~np.isnan(value), covariances[state]
        expected = np.where(o, value, old)
        expected[~o] += S[np.ix_(~o, o)] @ np.linalg.solve(S[np.ix_(o, o)], value[o] - old[o])
        assert_allclose(row, expected, rtol=1e-9)


def test_laws_that_cannot_condition_on_some_columns_say_so():
    from statsim.models.hmm.emissions import MixtureOfGaussians, Multinomial
    from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel

    mixture = MixtureOfGaussians(2, "diag", weights=[[0.5, 0.5]], means=[[[0.0, 0.0], [9.0, 9.0]]], covariances=np.ones((1, 2, 2)))
    for law, row in ((mixture, [np.nan, 9.0]), (Multinomial(5, probabilities=[[0.5, 0.25, 0.25]]), [np.nan, 1, 2])):
        with pytest.raises(ArgumentError, match=f"step 1 is known in part: .*{law.name} emissions have no law of some columns given the others"):
            HiddenMarkovModel.from_parameters(transmat=[[1.0]], emission=law).given(observed={1: row})


def test_by_number_and_by_thread():
    given = left_right().given(end_state=2)
    many = given.sample(12, n_sequences=20, rng=3)
    assert_array_equal(given.sample(12, rng=3, start=13), many[13])
    assert_array_equal(given.sample([12, 9], rng=3, start=13, num_threads=2)[0], many[13])


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, ArgumentError, "given\\(\\) needs prefix=steps, end_state=number or observed"),
        ({"end_state": 3}, ArgumentError, "end_state must be at least 0 and at most 2, got 3"),
        ({"observed": {-1: [0, 0]}}, ArgumentError, "a step of observed must be at least 0, got -1"),
        ({"observed": {1: [0]}}, ArgumentError, r"observed\[1\] must be 2 finite number"),
        ({"prefix": [[0.0, 0.0]], "observed": {0: [0, 0]}}, ArgumentError, "observed names step 0, which prefix or observed has already"),
        ({"prefix": [np.zeros((2, 2)), np.zeros((1, 2))]}, ArgumentTypeError, "prefix must be one sequence"),
    ],
)
def test_what_cannot_be_given(arguments, error, words):
    with pytest.raises(error, match=words):
        gaussian().given(**arguments)


def test_what_is_impossible_or_too_short():
    with pytest.raises(ImpossibleConditionError, match="probability zero in a sequence of 2 steps: end_state=2"):
        left_right().given(end_state=2).sample(2, rng=0)
    with pytest.raises(ArgumentError, match="n must be at least 4 to hold the steps that are known, got 3"):
        categorical().given(observed={3: 1}).sample(3, rng=0)
    with pytest.raises(ArgumentError, match="the symbol 7"):
        categorical().given(observed={3: 7})


def test_an_event_by_rejection(seed):
    model, n = categorical(), 30_000
    draws = ss.sample(model.where(lambda X: (X[:, :, 0] == 2).sum(axis=1) == 2, n=3), draws=n, rng=seed)
    X = draws.values[0].astype(int)
    assert ((X == 2).sum(axis=1) == 2).all()
    every = plain.paths(3, 3)
    logs = np.array([model.log_likelihood(row[:, None]) for row in every])
    inside = (every == 2).sum(axis=1) == 2
    chances = np.exp(logs[inside]) / np.exp(logs[inside]).sum()
    first = every[inside][0]
    testing.assert_probability(int((X == first).all(axis=1).sum()), n, chances[0], detects=0.03)
    with pytest.raises(ArgumentError, match="predicate must map sequences of shape"):
        ss.sample(model.where(lambda X: X[0], n=3), draws=5, rng=0)
    with pytest.raises(ArgumentTypeError, match="predicate must be a function of sequences"):
        model.where(3, n=2)


def test_densities_one_step_ahead_add_up():
    model, X = gaussian(), gaussian().sample([5, 9], rng=4)
    ahead = model.log_predictive(X)
    assert_allclose([part.sum() for part in ahead], model.score_samples(X), rtol=1e-10)


@pytest.mark.parametrize("name", ["full", "spherical"])
def test_pseudo_residuals_are_standard_normal(name, seed):
    from scipy import stats

    model = MODELS[name]()
    X = model.sample(60_000, rng=seed)
    testing.assert_follows(model.pseudo_residuals(X)[:, 0], stats.norm.cdf, detects=0.03)
    with pytest.raises(AssertionError):  # the wrong order of steps
        testing.assert_follows(model.pseudo_residuals(np.sort(X, axis=0))[:, 0], stats.norm.cdf, detects=0.03)


def test_autoregressive_steps_go_on_from_a_prefix(seed):
    """One state: the step after the prefix is normal about what the lags say."""
    from scipy import stats

    from statsim.models.hmm.emissions import AutoRegressive
    from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel

    law = AutoRegressive(2, means=[[1.0]], coefficients=[[[0.5], [-0.25]]], covariances=[[[4.0]]])
    model = HiddenMarkovModel.from_parameters(transmat=[[1.0]], emission=law)
    prefix = np.array([[3.0], [9.0]])
    rows = np.array(model.given(prefix=prefix).sample(3, n_sequences=50_000, rng=seed))
    assert (rows[:, :2] == prefix).all()
    expected = 1.0 + 0.5 * (9.0 - 1.0) - 0.25 * (3.0 - 1.0)
    testing.assert_follows(rows[:, 2, 0], stats.norm(expected, 2.0).cdf, detects=0.03)
    with pytest.raises(AssertionError):  # a prefix that was forgotten
        testing.assert_follows(rows[:, 2, 0], stats.norm(1.0, 2.0).cdf, detects=0.03)
    with pytest.raises(ArgumentError, match="only a prefix can be known"):
        model.given(observed={3: 1.0})
    with pytest.raises(ArgumentError, match="use given\\(prefix=X\\).sample"):
        model.forecast(prefix, 2)
