"""What cannot be emitted, and parameters that are none, are refused by name with their value."""

import numpy as np
import pytest

from statsim.errors import ArgumentError, FitError
from statsim.estimators.climb import DegenerateError
from statsim.models.hmm import emissions as E
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from tests.models.hmm.emissions.laws import CASES, model_of, sums_of


@pytest.mark.parametrize(
    ("law", "values", "words"),
    [
        (E.Poisson(), [[1.0], [-2.0]], "counts 0, 1, 2, ..., got -2 in row 1, column 0"),
        (E.Poisson(), [[1.0, 0.5]], "got 0.5 in row 0, column 1"),
        (E.Poisson(), [[1e17]], "got 1e\\+17"),
        (E.NegativeBinomial(), [[3.25]], "got 3.25"),
        (E.Bernoulli(), [[1.0, 2.0]], "zeros and ones, got 2 in row 0, column 1"),
        (E.Multinomial(5), [[2.0, 3.0], [2.0, 2.0]], "row 1 add up to 4, but n_trials=5"),
        (E.Multinomial(5), [[6.0, np.nan]], "row 0 add up to 6, but n_trials=5"),
        (E.Multinomial(), [[6.0, np.nan]], "row 0 are missing, so its trials are not known"),
        (E.Multinomial(), [[6.0, -1.0]], "got -1"),
        (E.AutoRegressive(), [[6.0, 1.0], [1.0, np.nan]], r"X\[1, 1\] is missing"),
    ],
)
def test_steps_that_a_law_cannot_emit(law, values, words):
    with pytest.raises(ArgumentError, match=words):
        law.check_steps(np.array(values), "X")


@pytest.mark.parametrize(
    ("law", "words"),
    [
        (E.Poisson([[1.0], [-1.0]]), r"rates must lie between 0 and 9e\+15, got rates\[1, 0\] = -1.0"),
        (E.Poisson(), "need rates"),
        (E.Poisson([1.0, 2.0]), "two-dimensional"),
        (E.NegativeBinomial([[1.0]], [[-0.5]]), r"dispersions\[0, 0\] = -0.5"),
        (E.NegativeBinomial([[1.0]], [[0.5, 1.0]]), r"dispersions must have shape \(1, 1\)"),
        (E.NegativeBinomial([[1.0]]), "need means"),
        (E.Bernoulli([[0.5, 1.5]]), r"probabilities\[0, 1\] = 1.5"),
        (E.Bernoulli([[0.5, np.nan]]), "contains NaN"),
        (E.Bernoulli(), "need probabilities"),
        (E.Multinomial(3, [[0.5, 0.6]]), "sum to 1, got row 0"),
        (E.Multinomial(3), "need probabilities"),
        (E.MixtureOfGaussians(2), "need weights"),
        (E.MixtureOfGaussians(2, "diag", [[0.5, 0.6]], [[[0.0], [1.0]]], [[[1.0], [1.0]]]), "state 0: weights must .* sum 1.1"),
        (E.MixtureOfGaussians(3, "diag", [[0.5, 0.5]], [[[0.0], [1.0]]], [[[1.0], [1.0]]]), "state 0 has 2 components, but n_mix=3"),
        (E.MixtureOfGaussians(2, "diag", [[0.5, 0.5]], [[[0.0], [1.0]]] * 2, [[[1.0], [1.0]]]), "'means': 2"),
        (E.MixtureOfGaussians(2, "diag", [[0.5, 0.5]], [[[0.0], [0.0]]], [[[0.0], [0.0]]]), "columns \\[0\\] have variance zero"),
        (E.MixtureOfGaussians(2, "full", [[0.5, 0.5]], [[[0.0], [1.0]]], [[[[1.0]], [[-1.0]]]]), "state 0: covariances are not all positive"),
        (E.AutoRegressive(1), "need means"),
        (E.AutoRegressive(2, "diag", [[0.0]], [[[0.5]]], [[1.0]]), r"coefficients must have shape \(1, 2, 1\).* got \(1, 1, 1\)"),
        (E.AutoRegressive(1, "diag", [[0.0]], [[[np.inf]]], [[1.0]]), "infinity"),
    ],
)
def test_parameters_that_are_none(law, words):
    with pytest.raises(ArgumentError, match=words):
        law.checked()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: E.Multinomial(-1), "n_trials must be at least 0 .*got -1"),
        (lambda: E.MixtureOfGaussians(0), "n_mix must be at least 1, got 0"),
        (lambda: E.MixtureOfGaussians(2, "round"), "covariance_type must be one of .*got 'round'"),
        (lambda: E.AutoRegressive(0), "order must be at least 1, got 0"),
        (lambda: E.AutoRegressive(1, "round"), "got 'round'"),
    ],
)
def test_structure_that_is_none(make, words):
    with pytest.raises(ArgumentError, match=words):
        make()


def test_trials_are_needed_for_draws_and_settled_by_a_fit():
    varying = model_of(E.Multinomial(probabilities=[[0.5, 0.5], [0.1, 0.9]]))
    with pytest.raises(ArgumentError, match="can be drawn only with n_trials"):
        varying.sample(3, rng=1)
    assert np.isfinite(varying.score(np.array([[3.0, 1.0], [0.0, 0.0], [7.0, 7.0]])))
    assert E.Multinomial().pooled(np.array([[3.0, 1.0], [2.0, 2.0]]), 2).n_trials == 4
    assert E.Multinomial().pooled(np.array([[3.0, 1.0], [2.0, 1.0]]), 2).n_trials is None


@pytest.mark.parametrize("law", [E.Poisson(), E.NegativeBinomial(), E.Bernoulli(), E.Multinomial(1), E.MixtureOfGaussians()])
def test_a_column_of_which_nothing_was_seen_is_named(law):
    values = np.tile([1.0, np.nan], (20, 1))
    with pytest.raises(FitError, match="column 1 of X has no observed value"):
        HiddenMarkovModel(2, emission=law, missing="mar", rng=0).fit(values)


def test_a_state_whose_steps_miss_a_column_is_named():
    values = np.array([[1.0, np.nan], [2.0, 3.0]])
    for name in ("poisson", "negative_binomial"):
        law = CASES[name].law
        with pytest.raises(DegenerateError, match="state 0 has no observed value in column 1"):
            law.estimate(sums_of(law, values, np.array([0, 2]), np.eye(2)), 0.0)


def test_components_that_die_or_shrink_are_named():
    law = CASES["mixture-full"].law
    values, offsets = np.array([[-3.0, 0.0], [-3.1, 0.1], [-2.9, 0.0], [6.0, 3.0]]), np.array([0, 4])
    far = law.with_state(law, 0)
    far.means[0, 1] = 1e4
    with pytest.raises(DegenerateError, match="component 1 of state 0 is never visited"):
        far.estimate(sums_of(far, values, offsets, np.full((4, 2), 0.5)), 0.0)
    assert law.defect(np.array([500.0, 500.0])) is None
    assert "component 1 of state 1 stands on 3 steps" in law.defect(np.array([500.0, 10.0]))
    thin = law.with_state(law, 0)
    thin.covariances[1, 0] *= 1e-5
    assert "component 0 of state 1 has shrunk" in type(thin)(2, "full", thin.weights, thin.means, thin.covariances).defect(np.array([50.0, 30.0]))
    moving = CASES["autoregressive-full"].law
    assert moving.defect(np.array([500.0, 500.0])) is None
    assert "state 1 stands on 2 steps" in moving.defect(np.array([500.0, 2.0]))
