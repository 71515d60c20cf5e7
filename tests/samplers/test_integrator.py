"""The leapfrog integrator: order two, reversible, volume-preserving, under every metric."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim.kernels.hamiltonian.leapfrog import leapfrog, sum_of_squares
from statsim.kernels.hamiltonian.metric import DENSE, DIAGONAL, LOW_RANK, move, whiten_gradient
from tests.samplers import known

DIRECTION = np.array([0.6, -0.8])
METRICS = {
    "diag": (DIAGONAL, np.array([0.7, 1.6]), np.zeros((0, 2))),
    "dense": (DENSE, np.ones(2), np.ascontiguousarray(np.array([[0.9, 0.0], [0.5, 1.3]]).T)),
    "low_rank": (LOW_RANK, np.array([0.7, 1.6]), np.array([DIRECTION, [2.5, 1.0]])),
}
MATRIX = {
    "diag": np.diag([0.7, 1.6]),
    "dense": np.array([[0.9, 0.0], [0.5, 1.3]]),
    "low_rank": np.diag([0.7, 1.6]) @ (np.eye(2) + 1.5 * np.outer(DIRECTION, DIRECTION)),
}


@pytest.fixture(params=METRICS)
def name(request):
    return request.param


def integrate(name, y, p, step, n, target=None):
    """(y, p, log joint) after n steps."""
    context = (target or known.quartic_target()).context()
    pool, log_density, scratch = tuple(np.zeros((2, 2)) for _ in range(4)), np.zeros(2), np.zeros(2)
    pool[0][0], pool[1][0], pool[2][0] = y, p, known.quartic_gradient(y)
    whiten_gradient(METRICS[name], pool[2][0], pool[3][0])
    joint = known.quartic(y) - 0.5 * p @ p
    for k in range(n):
        joint = leapfrog(context, METRICS[name], step, pool, log_density, k % 2, (k + 1) % 2, scratch)
    return pool[0][n % 2].copy(), pool[1][n % 2].copy(), joint


def test_a_metric_is_a_matrix_and_its_transpose(name):
    gradient, momentum, y = np.array([0.3, -2.0]), np.array([1.1, 0.4]), np.array([5.0, 7.0])
    h, out, scratch = np.zeros(2), np.zeros(2), np.zeros(2)
    whiten_gradient(METRICS[name], gradient, h)
    move(METRICS[name], 0.25, momentum, y, scratch, out)
    assert_allclose(h, MATRIX[name].T @ gradient, rtol=1e-14)
    assert_allclose(out, y + 0.25 * MATRIX[name] @ momentum, rtol=1e-14)


@pytest.mark.parametrize("d", [1, 2, 3, 4, 5, 7, 8, 31])
def test_products_have_no_edge(d, rng):
    L, vector = np.tril(rng.normal(size=(d, d))), rng.normal(size=d)
    metric, h, out, scratch = (DENSE, np.ones(d), np.ascontiguousarray(L.T)), np.zeros(d), np.zeros(d), np.zeros(d)
    whiten_gradient(metric, vector, h)
    move(metric, 1.0, vector, np.zeros(d), scratch, out)
    assert_allclose(h, L.T @ vector, rtol=1e-12, atol=1e-12)
    assert_allclose(out, L @ vector, rtol=1e-12, atol=1e-12)
    assert_allclose(sum_of_squares(vector), vector @ vector, rtol=1e-12)


def test_the_energy_error_is_of_second_order(name):
    y, p = np.array([0.9, -0.4]), np.array([0.5, 1.1])
    before = known.quartic(y) - 0.5 * p @ p
    counts = np.array([32, 64, 128, 256, 512])
    errors = [abs(integrate(name, y, p, 0.9 / n, n)[2] - before) for n in counts]
    slope = -np.polyfit(np.log(counts), np.log(errors), 1)[0]
    assert abs(slope - 2) < 0.05


def test_there_and_back(name):
    y, p = np.array([0.9, -0.4]), np.array([0.5, 1.1])
    there = integrate(name, y, p, 0.1, 40)
    back = integrate(name, there[0], -there[1], 0.1, 40)
    assert_allclose(back[0], y, rtol=0, atol=1e-10)
    assert_allclose(-back[1], p, rtol=0, atol=1e-10)


def jacobian(name, damping):
    start, width = np.array([0.9, -0.4, 0.5, 1.1]), 1e-5
    columns = []
    for i in range(4):
        ends = []
        for sign in (1, -1):
            z = start.copy()
            z[i] += sign * width
            y, p, _ = integrate(name, z[:2], z[2:], 0.2, 10)
            ends.append(np.concatenate([y, damping * p]))
        columns.append((ends[0] - ends[1]) / (2 * width))
    return np.linalg.det(np.array(columns).T)


def test_volume_is_kept(name):
    assert abs(jacobian(name, 1.0) - 1) < 1e-6
    assert abs(jacobian(name, 1.001) - 1) > 1e-4
