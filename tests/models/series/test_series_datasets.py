"""A series and a seed are a data set: whatever the threads, the split, the length; from the file as from memory."""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from statsim.errors import ArgumentError, TooLargeError
from tests.models.series.cases import MODELS, gappy

LENGTHS = [40_000, 3, 0, 1, 500, 33_000, 2]


@pytest.fixture(params=MODELS, scope="module")
def model(request):
    return MODELS[request.param]()


@pytest.fixture(scope="module")
def lengths(model):
    """Long enough for several tasks; an explosive series ends sooner."""
    return [min(n, 300) for n in LENGTHS] if getattr(model, "initial_", None) is not None else LENGTHS


@pytest.fixture(scope="module")
def whole(model, lengths):
    return model.sample(lengths, rng=7)


@pytest.mark.parametrize("threads", [2, 3, 8])
def test_threads_do_not_matter(model, lengths, whole, threads):
    testing.assert_same_rows(model.sample(lengths, rng=7, num_threads=threads), whole)


def test_each_sequence_can_be_had_alone(model, lengths, whole):
    for number, n in enumerate(lengths):
        testing.assert_same_rows(model.sample(n, rng=7, n_sequences=1, start=number)[0], whole[number])
    far = model.sample(4, rng=7, n_sequences=3, start=2**62)
    testing.assert_same_rows(model.sample(4, rng=7, n_sequences=1, start=2**62 + 2)[0], far[2])


def test_a_longer_sequence_begins_with_the_shorter_one(model):
    long = model.sample(60, rng=3)
    for n in (0, 1, 2, 3, 59):
        testing.assert_same_rows(model.sample(n, rng=3), long[:n])


def test_batches_are_the_sequences(model):
    parts = [part for batch in model.sample_batches(20, n_sequences=11, rng=7, batch_steps=70) for part in batch]
    testing.assert_same_rows(parts, model.sample(20, n_sequences=11, rng=7))


def test_seeds_are_different_datasets(model):
    first = model.sample(20, rng=7)
    assert first.tobytes() != model.sample(20, rng=8).tobytes()
    testing.assert_same_rows(model.sample(20, rng=np.random.SeedSequence(7)), first)
    generator = np.random.default_rng(7)
    assert model.sample(20, rng=generator).tobytes() != model.sample(20, rng=generator).tobytes()
    a, b = model.sample(20, n_sequences=2, rng=7)
    assert a.tobytes() != b.tobytes()


def test_no_global_state_is_touched(model):
    np.random.seed(3)
    before = np.random.get_state()[1].tolist()
    model.sample(50)
    assert np.random.get_state()[1].tolist() == before


def test_the_file_is_the_model(model, whole, lengths, tmp_path, rng):
    model.missing = "mar"
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert type(again) is type(model) and again.to_document() == model.to_document()
    testing.assert_same_rows(again.sample(lengths, rng=7), whole)
    values = gappy(whole[4], rng)
    assert again.log_likelihood(values) == model.log_likelihood(values)
    testing.assert_same_rows(again.given(values).sample(5, rng=1), model.given(values).sample(5, rng=1))
    again.save(tmp_path / "n.json")
    assert (tmp_path / "m.json").read_bytes() == (tmp_path / "n.json").read_bytes()


def test_what_follows_a_history_survives_a_file(model, whole, tmp_path):
    after = model.given(whole[4])
    after.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == after.to_document()
    testing.assert_same_rows(again.sample(30, n_sequences=2, rng=1), after.sample(30, n_sequences=2, rng=1))


@pytest.mark.parametrize("name", ["AR(3)", "VAR(2)", "ARMA(2, 1)", "state space"])
def test_a_fitted_model_survives_a_file(name, tmp_path):
    truth = MODELS[name]()
    structure = {"AR(3)": ss.AutoRegression(2, trend="ct"), "VAR(2)": ss.VectorAutoRegression(1), "ARMA(2, 1)": ss.ARMA((1, 1)), "state space": ss.StateSpace(2)}
    X = truth.sample(300, rng=1)
    model = structure[name].fit(X)
    model.save(tmp_path / "m.json")
    again = ss.load(tmp_path / "m.json")
    assert again.to_document() == model.to_document()
    assert again.log_likelihood(X) == model.log_likelihood(X) and again.n_parameters() == model.n_parameters()
    assert again.fit_document_["method"] == "mle"


def test_states_come_with_the_values():
    model = MODELS["state space"]()
    values, states = model.sample(50, rng=7, return_latent=True)
    testing.assert_same_rows(values, model.sample(50, rng=7))
    assert states.shape == (50, 2)
    noise = values - model.observation_intercept_ - states @ model.observation_.T
    assert 0.1 < np.abs(noise).mean() < 2


def test_draws_of_states_are_a_dataset():
    model = MODELS["state space"]()
    X = model.sample(12, rng=1)
    draws = model.sample_states(X, 6, rng=5)
    assert draws.shape == (6, 12, 2)
    testing.assert_same_rows(model.sample_states(X, 3, rng=5), draws[:3])
    assert model.sample_states(X, 1, rng=6).tobytes() != draws[:1].tobytes()


def test_requests_that_cannot_be_met(model):
    with pytest.raises(ArgumentError, match="n must be at least 0, got -1"):
        model.sample(-1)
    with pytest.raises(TooLargeError, match="sequences of together"):
        model.sample(10**15)
    with pytest.raises(ArgumentError, match="start=5 needs an rng"):
        model.sample(3, n_sequences=2, start=5)


def test_parameters_of_the_constructor():
    model = ss.AutoRegression(2, trend="n")
    assert repr(model) == "AutoRegression(order=2, trend='n')"
    assert model.get_params() == {"order": 2, "trend": "n", "method": "mle", "initial": None, "missing": "raise", "rng": None}
    model.set_params(order=3)
    assert model.order == 3
