"""Transforms of constrained parameters: inverse, Jacobian and gradient against numerical differentiation."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim.kernels.targets.transforms import constrain, is_inside, pull_back, unconstrain
from statsim.samplers.supports import Bounded, CorrelationCholesky, Ordered, Positive, Real, Simplex, support_tables

# the coordinates of x that are free, of which the density is
SUPPORTS = {
    "positive": ([Positive(3)], [0, 1, 2]),
    "lower": ([Bounded(low=-2.5, size=2)], [0, 1]),
    "upper": ([Bounded(high=7.0, size=2)], [0, 1]),
    "interval": ([Bounded(low=[-1.0, 10.0], high=[1.0, 11.5], size=2)], [0, 1]),
    "ordered": ([Ordered(4)], [0, 1, 2, 3]),
    "simplex": ([Simplex(4)], [0, 1, 2]),
    "simplex of two": ([Simplex(2)], [0]),
    "correlation": ([CorrelationCholesky(4)], [4, 8, 9, 12, 13, 14]),
    "mixed": ([Real(2), Positive(), Simplex(3), Ordered(2)], [0, 1, 2, 3, 4, 6, 7]),
}


@pytest.fixture(params=SUPPORTS)
def case(request):
    sets, free = SUPPORTS[request.param]
    dim = sum(part.size for part in sets)
    return *support_tables(sets, dim), dim, np.array(free)


def point(case, y):
    blocks, low, high, _, dim, _ = case
    x = np.empty(dim)
    return x, constrain(blocks, low, high, y, x)


@pytest.mark.parametrize("spread", [0.1, 1.0, 3.0])
def test_there_and_back(case, spread, rng):
    blocks, low, high, size, _, _ = case
    for _ in range(20):
        y = spread * rng.normal(size=size)
        x, _ = point(case, y)
        assert is_inside(blocks, low, high, x)
        back = np.empty(size)
        unconstrain(blocks, low, high, x, back)
        assert_allclose(back, y, rtol=1e-6, atol=1e-7)


def derivative(case, y, function):
    width = 1e-5
    columns = []
    for i in range(len(y)):
        above, below = y.copy(), y.copy()
        above[i] += width
        below[i] -= width
        columns.append((function(above) - function(below)) / (2 * width))
    return np.array(columns).T


def test_the_jacobian_is_that_of_the_free_coordinates(case, rng):
    free = case[-1]
    for _ in range(10):
        y = rng.normal(size=case[3])
        matrix = derivative(case, y, lambda z: point(case, z)[0][free])
        assert_allclose(point(case, y)[1], np.linalg.slogdet(matrix)[1], rtol=1e-6, atol=1e-6)


def test_the_gradient_is_pulled_back(case, rng):
    blocks, low, high, size, dim, _ = case
    a, b = rng.normal(size=dim), rng.normal(size=(dim, dim))

    def f(y):
        x, jacobian = point(case, y)
        return a @ x + 0.5 * x @ b @ x + jacobian

    for _ in range(10):
        y = rng.normal(size=size)
        x, _ = point(case, y)
        out = np.empty(size)
        pull_back(blocks, low, high, y, x, a + 0.5 * (b + b.T) @ x, out)
        assert_allclose(out, derivative(case, y, f), rtol=1e-5, atol=1e-6)


def test_far_out_nothing_breaks(case):
    blocks, low, high, size, dim, _ = case
    for reach in (-800.0, -40.0, 40.0, 800.0):
        x, jacobian = point(case, np.full(size, reach))
        assert not np.isnan(x).any()
        assert not np.isnan(jacobian)


def test_what_lies_outside_is_known():
    for sets, outside in (
        ([Positive(2)], [1.0, 0.0]),
        ([Bounded(low=0.0, high=1.0)], [1.0]),
        ([Ordered(2)], [1.0, 1.0]),
        ([Simplex(2)], [0.7, 0.4]),
        ([Simplex(2)], [1.0, 0.0]),
        ([CorrelationCholesky(2)], [1.0, 0.0, 0.9, 0.9]),
        ([Positive()], [np.inf]),
    ):
        blocks, low, high, _ = support_tables(sets, len(outside))
        assert not is_inside(blocks, low, high, np.array(outside))
