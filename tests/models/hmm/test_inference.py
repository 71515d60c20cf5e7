"""Filter, smoother, decoding and likelihoods against the count of every path; what the scaled form would lose."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from statsim import testing
from statsim.errors import ArgumentError, ImpossibleConditionError
from statsim.models.hmm import passes
from statsim.models.hmm.emissions import Categorical, Gaussian
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from statsim.models.hmm.room import Room
from statsim.sequences import as_sequences
from tests.models.hmm.cases import MODELS, categorical, gaussian, left_right, log_densities
from tests.reference import hmm as plain


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]()


@pytest.mark.parametrize("n", [1, 2, 6])
def test_everything_is_what_enumeration_says(model, n):
    X = model.sample(n, rng=n)
    total, smoother, pairs, filters, path, value = plain.summaries(model.startprob_, model.transmat_, log_densities(model, X))
    assert_allclose(model.log_likelihood(X), total, rtol=1e-12)
    assert_allclose(model.score(X), total / n, rtol=1e-12)
    assert_allclose(model.predict_proba(X), smoother, rtol=1e-10, atol=1e-14)
    assert_allclose(model.expected_transitions(X), pairs, rtol=1e-10, atol=1e-14)
    assert_allclose(model.filter(X), filters, rtol=1e-10, atol=1e-14)
    found, density = model.decode(X)
    assert_array_equal(found, path)
    assert_allclose(density, [value], rtol=1e-12)


def test_several_sequences_are_each_their_own(model):
    parts = [model.sample(n, rng=1, start=n) for n in (4, 1, 7)]
    together = np.concatenate(parts), [4, 1, 7]
    for many in (parts, together):
        assert_allclose(model.score_samples(many), [model.log_likelihood(part) for part in parts], rtol=1e-12)
        for got, part in zip(model.predict_proba(many), parts, strict=True):
            assert_allclose(got, model.predict_proba(part), rtol=1e-12)
        assert_allclose(model.expected_transitions(many), sum(model.expected_transitions(part) for part in parts), rtol=1e-12)
    assert_allclose(model.log_likelihood(parts, sample_weight=[2, 0, 1]), 2 * model.log_likelihood(parts[0]) + model.log_likelihood(parts[2]), rtol=1e-12)


@pytest.mark.parametrize("name", ["full", "left-right"])
def test_a_long_sequence_in_segments_is_the_same(name, monkeypatch):
    model = MODELS[name]()
    X = model.sample(500, rng=5)
    whole = model.score_samples(X), model.predict_proba(X), model.expected_transitions(X)
    monkeypatch.setattr(passes, "SEGMENT_CELLS", 50)
    monkeypatch.setattr(passes, "MOST_CELLS", 100)
    for got, expected in zip((model.score_samples(X), model.predict_proba(X), model.expected_transitions(X)), whole, strict=True):
        assert_allclose(got, expected, rtol=1e-9, atol=1e-13)


def recalled():
    """A chain that cannot go back, seen to leave at once, until late evidence says that it never left."""
    model = HiddenMarkovModel.from_parameters(
        startprob=[1.0, 0.0], transmat=[[0.5, 0.5], [0.0, 1.0]], emission=Gaussian(means=[[0.0], [1.0]], covariances=[[[1.0]], [[1.0]]])
    )
    return model, np.concatenate([np.full(900, 3.0), np.full(1200, -3.0)])[:, None]


@pytest.mark.parametrize("segmented", [False, True])
def test_a_state_that_doubles_would_lose_is_kept(segmented, monkeypatch):
    if segmented:
        monkeypatch.setattr(passes, "SEGMENT_CELLS", 200)
        monkeypatch.setattr(passes, "MOST_CELLS", 200)
    model, X = recalled()
    expected = plain.log_likelihood(model.startprob_, model.transmat_, log_densities(model, X))
    assert_allclose(model.log_likelihood(X), expected, rtol=1e-10)
    posterior = model.predict_proba(X)
    assert posterior[899, 0] > 0.999  # the scaled form alone says 0
    assert_allclose(posterior.sum(axis=1), 1.0, rtol=1e-9)
    assert_allclose(model.expected_transitions(X).sum(), len(X) - 1, rtol=1e-9)
    assert_allclose(model.filter(X)[-1], posterior[-1], rtol=1e-8, atol=1e-12)


def test_a_state_that_nothing_leads_to_does_not_count():
    """Its own scaled beta leaves the doubles: what comes after it explains the steps far better than the state that the chain is in."""
    model = HiddenMarkovModel.from_parameters(
        startprob=[1.0, 0.0], transmat=np.eye(2), emission=Gaussian(means=[[0.0], [5.0]], covariances=[[[1.0]], [[1.0]]])
    )
    X = np.full((2000, 1), 5.0)
    assert_allclose(model.predict_proba(X), np.tile([1.0, 0.0], (2000, 1)), rtol=1e-9)
    assert_allclose(model.expected_transitions(X), [[1999.0, 0.0], [0.0, 0.0]], rtol=1e-9)


def test_many_short_sequences_are_decoded_as_each_alone(model):
    parts = [model.sample(1 + n % 5, rng=2, start=n) for n in range(40)]
    paths, values = model.decode(parts)
    for path, value, part in zip(paths, values, parts, strict=True):
        alone, density = model.decode(part)
        assert_array_equal(path, alone)
        assert value == density[0]


def test_batches_are_runs_of_whole_sequences(monkeypatch):
    monkeypatch.setattr(passes, "BATCH", 10)
    sequences = as_sequences((np.zeros((41, 1)), [4, 3, 3, 12, 1, 9, 2, 7]))
    assert passes.batches(sequences) == [(0, 3), (3, 4), (4, 6), (6, 8)]
    assert passes.batches(as_sequences(np.zeros((5, 1)))) == [(0, 1)]


def test_what_is_too_large_to_keep_is_not_kept():
    room = Room(most=10)
    first = room.array("a", (2, 5))
    assert np.shares_memory(first, room.array("a", (3, 3)))
    assert not np.shares_memory(first, room.array("a", (2, 6)))
    assert np.shares_memory(first, room.array("a", (1,)))


def test_states_far_apart_and_a_million_steps():
    model = HiddenMarkovModel.from_parameters(
        startprob="stationary", transmat=[[0.9, 0.1], [0.1, 0.9]], emission=Gaussian(means=[[0.0], [1e4]], covariances=[[[1.0]], [[1.0]]])
    )
    X, states = model.sample(1_000_000, rng=3, return_latent=True)
    assert np.isfinite(model.score(X))
    assert_array_equal(model.predict(X[:50_000]), states[:50_000])
    assert_allclose(model.predict_proba(X[:50_000])[np.arange(50_000), states[:50_000]], 1.0)


def test_an_impossible_sequence_is_named():
    model = categorical()
    frozen = HiddenMarkovModel.from_parameters(
        startprob=[0.0, 1.0], transmat=np.eye(2), emission=Categorical(probabilities=[[1.0, 0.0], [0.0, 1.0]])
    )
    parts = [np.array([[1], [1]]), np.array([[1], [0]])]
    assert frozen.score_samples(parts).tolist() == [0.0, -np.inf]
    for ask in (frozen.predict_proba, frozen.filter, frozen.predict, frozen.sample_states):
        with pytest.raises(ImpossibleConditionError, match="sequence 1 has density zero under the model"):
            ask(parts)
    with pytest.raises(ArgumentError, match="the symbol 3, which is not in the alphabet 0 to 2"):
        model.score([[3]])


def test_posterior_paths_have_the_law_of_all_paths(seed):
    model = gaussian()
    X = model.sample(4, rng=8)
    every, value = plain.log_joint(model.startprob_, model.transmat_, log_densities(model, X))
    chances = np.exp(value - model.log_likelihood(X))
    drawn = model.sample_states(X, 100_000, rng=seed)
    code = drawn @ 3 ** np.arange(3, -1, -1)
    likely = np.argsort(chances)[::-1][:4]
    for place in likely:
        testing.assert_probability(int((code == every[place] @ 3 ** np.arange(3, -1, -1)).sum()), len(code), chances[place], detects=0.02)
    wrong = model.sample_states(X[::-1], 100_000, rng=seed) @ 3 ** np.arange(3, -1, -1)
    with pytest.raises(AssertionError):
        testing.assert_probability(int((wrong == every[likely[0]] @ 3 ** np.arange(3, -1, -1)).sum()), len(wrong), chances[likely[0]], detects=0.02)


def test_posterior_paths_by_number():
    model, X = left_right(), left_right().sample(30, rng=1)
    whole = model.sample_states(X, 50, rng=4)
    assert_array_equal(model.sample_states(X, 10, rng=4, start=17), whole[17:27])
    assert (np.diff(whole, axis=1) >= 0).all()


def test_missing_steps_and_coordinates_are_integrated_out():
    model = gaussian()
    model.missing = "mar"
    X = model.sample(5, rng=2)
    gone = X.copy()
    gone[1] = np.nan
    gone[3, 0] = np.nan
    logs = log_densities(model, np.nan_to_num(gone))
    logs[1] = 0.0
    from scipy import stats

    logs[3] = [stats.norm(model.emission_.means[c, 1], model.emission_.covariances[c, 1, 1] ** 0.5).logpdf(gone[3, 1]) for c in range(3)]
    total, smoother, *_ = plain.summaries(model.startprob_, model.transmat_, logs)
    assert_allclose(model.log_likelihood(gone), total, rtol=1e-12)
    assert_allclose(model.predict_proba(gone), smoother, rtol=1e-10)
    with pytest.raises(ArgumentError, match="NaN"):
        gaussian().score(gone)
