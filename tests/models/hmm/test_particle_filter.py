"""The particle filter against the exact filter: its likelihood is unbiased, its errors are honest."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from statsim import rng as rngs
from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError
from statsim.kernels.hmm.particles import filter_particles, trace_back
from statsim.kernels.resampling.multinomial import multinomial
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.categorical import alias_table
from statsim.models.hmm.emissions import Categorical
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from tests.models.hmm.cases import categorical, gaussian, log_densities
from tests.reference import hmm as plain


def filters(model, X, threshold, seed, n, particles=8):
    """Likelihoods (n,), filters (n, steps, k) and one path each (n, steps) of n runs, seeded as `particle_filter` does."""
    logs = log_densities(model, X)
    first = alias_table(model.startprob_)
    rows = tuple(np.array(part) for part in zip(*map(alias_table, model.transmat_), strict=True))
    key, shape, random = rngs.stream_key(seed, rngs.Purpose.SAMPLER), (len(X), particles), np.empty(4, np.uint64)
    states, ancestors, weights, sizes = np.empty(shape, np.int64), np.empty(shape, np.int64), np.empty(shape), np.empty(len(X))
    values, chances, paths = np.empty(n), np.empty((n, *logs.shape)), np.empty((n, len(X)), np.int64)
    for i in range(n):
        seed_block(key[0], key[1], np.uint64(i), random)
        values[i] = np.exp(filter_particles(random, logs, *first, *rows, threshold, states, ancestors, weights, sizes))
        chances[i] = np.stack([np.where(states == j, weights, 0.0).sum(axis=1) for j in range(logs.shape[1])], axis=1)
        last = np.empty(1, np.int64)
        multinomial(random, weights[-1], last)
        trace_back(states, ancestors, last, paths[i : i + 1])
    return values, chances, paths


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_the_likelihood_is_unbiased(threshold, seed):
    model, X = categorical(), np.array([[1], [2], [1], [0]])
    most = 0.5 ** len(X)  # no symbol has a probability above a half
    exact = np.exp(model.log_likelihood(X))
    values = filters(model, X, threshold, seed, 25_000)[0]
    testing.assert_mean(values / most, exact / most, bounds=(0.0, 1.0), detects=0.03)
    swapped = HiddenMarkovModel.from_parameters(startprob=model.startprob_, transmat=model.transmat_[::-1], emission=model.emission_)
    with pytest.raises(AssertionError):  # particles that move by the wrong rows
        testing.assert_mean(filters(swapped, X, threshold, seed, 25_000)[0] / most, exact / most, bounds=(0.0, 1.0), detects=0.03)


@pytest.mark.parametrize("threshold", [0.0, 1.0])
def test_filter_and_paths_are_unbiased_with_the_likelihood(threshold, seed):
    """Likelihood times what a run says of the last state, or of the path, has the joint density of that and the steps as its mean (Del Moral 2004, 7.4.1)."""
    model, X, n = categorical(), np.array([[1], [2], [1]]), 21_000
    most = 0.5 ** len(X) * (1 + 1e-9)  # and rounding
    values, chances, paths = filters(model, X, threshold, seed, n)
    every, joint = plain.log_joint(model.startprob_, model.transmat_, log_densities(model, X))
    last = [np.exp(joint[every[:, -1] == j]).sum() for j in range(2)]
    whole = np.array([(paths == path).all(axis=1) for path in every]).T * values[:, None]
    unbiased = np.hstack([values[:, None] * chances[:, -1], whole]) / most
    testing.assert_mean(unbiased, np.concatenate([last, np.exp(joint)]) / most, bounds=(0.0, 1.0), detects=0.04)
    with testing.Budget(), pytest.raises(AssertionError):  # paths that are not traced to their ancestors, but turned round
        testing.assert_mean(np.array([(paths[:, ::-1] == path).all(axis=1) for path in every]).T * values[:, None] / most, np.exp(joint) / most, bounds=(0.0, 1.0))


def test_the_method_is_these_runs():
    model, X = categorical(), np.array([[1], [2], [1], [0]])
    found = model.particle_filter(X, n_particles=8, n_runs=5, n_paths=1, threshold=0.5, rng=9)
    values, chances, paths = filters(model, X, 0.5, 9, 5)
    assert_allclose(found.log_likelihood.value, np.log(values.mean()), rtol=1e-12)
    assert_allclose(found.log_likelihood.standard_error, values.std(ddof=1) / np.sqrt(5) / values.mean(), rtol=1e-10)
    assert_allclose(found.filtered.value, chances.mean(axis=0), rtol=1e-12)
    assert_allclose(found.filtered.standard_error, chances.std(axis=0, ddof=1) / np.sqrt(5), rtol=1e-10)
    assert_array_equal(found.paths, paths)
    assert ((found.effective_sizes > 0) & (found.effective_sizes <= 8 * (1 + 1e-12))).all()


def test_the_same_seed_the_same_particles():
    model, X = gaussian(), gaussian().sample(10, rng=3)
    a, b = (model.particle_filter(X, n_particles=50, rng=9) for _ in range(2))
    assert_array_equal(a.paths, b.paths)
    assert a.log_likelihood.value == b.log_likelihood.value


def test_what_cannot_be_filtered():
    model = gaussian()
    X = model.sample(5, rng=1)
    with pytest.raises(ArgumentError, match="n_particles must be at least 2, got 1"):
        model.particle_filter(X, n_particles=1)
    with pytest.raises(ArgumentTypeError, match="particle_filter takes one sequence"):
        model.particle_filter([X, X])
    frozen = HiddenMarkovModel.from_parameters(startprob=[0.0, 1.0], transmat=np.eye(2), emission=Categorical(probabilities=[[1.0, 0.0], [0.0, 1.0]]))
    with pytest.raises(SamplerError, match="run 0: no particle can go on"):
        frozen.particle_filter([[1], [0]], rng=0)
