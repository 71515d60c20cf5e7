"""The particle filter against the exact filter: its likelihood is unbiased, its errors are honest."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from statsim import testing
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError
from statsim.kernels.hmm.particles import filter_particles
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.categorical import alias_table
from statsim.models.hmm.emissions import Categorical
from statsim.models.hmm.hidden_markov_model import HiddenMarkovModel
from tests.models.hmm.cases import categorical, gaussian, log_densities


def likelihoods(model, X, threshold, seed, n):
    """Likelihoods (n,) that filters of eight particles estimate."""
    logs = log_densities(model, X)
    first = alias_table(model.startprob_)
    rows = tuple(np.array(part) for part in zip(*map(alias_table, model.transmat_), strict=True))
    shape, random, values = (len(X), 8), np.empty(4, np.uint64), np.empty(n)
    states, ancestors, weights, sizes = np.empty(shape, np.int64), np.empty(shape, np.int64), np.empty(shape), np.empty(len(X))
    for i in range(n):
        seed_block(np.uint64(seed), np.uint64(1), np.uint64(i), random)
        values[i] = np.exp(filter_particles(random, logs, *first, *rows, threshold, states, ancestors, weights, sizes))
    return values


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_the_likelihood_is_unbiased(threshold, seed):
    model, X = categorical(), np.array([[1], [2], [1], [0]])
    most = 0.5 ** len(X)  # no symbol has a probability above a half
    exact = np.exp(model.log_likelihood(X))
    values = likelihoods(model, X, threshold, seed, 40_000)
    testing.assert_mean(values / most, exact / most, bounds=(0.0, 1.0), detects=0.03)
    swapped = HiddenMarkovModel.from_parameters(startprob=model.startprob_, transmat=model.transmat_[::-1], emission=model.emission_)
    with pytest.raises(AssertionError):  # particles that move by the wrong rows
        testing.assert_mean(likelihoods(swapped, X, threshold, seed, 40_000) / most, exact / most, bounds=(0.0, 1.0), detects=0.03)


def test_filter_and_paths_agree_with_the_exact_ones():
    model, X = gaussian(), gaussian().sample(40, rng=3)
    found = model.particle_filter(X, n_particles=4000, n_runs=10, rng=5)
    exact = model.filter(X)
    z = (found.filtered.value - exact) / np.maximum(found.filtered.standard_error, 1e-6)
    assert np.abs(z).max() < 12  # Student with 9 degrees of freedom, 120 numbers: P < 1e-4
    assert abs(found.log_likelihood.value - model.log_likelihood(X)) < 12 * found.log_likelihood.standard_error
    smoother = model.predict_proba(X)[-1]
    shares = np.array([(found.paths[:, -1] == j).mean() for j in range(3)])
    assert np.abs(shares - smoother).max() < 6 * 0.5 / np.sqrt(len(found.paths))
    assert ((found.effective_sizes > 0) & (found.effective_sizes <= 4000 * (1 + 1e-12))).all()


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
