"""Hidden states one at a time: the same law as whole paths, reached more slowly."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import statsim as ss
from statsim import metrics, testing
from statsim.errors import ArgumentError, ImpossibleConditionError
from statsim.kernels.hmm.single_site import single_site_update
from statsim.models.hmm.emissions import Categorical, Gaussian
from tests.models.hmm.cases import categorical, gaussian, log_densities
from tests.reference import hmm as plain
from tests.samplers.agreement import Truth, assert_agrees


def test_the_density_is_the_joint_one_of_path_and_steps():
    model = gaussian()
    X = model.sample([3, 2], rng=3)
    target = model.states_given(X)
    first, second = (plain.log_joint(model.startprob_, model.transmat_, log_densities(model, part)) for part in X)
    for a, b in ((0, 0), (4, 2), (13, 7)):
        path = np.concatenate([first[0][a], second[0][b]]).astype(float)
        assert_allclose(target.log_density(path), first[1][a] + second[1][b], rtol=1e-12)
    assert target.names == tuple(f"state[{t}]" for t in range(5))


def swept(model, X, seed, n, moves=None):
    """Paths (n, n_steps) after one sweep over paths that have the posterior law."""
    target = model.states_given(X)
    log_b, offsets, log_start, log_moves = target.data
    random = np.arange(1, 5).astype(np.uint64) * np.uint64(seed)
    paths = model.sample_states(X, n, rng=seed).astype(float)
    for path in paths:
        single_site_update(path, random, log_b, offsets, log_start, log_moves if moves is None else moves)
    return paths.astype(int)


def test_a_sweep_keeps_the_law_of_the_states(seed):
    model = categorical()
    X, n = np.array([[1], [2], [0], [1]]), 60_000
    every, value = plain.log_joint(model.startprob_, model.transmat_, log_densities(model, X))
    chances = np.exp(value - np.logaddexp.reduce(value))
    place = 2 ** np.arange(3, -1, -1)
    law = np.zeros(16)
    law[every @ place] = chances
    paths = swept(model, X, seed, n)
    assert (paths != model.sample_states(X, n, rng=seed)).any(axis=1).mean() > 0.2
    testing.assert_follows(paths @ place, law, detects=0.05)
    with pytest.raises(AssertionError):  # transitions of another chain
        testing.assert_follows(swept(model, X, seed, n, moves=np.log(np.full((2, 2), 0.5))) @ place, law, detects=0.05)


def test_chains_reach_the_smoother_and_whole_paths_mix_better():
    """Two states that hold on to themselves: the effective size of single sites is a small part of that of independent paths."""
    model = ss.HiddenMarkovModel.from_parameters(
        transmat=[[0.98, 0.02], [0.02, 0.98]], emission=Gaussian(means=[[0.0], [0.5]], covariances=[[[1.0]], [[1.0]]])
    )
    X = model.sample(60, rng=2)
    draws = ss.sample(model.states_given(X), draws=4000, chains=2, warmup=500, rng=3, diagnose=False)
    assert type(draws.method) is ss.Gibbs
    assert metrics.ess_mean(draws["state[30]"]) < 0.1 * draws["state[30]"].size
    exact = model.predict_proba(X)[:, 1]
    assert_agrees(draws.values, Truth(mean=exact))
    with testing.Budget(), pytest.raises(AssertionError):  # steps in the wrong order
        assert_agrees(draws.values, Truth(mean=exact[::-1]))
    assert_array_equal(np.unique(draws.values), [0.0, 1.0])


def test_what_cannot_be_a_start():
    target = categorical().states_given([[0], [1], [0]])
    with pytest.raises(ArgumentError, match="initial must hold states 0 to 1, got 2"):
        ss.sample(target, ss.Gibbs(), draws=5, initial=[0.0, 2.0, 0.0])
    with pytest.raises(ImpossibleConditionError, match="initial is a path of probability zero"):
        ss.sample(target, ss.Gibbs(), draws=5, initial=[0.0, 0.0, 1.0])
    frozen = ss.HiddenMarkovModel.from_parameters(startprob=[0.0, 1.0], transmat=np.eye(2), emission=Categorical(probabilities=[[1.0, 0.0], [0.0, 1.0]]))
    with pytest.raises(ImpossibleConditionError, match="sequence 0 has density zero"):
        frozen.states_given([[1], [0]])
