"""Filter, one step ahead, forecasts and evidence of hidden semi-Markov models: against enumeration, and against the hidden Markov model that they may be."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, ImpossibleConditionError
from statsim.models.hmm.emissions import Categorical
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from statsim.models.hmm.hidden_semi_markov_model import HiddenSemiMarkovModel
from tests.models.hidden_semi_markov.cases import LAWS, MOVES, START, durations, gaussian, model_of, symbols
from tests.models.hidden_semi_markov.test_inference import TRANSMAT, densities
from tests.reference.semi_markov import Enumeration


def every(b, name, longest):
    return Enumeration(b, START, MOVES, durations(name, longest))


@pytest.mark.parametrize("longest", [4, 9])
@pytest.mark.parametrize("name", LAWS)
def test_filter_and_forecast_equal_enumeration(name, longest, rng):
    model = model_of(name, max_duration=longest)
    X = rng.normal(1.5, 2.0, (6, 1))
    b = densities(X)
    filtered = model.filter(X)
    for n in range(1, 7):
        assert_allclose(filtered[n - 1], every(b[:n], name, longest).gamma[-1], atol=1e-12)
    mean, chances = model.forecast(X, 2)
    unseen = every(np.vstack([b, np.ones((2, 3))]), name, longest)
    assert_allclose(chances, unseen.gamma[-2:], atol=1e-12)
    assert_allclose(mean, chances @ model.emission_.means)


@pytest.mark.parametrize("name", LAWS)
def test_densities_one_step_ahead_equal_enumeration_and_add_up(name, rng):
    model = model_of(name, max_duration=4)
    X = rng.normal(1.5, 2.0, (7, 1))
    ahead = model.log_predictive(X)
    totals = np.log([every(densities(X[:n]), name, 4).total for n in range(1, 8)])
    assert_allclose(ahead, np.diff(totals, prepend=0.0), rtol=1e-10)
    many = model.sample([200, 3, 1], rng=1)
    assert_allclose([part.sum() for part in model.log_predictive(many)], model.score_samples(many), rtol=1e-10)


def test_pseudo_residuals_are_standard_normal(seed):
    from scipy import stats

    model = model_of("poisson", max_duration=12)
    X = model.sample(40_000, rng=seed)
    testing.assert_follows(model.pseudo_residuals(X)[:, 0], stats.norm.cdf, detects=0.04)
    with pytest.raises(AssertionError):  # the wrong order of steps
        testing.assert_follows(model.pseudo_residuals(np.sort(X, axis=0))[:, 0], stats.norm.cdf, detects=0.04)


def test_a_sequence_without_a_path_has_no_filter():
    model = model_of("free", emission=Categorical(probabilities=[[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]))
    X = [np.array([[0], [0]]), np.array([[1], [0], [1]])]  # one step in the first state is not allowed
    for call in (model.filter, model.log_predictive):
        with pytest.raises(ImpossibleConditionError, match="sequence 1 has density zero"):
            call(X)
    with pytest.raises(ImpossibleConditionError, match="sequence 0 has density zero"):
        model.forecast(X[1], 2)
    with pytest.raises(ArgumentTypeError, match="forecast takes one sequence"):
        model.forecast(X, 2)


# ---------------------------------------------------------------- what is known of a sequence


def test_states_have_their_law_given_the_evidence(seed):
    model, n = model_of("negative_binomial", emission=symbols(), max_duration=4), 60_000
    b = np.ones((5, 3))
    table = model.emission_.probabilities
    b[0], b[1], b[3] = table[:, 0], table[:, 1], table[:, 2]
    b[4, [0, 1]] = 0.0
    known = every(b, "negative_binomial", 4)
    given = model.given(prefix=[[0], [1]], observed={3: 2}, end_state=2)
    assert_allclose(given.log_evidence(5), np.log(known.total), rtol=1e-12)
    rows, states = (np.array(part) for part in given.sample(5, n_sequences=n, rng=seed, return_latent=True))
    assert (rows[:, [0, 1, 3], 0] == [0, 1, 2]).all() and (states[:, 4] == 2).all()
    codes = states @ 3 ** np.arange(4, -1, -1)
    testing.assert_follows(codes, known.posterior, detects=0.06)
    b[4] = 1.0
    with pytest.raises(AssertionError):  # a sampler that forgot the end
        testing.assert_follows(codes, every(b, "negative_binomial", 4).posterior, detects=0.06)
    joint = b.copy()
    joint[np.arange(5)] = table[:, rows[0, :, 0]].T
    joint[4, [0, 1]] = 0.0
    assert_allclose(given.score_samples(rows[0]), [np.log(every(joint, "negative_binomial", 4).total) - given.log_evidence(5)], rtol=1e-10)
    assert_array_equal(given.sample(5, rng=seed, start=13), rows[13])


def test_an_event_by_rejection():
    model = model_of("poisson", max_duration=6)
    draws = ss.sample(model.where(lambda X: X[:, :, 0].max(axis=1) > 4, n=6), draws=50, rng=1)
    assert (draws.values.max(axis=2) > 4).all()


# ---------------------------------------------------------------- the same as a hidden Markov model


def test_conversions_are_exact():
    markov = HiddenMarkovModel.from_parameters(startprob=START, transmat=TRANSMAT, emission=gaussian())
    semi = HiddenSemiMarkovModel.from_hidden_markov(markov, max_duration=120)
    X = markov.sample([120, 1, 40], rng=3)
    assert_allclose(semi.score_samples(X), markov.score_samples(X), rtol=1e-12)
    for ours, theirs in zip((*semi.filter(X), *semi.log_predictive(X)), (*markov.filter(X), *markov.log_predictive(X)), strict=True):
        assert_allclose(ours, theirs, atol=1e-11)
    assert_allclose(semi.forecast(X[2], 7)[1], markov.forecast(X[2], 7)[1], atol=1e-12)
    again = semi.to_hidden_markov()
    assert_allclose(again.transmat_, markov.transmat_, rtol=1e-15, atol=1e-16)
    assert_array_equal(again.startprob_, markov.startprob_)
    evidence = {"prefix": X[0][:5], "observed": {9: [1.0]}, "end_state": 1}
    assert_allclose(semi.given(**evidence).log_evidence(12), markov.given(**evidence).log_evidence(12), rtol=1e-12)


def test_conversion_of_a_chain_with_a_state_that_is_never_left():
    moves = [[0.75, 0.25, 0.0], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]
    markov = HiddenMarkovModel.from_parameters(startprob=[1.0, 0.0, 0.0], transmat=moves, emission=gaussian())
    semi = HiddenSemiMarkovModel.from_hidden_markov(markov, max_duration=50)
    X = markov.sample([50, 9], rng=3)
    assert_allclose(semi.score_samples(X), markov.score_samples(X), rtol=1e-12)
    assert_allclose(semi.decode(X)[1], markov.decode(X)[1], rtol=1e-12)
    assert_allclose(semi.predict_proba(X)[0], markov.predict_proba(X)[0], atol=1e-11)
    assert_allclose(semi.forecast(X[1], 5)[1], markov.forecast(X[1], 5)[1], atol=1e-12)
    assert_array_equal(semi.to_hidden_markov().transmat_, markov.transmat_)
    _, states = semi.sample(200, n_sequences=20, rng=1, return_latent=True)
    assert all((np.diff(path) >= 0).all() and path[-1] == 2 for path in states)


def test_what_cannot_be_converted():
    with pytest.raises(ArgumentError, match="has geometric sojourns, and these are poisson"):
        model_of("poisson").to_hidden_markov()
    with pytest.raises(ArgumentTypeError, match="model must be a HiddenMarkovModel, got .* of type HiddenSemiMarkovModel"):
        HiddenSemiMarkovModel.from_hidden_markov(model_of("poisson"), max_duration=5)


# ---------------------------------------------------------------- topology


QUICK = {"method": ss.MLE(n_init=2), "rng": 0, "max_duration": 30}


def left_right():
    return HiddenSemiMarkovModel.from_parameters(
        startprob=[1.0, 0.0, 0.0], transmat=[[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]], sojourn=LAWS["poisson"][0], emission=gaussian(), max_duration=30
    )


def test_zeros_stay_zero():
    X = left_right().sample(20, n_sequences=12, rng=3)
    model = HiddenSemiMarkovModel(3, sojourn="poisson", topology="left-right", **{**QUICK, "method": ss.MLE()}).fit(X)
    assert_array_equal(model.startprob_, [1.0, 0.0, 0.0])
    assert_array_equal(model.transmat_, left_right().transmat_)
    assert np.diff(model.fit_result_.path).min() >= -1e-10 * abs(model.fit_result_.objective)
    assert model.log_likelihood(X) >= left_right().log_likelihood(X)
    banded = HiddenSemiMarkovModel(3, sojourn="poisson", topology="banded", **QUICK).fit(X)
    assert banded.transmat_[0, 2] == banded.transmat_[2, 0] == 0.0 and not banded.transmat_.diagonal().any()
    mask = np.array([[0, 1, 0], [0, 0, 1], [1, 0, 0]], bool)
    ring = HiddenSemiMarkovModel(3, sojourn="poisson", topology=mask, **QUICK).fit(model_of("poisson", max_duration=30).sample(40, n_sequences=4, rng=1))
    assert_array_equal(ring.transmat_, mask.astype(float))
    assert ring.n_parameters() == 6 + 3 + 2


def test_a_left_right_model_is_saved_and_counted(tmp_path):
    model = left_right()
    model.save(tmp_path / "m.json")
    assert ss.load(tmp_path / "m.json").to_document() == model.to_document()
    assert model.set_params(start=[1.0, 0.0, 0.0]).n_parameters() == 6 + 2
    with pytest.raises(ArgumentError, match="topology must be one of 'ergodic', 'left-right', 'banded'; got 'ring'"):
        HiddenSemiMarkovModel(2, topology="ring").fit(np.arange(9.0)[:, None])
