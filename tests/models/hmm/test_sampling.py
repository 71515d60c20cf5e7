"""Sequences of a hidden Markov model: data sets by number, and the law they have."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy import stats

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, TooLargeError
from statsim.models.hmm.emissions import Gaussian
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from tests.models.hmm.cases import MODELS, gaussian


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]()


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
    assert_array_equal(model.sample(200, rng=7)[:50], model.sample(50, rng=7))


def test_shapes_and_types(model):
    d = model.n_features_in_
    rows, states = model.sample(6, rng=1, return_latent=True)
    assert rows.shape == (6, d) and states.shape == (6,) and rows.dtype == model.emission_.dtype
    assert [part.shape for part in model.sample([2, 0, 3], rng=1)] == [(2, d), (0, d), (3, d)]
    assert model.sample(0, rng=1).shape == (0, d)
    assert model.sample(3, n_sequences=0, rng=1) == []
    assert [len(part) for part in model.sample_batches(10, n_sequences=7, rng=1, batch_steps=30)] == [3, 3, 1]


def test_the_file_is_the_model(model, tmp_path):
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document()
    assert_array_equal(again.sample(100, rng=3), model.sample(100, rng=3))


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"n": -1}, ArgumentError, "n must be at least 0"),
        ({"n": [3, -2]}, ArgumentError, r"n\[1\] must be at least 0, got -2"),
        ({"n": [3, 4], "n_sequences": 3}, ArgumentError, "n has the steps of 2 sequences, but n_sequences=3"),
        ({"n": 5, "start": 3, "rng": None}, ArgumentError, "start=3 needs an rng"),
        ({"n": 10**15}, TooLargeError, "1 sequences of together 1000000000000000 steps"),
    ],
)
def test_what_cannot_be_asked(arguments, error, words):
    with pytest.raises(error, match=words):
        gaussian().sample(**{"rng": 1, **arguments})


def test_states_have_the_law_of_the_chain(seed):
    model = gaussian()
    _, states = model.sample(3, n_sequences=100_000, rng=seed, return_latent=True)
    states = np.array(states)
    laws = model.startprob_, model.startprob_ @ model.transmat_, model.startprob_ @ model.transmat_ @ model.transmat_
    n = len(states)
    for t, law in enumerate(laws):
        testing.assert_probability(int((states[:, t] == 0).sum()), n, law[0], detects=0.02)
    testing.assert_probability(int(((states[:, 1] == 2) & (states[:, 2] == 1)).sum()), n, laws[1][2] * 0.5, detects=0.02)
    with pytest.raises(AssertionError):  # one step late
        testing.assert_probability(int((states[:, 0] == 0).sum()), n, laws[1][0], detects=0.02)


def test_steps_have_the_law_of_their_state(seed):
    model = gaussian()
    rows, states = model.sample(150_000, rng=seed, return_latent=True)
    for c in (0, 1):
        law = stats.norm(model.emission_.means[c, 1], model.emission_.covariances[c, 1, 1] ** 0.5)
        testing.assert_follows(rows[states == c, 1], law.cdf, detects=0.03)
    with pytest.raises(AssertionError):  # labels one step late
        testing.assert_follows(rows[1:][states[:-1] == 1, 1], law.cdf, detects=0.03)


def test_one_state_is_independent_draws_and_equal_rows_a_mixture(seed):
    equal = HiddenMarkovModel.from_parameters(
        startprob=[0.25, 0.75], transmat=[[0.25, 0.75], [0.25, 0.75]], emission=Gaussian(means=[[0.0], [4.0]], covariances=[[[1.0]], [[1.0]]])
    )
    mixture = ss.GaussianMixture.from_parameters(weights=[0.25, 0.75], means=[[0.0], [4.0]], covariances=[[[1.0]], [[1.0]]])
    X = equal.sample(200_000, rng=seed)
    np.testing.assert_allclose(equal.log_likelihood(X), mixture.log_likelihood(X), rtol=1e-12)
    testing.assert_independent(X[:, 0])
    sticky = HiddenMarkovModel.from_parameters(
        startprob=[0.25, 0.75], transmat=[[0.5, 0.5], [0.25, 0.75]], emission=equal.emission_
    )
    with pytest.raises(AssertionError):
        testing.assert_independent(sticky.sample(200_000, rng=seed)[:, 0])
