"""One transition of NUTS from exact draws gives exact draws: at depth one, at the edge of stability, under every metric."""

import numpy as np
import pytest
from scipy import stats

from statsim import testing
from statsim.kernels.hamiltonian.metric import DENSE, DIAGONAL, LOW_RANK, whiten_gradient
from statsim.kernels.hamiltonian.nuts import work_space
from statsim.kernels.hamiltonian.nuts_tree import nuts_transition
from statsim.kernels.targets.evaluate import value_at
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.testing.follows import judge_follows
from statsim.testing.verdict import ALPHA, settle, together
from tests.samplers import known, known_answers
from tests.samplers.one_step import advance, chain_of

N = 20_000
COVARIANCE = np.array([[1.0, 0.8], [0.8, 1.5]])
DIRECTION = np.array([0.6, -0.8])
UNIT = (DIAGONAL, np.ones(2), np.zeros((0, 2)))
METRICS = {
    "unit": None,
    "diag": (DIAGONAL, np.array([0.4, 1.7]), np.zeros((0, 2))),
    "dense": (DENSE, np.ones(2), np.ascontiguousarray(np.array([[1.2, 0.0], [-0.7, 0.6]]).T)),
    "low_rank": (LOW_RANK, np.array([0.7, 1.6]), np.array([DIRECTION, [2.5, 1.0]])),
}


def transitions(target, starts, *, step, seed, metric=None, max_depth=10):
    """One transition of the method from each of `starts` (n, reals): points (n, dim), and their log densities (n,)."""
    method = NUTS(metric="unit", step_size=step, adapt_step=False, max_depth=max_depth)
    chain = chain_of(method, target, seed)
    method.begin(chain, warmup=0)
    state = chain.state
    if metric is not None:
        state["kind"][0], state["scale"], state["factor"] = metric
    reached, log_density = np.empty((len(starts), target.dim)), np.empty(len(starts))
    for i, start in enumerate(starts):
        state["point"][0] = start
        state["numbers"][1] = value_at(chain.context, state["point"][0], state["point"][1], True)
        values, statistics = advance(chain, method, 1)
        reached[i], log_density[i] = values[0, 0], statistics[0, 0, 0]
    return reached, log_density


def assert_laws(*pairs):
    """Each sample follows its distribution function: one assertion, which finds an error of 0.041 in any of them."""
    share = ALPHA / len(pairs)
    settle(together("exact draws after one transition", [judge_follows(x, cdf, alpha=share, detects=0.041) for x, cdf in pairs], ALPHA))


def assert_exact(reached, log_density):
    """Draws of the normal with COVARIANCE: both independent coordinates, and the log density."""
    z = np.linalg.solve(np.linalg.cholesky(COVARIANCE), reached.T)
    assert_laws((z[0], stats.norm.cdf), (z[1], stats.norm.cdf), (-2.0 * log_density, stats.chi2(2).cdf))


@pytest.mark.parametrize(
    ("metric", "step", "max_depth"), [("unit", 0.9, 1), ("unit", 0.9, 10), ("diag", 0.8, 10), ("dense", 0.9, 10), ("low_rank", 0.4, 10)]
)
def test_a_correlated_normal_stays(metric, step, max_depth, rng, seed):
    starts = known.exact_normal(rng, np.zeros(2), COVARIANCE, N)
    target = known.normal_target(np.zeros(2), COVARIANCE)
    assert_exact(*transitions(target, starts, step=step, seed=seed, metric=METRICS[metric], max_depth=max_depth))


@pytest.mark.parametrize("max_depth", [1, 5])
def test_a_unit_normal_stays_at_the_edge_of_stability(max_depth, rng, seed):
    reached, log_density = transitions(
        known_answers.scaled_normal(np.ones(3)), rng.normal(size=(N, 3)), step=1.9, seed=seed, max_depth=max_depth
    )
    assert_laws((reached[:, 0], stats.norm.cdf), (-2.0 * log_density, stats.chi2(3).cdf))


def test_a_bent_target_stays(rng, seed):
    banana = known_answers.Banana()
    reached, log_density = transitions(banana.target, banana.draw(rng, N), step=0.5, seed=seed)
    assert_laws((reached[:, 0], stats.norm.cdf), (reached[:, 1], banana.cdf), (-2.0 * log_density, stats.chi2(2).cdf))


def test_a_constrained_target_stays(rng, seed):
    weights = np.array([1.2, 2.0, 0.8])
    target = known_answers.dirichlet(weights)
    starts = [target.unconstrain(x) for x in rng.dirichlet(weights, size=N)]
    reached, _ = transitions(target, starts, step=1.1, seed=seed)
    assert_laws(*((reached[:, i], law.cdf) for i, law in enumerate(known_answers.dirichlet_laws(weights))))


def broken(starts, rng, seed, *, momenta, step, metric=UNIT, weight=0.0):
    """Transitions of the same kernel with these momenta (n, 2), the start counted e^weight times too often."""
    target = known.normal_target(np.zeros(2), COVARIANCE)
    context, random = target.context(), chain_of(NUTS(), target, seed).random
    (y, p, gradient, h), log_density, tree, scratch, tally = work_space(2, 10)
    reached, values = np.empty((len(starts), 2)), np.empty(len(starts))
    for i, start in enumerate(starts):
        y[0], p[0] = start, momenta[i]
        value = value_at(context, y[0], gradient[0], True)
        whiten_gradient(metric, gradient[0], h[0])
        log_density[0] = value + weight
        row, _, _ = nuts_transition(context, metric, step, (y, p, gradient, h), log_density, tree, 10, random, scratch, tally)
        reached[i], values[i] = y[row], log_density[row] if row else value
    return reached, values


@pytest.mark.parametrize("mistake", ["momentum not quite renewed", "momentum without the metric", "start counted twice"])
def test_a_broken_transition_is_noticed(mistake, rng, seed):
    starts, momenta = known.exact_normal(rng, np.zeros(2), COVARIANCE, N), rng.normal(size=(N, 2))
    metric, weight = UNIT, 0.0
    if mistake == "momentum not quite renewed":
        momenta *= 0.85
    elif mistake == "momentum without the metric":  # drawn with covariance (L L^T)^-1, as if the kinetic energy knew of L
        metric = METRICS["dense"]
        momenta = np.linalg.solve(metric[2], momenta.T).T
    else:
        weight = np.log(2.0)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        assert_exact(*broken(starts, rng, seed, momenta=momenta, step=0.9, metric=metric, weight=weight))


def test_the_unbroken_twin_passes(rng, seed):
    starts, momenta = known.exact_normal(rng, np.zeros(2), COVARIANCE, N), rng.normal(size=(N, 2))
    with testing.Budget():
        assert_exact(*broken(starts, rng, seed, momenta=momenta, step=0.9, metric=METRICS["dense"]))
