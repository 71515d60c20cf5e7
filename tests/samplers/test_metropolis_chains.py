"""What holds for every method that moves chains: neither stretches nor threads change a bit, and no draw leaves the support."""

import numpy as np
import pytest

from statsim import GaussianMixture, metrics, testing
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError, TargetError
from statsim.samplers.metropolis.affine_invariant import AffineInvariant
from statsim.samplers.metropolis.elliptical_slice import EllipticalSlice
from statsim.samplers.hamiltonian.hmc import HMC
from statsim.samplers.metropolis.independence import Independence
from statsim.samplers.hamiltonian.mala import MALA
from statsim.samplers.metropolis.random_walk import RandomWalk
from statsim.samplers.sampling import sample
from statsim.samplers.metropolis.slice import Slice
from statsim.samplers.targets.target import Target
from tests.samplers.metropolis_targets import SKEWED, TWO_BOXES, normal_target
from tests.samplers.one_step import advance, chain_of


def normal_model(mean, covariance):
    return GaussianMixture.from_parameters(weights=[1.0], means=[mean], covariances=[covariance])


METHODS = {
    "RandomWalk": RandomWalk(adapt="always"),
    "RandomWalk diag": RandomWalk(covariance="diag"),
    "HMC": HMC(),
    "MALA dense": MALA(metric="dense"),
    "Slice": Slice(),
    "EllipticalSlice": EllipticalSlice(),
    "AffineInvariant": AffineInvariant(walkers=6),
    "Independence": Independence(normal_model([3.0, 3.0], [[9.0, 6.0], [6.0, 9.0]])),
}
SD = np.array([0.1, 1.0, 10.0])
COVARIANCE = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.3], [0.0, 0.3, 1.0]]) * np.outer(SD, SD)
KNOWN = {
    "HMC": HMC(),
    "HMC n_steps": HMC(n_steps=5, metric="dense"),
    "MALA": MALA(metric="dense"),
    "Slice": Slice(sweeps_per_draw=2),
    "EllipticalSlice": EllipticalSlice(),
    "EllipticalSlice with a prior": EllipticalSlice(mean=[0.1, 1.0, 2.0], covariance=2.0 * SD**2),
    "AffineInvariant": AffineInvariant(walkers=8),
    "Independence": Independence(normal_model([0.0, 0.0, 0.0], 1.5 * COVARIANCE)),
}


def in_stretches(method, lengths, warmup):
    """Values and statistics of one chain advanced in these stretches, `warmup` of the iterations being warm-up."""
    chain = chain_of(method, SKEWED, 1)
    chain.initial[:] = np.array([SKEWED.unconstrain(x) for x in _starts(method)[: method.lanes]])
    method.begin(chain, warmup=warmup)
    parts, done, edges = [], 0, method.edges(warmup)
    for n in lengths:
        if done == warmup:
            method.end_warmup(chain)
        parts.append(advance(chain, method, n, warming=done < warmup))
        done += n
        if done in edges and done <= warmup:
            method.at_edge(chain, done, warmup=warmup)
    values, stats = zip(*parts, strict=True)
    return np.concatenate(values, axis=1), np.concatenate(stats, axis=1), chain.state


@pytest.mark.parametrize("name", METHODS)
def test_stretches_change_nothing(name):
    method, warmup = METHODS[name], 160
    edges = sorted({0, warmup, warmup + 100, *method.edges(warmup)})
    whole = in_stretches(method, np.diff(edges), warmup)
    cuts = sorted({*edges, 1, 2, 9, 64, 65, 70, 131, 161, 170, 200})
    pieces = in_stretches(method, np.diff(cuts), warmup)
    assert whole[0].tobytes() == pieces[0].tobytes()
    np.testing.assert_array_equal(whole[1], pieces[1])
    for key, array in whole[2].items():
        np.testing.assert_array_equal(array, pieces[2][key], err_msg=key)


@pytest.mark.parametrize("name", METHODS)
def test_threads_change_nothing_and_draws_stay_inside(name):
    one, four = (sample(SKEWED, METHODS[name], draws=50, warmup=100, rng=5, num_threads=n, diagnose=False, initial=_starts(METHODS[name])) for n in (1, 4))
    assert one.values.tobytes() == four.values.tobytes()
    assert (one.values[..., 0] > 0).all() and (one.values[..., 1] > 1.0).all()
    assert set(one.stats) >= {"log_density", "acceptance"} and {"n_evaluations", "n_gradients"} & set(one.stats)
    x = one.values.reshape(-1, 2)
    np.testing.assert_allclose(one.stats["log_density"].ravel(), SKEWED.log_density(x), rtol=1e-9, atol=1e-9)


def _starts(method):
    """(4 lanes, 2), each a place of its own."""
    return np.column_stack([np.linspace(1.0, 3.0, 4 * method.lanes), np.linspace(1.5, 2.5, 4 * method.lanes) ** 2])


@pytest.mark.parametrize("name", KNOWN)
def test_a_normal_of_known_moments(name):
    draws = sample(normal_target(COVARIANCE), KNOWN[name], draws=1500, rng=6, diagnose=False)
    x = draws.values / SD
    sizes = [size(x[..., i]) for size in (metrics.ess_mean, metrics.ess_sd) for i in range(3)]
    assert min(sizes) > 400, sizes
    x = x.reshape(-1, 3)
    features = np.column_stack([x, x**2, x[:, 0] * x[:, 1], x[:, 1] * x[:, 2]])
    testing.assert_mean(features, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.5, 0.3], ess=0.7 * min(sizes))


@pytest.mark.parametrize("target_accept", [0.574, 0.9])
def test_langevin_steps_reach_the_acceptance_asked_for(target_accept):
    draws = sample(normal_target(COVARIANCE), MALA(metric="dense", target_accept=target_accept), rng=7)
    assert abs(draws.stats["acceptance"].mean() - target_accept) < 0.03


@pytest.mark.parametrize("method", [Slice(), EllipticalSlice(), AffineInvariant(walkers=4, steps_per_draw=5)], ids=lambda m: m.name)
def test_a_law_with_jumps(method):
    draws = sample(TWO_BOXES, method, draws=3000, rng=4, initial=np.linspace(0.2, 2.8, 4 * method.lanes)[:, None])
    left = (draws.values[:, :, 0] < 1.0).astype(float)
    testing.assert_mean(left.ravel(), 0.5, sd=0.5, ess=0.7 * metrics.ess_mean(left))


@pytest.mark.parametrize("name", [name for name in METHODS if name != "RandomWalk"])
def test_a_target_that_is_wrong_names_point_and_chain(name):
    def both(x, out):
        out[:] = -x
        return float("nan") if abs(x[0]) > 2.2 else -0.5 * x @ x

    with pytest.raises(TargetError, match=r"nan at x = .*chain \d"):
        sample(Target(value_and_gradient=both, dim=2, interpreted=True), METHODS[name], draws=300, warmup=300, rng=0)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (lambda: HMC(trajectory=0.0), "trajectory"),
        (lambda: HMC(jitter=1.5), "jitter"),
        (lambda: MALA(target_accept=0.0), "target_accept"),
        (lambda: Slice(width=-1.0), "width"),
        (lambda: EllipticalSlice(mean=[0.0]), "covariance"),
        (lambda: EllipticalSlice(mean=[0.0, 0.0], covariance=[[1.0, 2.0], [2.0, 1.0]]), "positive definite"),
        (lambda: AffineInvariant(walkers=7), "even, got 7"),
        (lambda: AffineInvariant(stretch=1.0), "stretch"),
    ],
)
def test_refuses(wrong, match):
    with pytest.raises(ArgumentError, match=match):
        wrong()


def test_independence_begins_at_its_proposals():
    narrow = Target(lambda x: 0.0 if 10.0 < x[0] < 11.0 else -np.inf, dim=1, interpreted=True)
    draws = sample(narrow, Independence(normal_model([10.5], [[0.25]])), draws=200, warmup=0, chains=2, rng=0, diagnose=False)
    assert 10.0 < draws.values.min() < draws.values.max() < 11.0


def test_two_equal_walkers_are_refused():
    with pytest.raises(ArgumentError, match="place of its own"):
        sample(TWO_BOXES, AffineInvariant(walkers=2), rng=0, initial=[0.5])


def test_refuses_what_does_not_fit_the_target():
    with pytest.raises(ArgumentTypeError, match=r"sample\(\) and score_samples\(\)"):
        Independence(np.zeros(2))
    with pytest.raises(ArgumentError, match="proposal draws"):
        sample(SKEWED, Independence(normal_model([0.0], [[1.0]])), rng=0, initial=[2.0, 2.0])
    with pytest.raises(SamplerError, match="-inf at 100 proposals"):
        sample(TWO_BOXES, Independence(normal_model([99.0], [[1.0]])), rng=0, initial=[0.5])
    with pytest.raises(ArgumentError, match="at least twice the 3 coordinates"):
        sample(normal_target(COVARIANCE), AffineInvariant(walkers=4), rng=0)
    with pytest.raises(ArgumentError, match="place of its own"):
        sample(SKEWED, AffineInvariant(walkers=6), rng=0, initial=[2.0, 2.0])
    with pytest.raises(ArgumentError, match="mean has 1 coordinates"):
        sample(SKEWED, EllipticalSlice(mean=[0.0], covariance=[1.0]), rng=0, initial=[2.0, 2.0])
