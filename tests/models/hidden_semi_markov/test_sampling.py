"""Sequences of a hidden semi-Markov model: data sets by number, the law they have, files, and what is refused."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError, NotFittedError
from statsim.models.hmm.emissions import Gaussian
from statsim.models.hmm.hidden_semi_markov_model import HiddenSemiMarkovModel
from statsim.models.hmm.sojourns import Free, Geometric
from tests.models.hidden_semi_markov.cases import LAWS, MOVES, START, durations, gaussian, model_of, symbols
from tests.reference.semi_markov import runs


@pytest.fixture(params=[(name, kind) for name in LAWS for kind in ("gaussian", "categorical")], ids="-".join)
def model(request):
    name, kind = request.param
    return model_of(name, emission=gaussian() if kind == "gaussian" else symbols(), max_duration=6)


def test_any_sequence_alone_and_any_threads(model):
    many = model.sample(40, n_sequences=30, rng=7)
    for number in (0, 1, 17, 29):
        assert_array_equal(model.sample(40, rng=7, start=number), many[number])
    for threads in (1, 2, 5):
        for a, b in zip(model.sample(40, n_sequences=30, rng=7, num_threads=threads), many, strict=True):
            assert_array_equal(a, b)
    far = model.sample([3, 5], rng=7, start=2**62)
    assert_array_equal(model.sample(5, rng=7, start=2**62 + 1), far[1])


def test_a_longer_sequence_begins_with_the_shorter(model):
    rows, states = model.sample(200, rng=7, return_latent=True)
    for n in (0, 1, 2, 50):
        short = model.sample(n, rng=7, return_latent=True)
        assert_array_equal(rows[:n], short[0])
        assert_array_equal(states[:n], short[1])


def test_the_file_is_the_model(model, tmp_path):
    model.set_params(missing="mar").save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document() and again.missing == "mar"
    X = model.sample(100, rng=3)
    assert_array_equal(again.sample(100, rng=3), X)
    assert_array_equal(again.score_samples(X), model.score_samples(X))


def test_no_state_follows_itself_and_none_is_stayed_in_too_long(model):
    _, states = model.sample(5000, rng=1, return_latent=True)
    sojourns = runs(states.tolist())
    possible = durations(model.sojourn_.name, 6) > 0
    assert all(possible[state, steps - 1] for state, steps in sojourns[:-1])


# ---------------------------------------------------------------- laws


@pytest.mark.parametrize("name", LAWS)
def test_sojourns_have_their_law(name, seed):
    """Of the first sojourn, which ends within D + 1 steps."""
    model = model_of(name, max_duration=8)
    _, states = model.sample(9, n_sequences=60_000, rng=seed, return_latent=True)
    states = np.array(states)
    length = (states != states[:, :1]).argmax(axis=1)
    chosen, law = length[states[:, 0] == 1], durations(name, 8)[1]
    testing.assert_follows(chosen, np.append(0.0, law), detects=0.1)
    with pytest.raises(AssertionError):  # one step too long
        testing.assert_follows(chosen + 1, np.append(0.0, law), detects=0.1)


def test_states_follow_one_another_as_told(seed):
    model = model_of("geometric", max_duration=8)
    _, states = model.sample(9, n_sequences=80_000, rng=seed, return_latent=True)
    states = np.array(states)
    first, after = states[:, 0], states[np.arange(len(states)), (states != states[:, :1]).argmax(axis=1)]
    testing.assert_follows(first, START, detects=0.05)
    testing.assert_follows(after[first == 0], MOVES[0], detects=0.05)
    with pytest.raises(AssertionError):  # a row of another state
        testing.assert_follows(after[first == 0], MOVES[1], detects=0.05)
    testing.assert_follows(first * 3 + after, (START[:, None] * MOVES).ravel(), detects=0.05)


# ---------------------------------------------------------------- what is refused


PARAMETERS = {"startprob": [0.5, 0.5], "transmat": [[0, 1], [1, 0]], "sojourn": Geometric([0.5, 0.2]), "max_duration": 10}


def build(**changes):
    emission = Gaussian(means=[[0.0], [1.0]], covariances=[[[1.0]], [[1.0]]])
    return HiddenSemiMarkovModel.from_parameters(**{"emission": emission, **PARAMETERS, **changes})


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"transmat": [[0.1, 0.9], [1, 0]]}, ArgumentError, r"zero diagonal, got transmat\[0, 0\] = 0.1.*sojourn law"),
        ({"transmat": [[0, 0.99], [1, 0]]}, ArgumentError, r"row 0 = \[0.0, 0.99\] with sum 0.99"),
        ({"transmat": [[0, -1.0], [1, 0]]}, ArgumentError, r"transmat must not be negative, got transmat\[0, 1\] = -1"),
        ({"transmat": [[0, 1.0, 0], [1, 0, 0]]}, ArgumentError, r"square \(k, k\), got shape \(2, 3\)"),
        ({"transmat": [[0.0]], "startprob": [1.0]}, ArgumentError, r"a single state must be \[\[1.0\]\], got \[\[0.0\]\]"),
        ({"transmat": [[0, np.nan], [1, 0]]}, ArgumentError, r"transmat contains NaN"),
        ({"startprob": [0.5, 0.4]}, ArgumentError, "startprob must sum to 1"),
        ({"startprob": "stationary"}, ArgumentError, "startprob must hold 2 probabilities, got 'stationary'"),
        ({"startprob": [1.0]}, ArgumentError, r"startprob must have shape \(2,\)"),
        ({"sojourn": Geometric([0.5])}, ArgumentError, "sojourn has parameters for 1 states, but transmat for 2"),
        ({"sojourn": Geometric([0.5, -1])}, ArgumentError, r"probabilities\[1\] = -1"),
        ({"sojourn": Geometric()}, ArgumentError, "Geometric sojourns need probabilities"),
        ({"sojourn": "geometric"}, ArgumentTypeError, "sojourn must be Sojourn with parameters, such as ShiftedPoisson.*got 'geometric'"),
        ({"sojourn": Free([[0, 0, 1.0], [0, 1, 0]]), "max_duration": 2}, ArgumentError, "state 0 has the mass 0 on the durations allowed"),
        ({"max_duration": 0}, ArgumentError, "max_duration must be at least 1 and at most 1000000, got 0"),
        ({"max_duration": 2.5}, ArgumentTypeError, "max_duration must be an integer, got 2.5"),
    ],
)
def test_impossible_parameters(changes, error, words):
    with pytest.raises(error, match=words):
        build(**changes)


def test_requests_that_cannot_be_met():
    model = build()
    with pytest.raises(ArgumentError, match="sequence 1 of X is empty"):
        model.score_samples([np.zeros((3, 1)), np.zeros((0, 1))])
    with pytest.raises(ArgumentError, match=r"X\[1, 0\] = nan"):
        model.predict(np.array([[0.0], [np.nan]]))
    with pytest.raises(ArgumentError, match="X has 2 features, but HiddenSemiMarkovModel is expecting 1"):
        model.score_samples(np.zeros((3, 2)))
    with pytest.raises(NotFittedError, match="HiddenSemiMarkovModel has no parameters yet"):
        HiddenSemiMarkovModel(2).sample(3)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"more": 1}, "unknown keys"),
        ({"max_duration": True}, "max_duration must be an integer from 1 to 1000000, got True"),
        ({"max_duration": 10**9}, "max_duration must be an integer from 1 to 1000000"),
        ({"sojourn": "weibull"}, "sojourn must be one of 'geometric'"),
        ({"sojourn_law": {"probabilities": [0.5]}}, "the sojourn law has 1 states, the chain 2"),
        ({"sojourn_law": {"probabilities": [0.5, 2.0]}}, r"probabilities\[1\] = 2"),
        ({"transmat": [[0.5, 0.5], [1.0, 0.0]]}, "zero diagonal"),
        ({"startprob": [1.0]}, "startprob must have shape"),
    ],
)
def test_files_that_are_no_model(changes, words):
    document = build().to_document()
    document["parameters"] = {**document["parameters"], **changes}
    with pytest.raises(FileRefusedError, match=words):
        HiddenSemiMarkovModel.from_document(document)
