"""What a hidden semi-Markov model says about sequences: against enumeration, against the hidden Markov model, and at the edges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from statsim.errors import ImpossibleConditionError
from statsim.models.hmm.emissions import Categorical, Gaussian
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from statsim.models.hmm.hidden_semi_markov_model import HiddenSemiMarkovModel
from statsim.models.hmm.sojourns import Free, Geometric, ShiftedPoisson
from tests.models.hidden_semi_markov.cases import LAWS, MEANS, MOVES, START, SYMBOLS, VARIANCES, durations, gaussian, model_of, symbols
from tests.reference.semi_markov import Enumeration

TRANSMAT = np.array([[0.9, 0.06, 0.04], [0.1, 0.8, 0.1], [0.2, 0.3, 0.5]])


def densities(X):
    return np.column_stack([stats.norm(m[0], v[0, 0] ** 0.5).pdf(X[:, 0]) for m, v in zip(MEANS, VARIANCES, strict=True)])


@pytest.mark.parametrize("longest", [4, 9])
@pytest.mark.parametrize("name", LAWS)
def test_everything_equals_enumeration(name, longest, rng):
    model = model_of(name, max_duration=longest)
    X = rng.normal(1.5, 2.0, (7, 1))
    every = Enumeration(densities(X), START, MOVES, durations(name, longest))
    assert_allclose(model.score_samples(X), [np.log(every.total)], rtol=1e-12)
    assert_allclose(model.predict_proba(X), every.gamma, atol=1e-12)
    assert_allclose(model.expected_transitions(X), every.pairs, atol=1e-12)
    completed, censored = model.expected_sojourns(X)
    assert_allclose(completed, every.completed, atol=1e-12)
    assert_allclose(censored, every.censored, atol=1e-12)
    path, value = model.decode(X)
    assert_allclose(value, [np.log(every.joint.max())], rtol=1e-12)
    assert tuple(path) == every.paths[every.joint.argmax()]


@pytest.mark.parametrize("name", LAWS)
def test_the_first_steps_equal_enumeration(name, rng):
    """T = 1, 2, 3: everything is the first or the last sojourn; and T above the longest sojourn allowed."""
    for n, longest in ((1, 4), (2, 4), (3, 4), (6, 4), (1, 1), (5, 1)):
        if name == "free" and longest < 4:
            continue
        X = rng.normal(1.5, 2.0, (n, 1))
        every = Enumeration(densities(X), START, MOVES, durations(name, longest))
        model = model_of(name, max_duration=longest)
        assert_allclose(model.score_samples(X), [np.log(every.total)], rtol=1e-12)
        assert_allclose(model.predict_proba(X), every.gamma, atol=1e-12)


def test_impossible_symbols_equal_enumeration(rng):
    model = model_of("negative_binomial", emission=symbols(), max_duration=5)
    for _ in range(5):
        X = rng.integers(3, size=(7, 1))
        every = Enumeration(SYMBOLS[:, X[:, 0]].T, START, MOVES, durations("negative_binomial", 5))
        assert_allclose(model.score_samples(X), [np.log(every.total)], rtol=1e-12)
        assert_allclose(model.predict_proba(X), every.gamma, atol=1e-12)
        assert_allclose(model.decode(X)[1], [np.log(every.joint.max())], rtol=1e-12)


def test_missing_steps_equal_enumeration(rng):
    model = model_of("poisson").set_params(missing="mar")
    X = rng.normal(1.5, 2.0, (7, 1))
    X[[2, 5]] = np.nan
    b = densities(X)
    b[[2, 5]] = 1.0
    every = Enumeration(b, START, MOVES, durations("poisson", 4))
    assert_allclose(model.score_samples(X), [np.log(every.total)], rtol=1e-12)
    assert_allclose(model.predict_proba(X), every.gamma, atol=1e-12)


# ---------------------------------------------------------------- special cases


def pair(n):
    """A hidden Markov model, and the same with sojourns; the bound never acts below n steps."""
    moves = np.where(np.eye(3), 0.0, TRANSMAT)
    markov = HiddenMarkovModel.from_parameters(startprob=START, transmat=TRANSMAT, emission=gaussian())
    semi = HiddenSemiMarkovModel.from_parameters(
        startprob=START, transmat=moves / moves.sum(axis=1, keepdims=True), sojourn=Geometric(1.0 - TRANSMAT.diagonal()),
        emission=gaussian(), max_duration=n,
    )  # fmt: skip
    return markov, semi


def test_geometric_sojourns_are_a_hidden_markov_model():
    markov, semi = pair(300)
    X = markov.sample([300, 1, 57], rng=3)
    assert_allclose(semi.score_samples(X), markov.score_samples(X), rtol=1e-12)
    for a, b in zip(semi.predict_proba(X), markov.predict_proba(X), strict=True):
        assert_allclose(a, b, atol=1e-11)
    moves = markov.expected_transitions(X)
    assert_allclose(semi.expected_transitions(X), moves - np.diag(moves.diagonal()), atol=1e-10)
    assert_allclose(semi.decode(X)[1], markov.decode(X)[1], rtol=1e-12)
    for a, b in zip(semi.predict(X), markov.predict(X), strict=True):
        assert_array_equal(a, b)
    assert semi.n_parameters() == markov.set_params(start="free").n_parameters()


def test_rounding_does_not_add_up_over_many_steps():
    """Sojourns of 150 steps have probabilities below 1e-13 here, and the posterior is a sum over 20,000 steps of what enters and leaves."""
    transmat = np.array([[0.5, 0.3, 0.2], [0.2, 0.8, 0.0], [0.3, 0.3, 0.4]])
    moves = np.where(np.eye(3), 0.0, transmat)
    markov = HiddenMarkovModel.from_parameters(startprob=START, transmat=transmat, emission=gaussian())
    semi = HiddenSemiMarkovModel.from_parameters(
        startprob=START, transmat=moves / moves.sum(axis=1, keepdims=True), sojourn=Geometric(1.0 - transmat.diagonal()),
        emission=gaussian(), max_duration=150,
    )  # fmt: skip
    X = markov.sample(20_000, rng=3)
    assert_allclose(semi.score_samples(X), markov.score_samples(X), rtol=1e-12)
    assert_allclose(semi.predict_proba(X), markov.predict_proba(X), atol=1e-10)


def test_a_bound_that_acts_is_seen():
    """The broken twin of the test above: sojourns longer than five steps."""
    markov, semi = pair(5)
    X = markov.sample(300, rng=3)
    assert abs(semi.score_samples(X) - markov.score_samples(X))[0] > 1.0


@pytest.mark.parametrize("sojourn", [Geometric([0.3]), ShiftedPoisson([2.0]), Free([[0.0, 1.0]])])
def test_one_state_is_independent_draws(sojourn, rng):
    model = HiddenSemiMarkovModel.from_parameters(
        startprob=[1.0], transmat=[[1.0]], sojourn=sojourn, emission=Gaussian(means=[[1.0]], covariances=[[[4.0]]]), max_duration=6
    )
    X = rng.normal(size=(40, 1))
    expected = stats.norm(1.0, 2.0).logpdf(X[:, 0]).sum()
    assert_allclose(model.score_samples(X), [expected], rtol=1e-12)
    assert_allclose(model.predict_proba(X), np.ones((40, 1)), rtol=1e-12)
    path, value = model.decode(X)
    assert_allclose(value, [expected], rtol=1e-12)
    assert not path.any() and not model.sample_states(X, 3, rng=1).any()
    assert model.n_parameters() == 2


def test_sojourns_of_one_step_are_a_hidden_markov_model_that_never_stays(rng):
    X = rng.normal(size=(50, 1))
    semi = HiddenSemiMarkovModel.from_parameters(startprob=START, transmat=MOVES, sojourn=Free([[1.0]] * 3), emission=gaussian(), max_duration=1)
    markov = HiddenMarkovModel.from_parameters(startprob=START, transmat=MOVES, emission=gaussian())
    assert_allclose(semi.score_samples(X), markov.score_samples(X), rtol=1e-12)
    assert_allclose(semi.predict_proba(X), markov.predict_proba(X), atol=1e-12)


# ---------------------------------------------------------------- edges


def test_nothing_underflows(rng):
    """20,000 steps, states of which some are all but impossible everywhere."""
    model = model_of("negative_binomial", max_duration=30)
    X = np.concatenate([rng.normal(0.0, 1.0, (10_000, 1)), np.full((50, 1), 300.0), rng.normal(0.0, 1.0, (9_950, 1))])
    assert np.isfinite(model.score_samples(X)).all()
    gamma = model.predict_proba(X)
    assert_allclose(gamma.sum(axis=1), 1.0, rtol=1e-12)
    assert gamma.min() >= 0.0
    assert np.isfinite(model.decode(X)[1]).all()


def test_a_sequence_that_no_path_can_emit_is_named():
    emission = Categorical(probabilities=[[1.0, 0.0], [0.0, 1.0]])
    sojourn = Free([[0.0, 1.0], [0.5, 0.5]])
    model = HiddenSemiMarkovModel.from_parameters(startprob=[0.5, 0.5], transmat=[[0, 1], [1, 0]], sojourn=sojourn, emission=emission)
    X = [np.array([[1], [0], [0], [1]]), np.array([[1], [0], [1], [1]])]  # one step in state 0 is not allowed
    assert model.score_samples(X)[1] == -np.inf and np.isfinite(model.score_samples(X)[0])
    for call in (model.predict_proba, model.decode, model.predict, model.expected_sojourns, lambda X: model.sample_states(X, rng=1)):
        with pytest.raises(ImpossibleConditionError, match="sequence 1 has density zero"):
            call(X)


def test_posterior_paths_have_the_posterior(seed, rng):
    from statsim import testing

    model = model_of("poisson")
    X = rng.normal(1.5, 2.0, (5, 1))
    every = Enumeration(densities(X), START, MOVES, durations("poisson", 4))
    paths = model.sample_states(X, 200_000, rng=seed)
    codes = paths @ 3 ** np.arange(4, -1, -1)
    testing.assert_follows(codes, every.posterior, detects=0.05)
    with pytest.raises(AssertionError):  # another longest sojourn
        testing.assert_follows(codes, Enumeration(densities(X), START, MOVES, durations("poisson", 2)).posterior, detects=0.05)
    assert_array_equal(model.sample_states(X, 10, rng=seed, start=1000), paths[1000:1010])


def test_criteria(rng):
    model = model_of("negative_binomial")
    X = rng.normal(size=(30, 1))
    p = 6 + 6 + 3 + 2
    assert model.n_parameters() == p
    assert model.aic(X) == pytest.approx(-2 * model.log_likelihood(X) + 2 * p)
    assert model.bic(X) == pytest.approx(-2 * model.log_likelihood(X) + p * np.log(30))
    assert model.score(X) == pytest.approx(model.log_likelihood(X) / 30)


def test_mean_sojourns():
    means = model_of("negative_binomial", max_duration=2000).mean_sojourns()
    assert_allclose(means, [1 + 0.4 * 0.7 / 0.3, 1 + 3.0, 1 + 0.4 / 0.6], rtol=1e-12)
