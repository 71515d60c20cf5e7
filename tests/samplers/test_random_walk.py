"""The adaptive random walk: its step against the slow twin, invariance, adaptation, and what it refuses."""

import numpy as np
import pytest

from statsim import metrics, testing
from statsim.errors import ArgumentError, TargetError
from statsim.samplers.metropolis.random_walk import RandomWalk
from statsim.samplers.sampling import sample
from statsim.samplers.targets.target import Target
from tests.reference import metropolis as twin
from tests.samplers.metropolis_targets import SKEWED, TWO_BOXES, normal_target
from tests.samplers.one_step import advance, chain_of, transitions

LAW = twin.Skewed()
FACTOR = np.array([[0.7, 0.0], [0.5, 1.1]])
FIXED = RandomWalk(scale=0.9, adapt=False, steps_per_draw=1)


def correlated(chain):
    chain.state["factor"][:] = FACTOR.T


def test_steps_are_those_of_the_slow_twin():
    start = np.array([0.5, 1.5])
    chain = chain_of(FIXED, SKEWED, 3)
    chain.initial = start[None]
    FIXED.begin(chain, warmup=0)
    correlated(chain)
    values, stats = advance(chain, FIXED, 300)
    stream, y = twin.Stream(3), start
    for x, row in zip(values[0], stats[0], strict=True):
        y = twin.random_walk_step(LAW.log_density, y, stream, scale=0.9, factor=FACTOR)
        np.testing.assert_allclose(x, [np.exp(y[0]), y[1]], rtol=1e-12)
        np.testing.assert_allclose(row[0], LAW.log_density(y) - y[0], rtol=1e-9, atol=1e-9)  # of x: without the Jacobian


def test_one_step_leaves_exact_draws_exact(rng, seed):
    before = LAW.draw(20_000, rng)
    after = transitions(FIXED, SKEWED, LAW.unconstrained(before), seed=seed, tune=correlated)
    testing.assert_mean(twin.changes(LAW, before, after), 0.0)


@pytest.mark.parametrize("mistake", ["ratio upside down", "edge forgotten", "Jacobian forgotten"])
def test_a_broken_step_is_noticed(mistake, rng, seed):
    before, stream = LAW.draw(20_000, rng), twin.Stream(seed)
    log_density = LAW.log_density if mistake != "Jacobian forgotten" else lambda y: LAW.log_density(y) - y[0]
    step = [twin.random_walk_step(log_density, y, stream, scale=0.9, factor=FACTOR, mistake=mistake) for y in LAW.unconstrained(before)]
    after = np.array(step)
    after[:, 0] = np.exp(after[:, 0])
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(twin.changes(LAW, before, after), 0.0)


def test_adapts_scale_and_covariance_in_warmup_only():
    covariance = np.array([[1.0, 9.0], [9.0, 100.0]])
    draws = sample(normal_target(covariance), RandomWalk(), draws=2000, rng=1, keep_warmup=True)
    steps = draws.stats["step_size"]
    assert np.ptp(steps, axis=1).max() == 0.0 and np.ptp(draws.warmup.stats["step_size"], axis=1).min() > 0.0
    assert abs(draws.stats["acceptance"].mean() - (0.234 + 0.206 / 2)) < 0.03
    x = draws.values
    sizes = [metrics.ess_mean(x[..., i]) for i in range(2)] + [metrics.ess_sd(x[..., i]) for i in range(2)]
    assert min(sizes) > 1000
    x = x.reshape(-1, 2) / [1.0, 10.0]
    testing.assert_mean(np.column_stack([x, x**2, x[:, 0] * x[:, 1]]), [0.0, 0.0, 1.0, 1.0, 0.9], ess=0.5 * min(sizes))


def test_the_shape_of_the_target_is_learned():
    covariance = np.array([[1.0, 9.0], [9.0, 100.0]])
    method = RandomWalk()
    chain = chain_of(method, normal_target(covariance), 5)
    method.begin(chain, warmup=4000)
    advance(chain, method, 4000, warming=True)
    learned = chain.state["factor"].T @ chain.state["factor"]
    assert np.abs(learned / covariance - 1.0).max() < 0.25
    advance(chain, method, 10)
    assert (chain.state["factor"].T @ chain.state["factor"] == learned).all()


def test_always_goes_on_adapting_and_less_and_less():
    method = RandomWalk(adapt="always", steps_per_draw=2)
    draws = sample(normal_target(np.eye(2)), method, draws=4000, rng=2)
    moves = np.abs(np.diff(np.log(draws.stats["step_size"]), axis=1))
    assert (moves[:, -500:].mean() > 0.0) and moves[:, -500:].mean() < 0.6 * moves[:, :500].mean()


@pytest.mark.parametrize("covariance", ["full", "diag", "unit"])
def test_every_shape_draws_a_law_with_a_jump(covariance):
    draws = sample(TWO_BOXES, RandomWalk(covariance=covariance, steps_per_draw=20), draws=3000, rng=4, initial=[0.5])
    left = (draws.values[:, :, 0] < 1.0).astype(float)
    testing.assert_mean(left.ravel(), 0.5, sd=0.5, ess=metrics.ess_mean(left))


def test_a_target_that_is_wrong_names_point_and_chain():
    def log_density(x):
        return float("nan") if abs(x[0]) > 2.5 else 0.0

    with pytest.raises(TargetError, match=r"nan at x = .*chain \d"):
        sample(Target(log_density, dim=1, interpreted=True), RandomWalk(), rng=0)


@pytest.mark.parametrize(
    "wrong", [{"scale": 0.0}, {"target_accept": 1.5}, {"adapt": True}, {"adapt": "never"}, {"covariance": "dense"}, {"steps_per_draw": 0}]
)
def test_refuses(wrong):
    with pytest.raises(ArgumentError, match=next(iter(wrong))):
        RandomWalk(**wrong)
