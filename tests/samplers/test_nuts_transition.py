"""One transition of NUTS against the recursion of the paper with every choice enumerated."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim import testing
from statsim.kernels.hamiltonian.leapfrog import sum_of_squares
from statsim.kernels.hamiltonian.nuts import work_space
from statsim.kernels.hamiltonian.nuts_tree import grow, nuts_transition
from statsim.kernels.streams import seed_block
from tests.reference import nuts as twin
from tests.samplers import known

UNIT = (0, np.ones(2), np.zeros((0, 2)))


def orbit_of(y, p, step, reach):
    return twin.orbit(step, y, p, known.quartic_gradient, known.quartic, reach)


def begin(y, p, max_depth):
    context = known.quartic_target().context()
    work = work_space(2, max_depth)
    pool, log_density, _, _, _ = work
    pool[0][0], pool[1][0], pool[2][0] = y, p, known.quartic_gradient(y)
    pool[3][0], log_density[0] = pool[2][0], known.quartic(y)
    return context, work


@pytest.mark.parametrize("step", [0.1, 0.4, -0.4])
@pytest.mark.parametrize("depth", [0, 1, 2, 3, 4])
def test_a_subtree_is_that_of_the_recursion(step, depth, rng):
    random = np.empty(4, np.uint64)
    seed_block(1, 2, 3, random)
    straight = 0
    for _ in range(40):
        y, p = rng.normal(size=2), rng.normal(size=2)
        _, momenta, joint = orbit_of(y, p, abs(step), 2**depth)
        origin, direction = 2**depth, 1 if step > 0 else -1
        expected = twin.subtree(momenta, joint, origin + direction, direction, depth, joint[origin] - 1000)
        context, (pool, log_density, tree, scratch, tally) = begin(y, p, 5)
        tree[3][0] = 1
        energy = log_density[0] - 0.5 * sum_of_squares(pool[1][0])
        grown = grow(context, UNIT, step, pool, log_density, tree, 0, depth, energy, random, scratch, tally)
        assert grown == (expected is not None)
        if grown:
            straight += 1
            numbers = expected[0]
            assert tally[0] == len(numbers)
            assert_allclose(tree[2][0], np.exp(joint[numbers] - joint[origin]).sum(), rtol=1e-11)
            if depth > 0:
                assert_allclose(tree[1][0], momenta[numbers].sum(axis=0), rtol=1e-10, atol=1e-10)
            assert_allclose(pool[0][tree[0][0, 1]], orbit_of(y, p, abs(step), 2**depth)[0][numbers[-1]], rtol=1e-9)
    assert straight > 0 or abs(step) * 2**depth > 2


@pytest.mark.parametrize("max_depth", [1, 2, 3])
def test_the_transition_has_the_law_of_the_recursion(max_depth):
    y, p, step, n = np.array([0.77, 1.26]), np.array([-2.6, -0.1]), 0.5, 40_000
    positions, momenta, joint = orbit_of(y, p, step, 8)
    law = twin.transition(momenta, joint, 8, max_depth)
    context, (pool, log_density, tree, scratch, tally) = begin(y, p, max_depth)
    random, seen = np.empty(4, np.uint64), np.empty(n, int)
    seed_block(11, max_depth, 0, random)
    present, value = [part[0].copy() for part in pool], log_density[0]
    for i in range(n):
        log_density[0] = value
        for part, kept in zip(pool, present, strict=True):
            part[0] = kept  # row 0 is lent out once nothing holds it
        row, _, _ = nuts_transition(context, UNIT, step, pool, log_density, tree, max_depth, random, scratch, tally)
        seen[i] = np.argmin(np.abs(positions - pool[0][row]).sum(axis=1))
    testing.assert_follows(seen, law, detects=0.05)
    with pytest.raises(testing.StatisticalAssertionError):  # the broken twin: always moves to the new half
        testing.assert_follows(seen, twin.transition(momenta, joint, 8, max_depth, biased=False))


def leaks(max_depth, **broken):
    """Largest |sum_i pi_i P(i, j) - pi_j| relative to pi_j over several orbits."""
    worst, reach = 0.0, 2**max_depth
    for seed in range(6):
        rng = np.random.default_rng(seed)
        _, momenta, joint = orbit_of(rng.normal(size=2), rng.normal(size=2), 0.45, 3 * reach)
        middle, weights = 3 * reach, np.exp(joint)
        flow = sum(
            weights[i] * twin.transition(momenta, joint, i, max_depth, **broken).get(middle, 0.0)
            for i in range(middle - reach, middle + reach + 1)
        )
        worst = max(worst, abs(flow / weights[middle] - 1))
    return worst


@pytest.mark.parametrize("max_depth", [1, 2, 3, 4])
def test_the_recursion_leaves_the_target_alone(max_depth):
    assert leaks(max_depth) < 1e-12


@pytest.mark.parametrize("broken", [{"biased": False}, {"look": False}])
def test_a_broken_recursion_does_not(broken):
    assert leaks(4, **broken) > 1e-3
