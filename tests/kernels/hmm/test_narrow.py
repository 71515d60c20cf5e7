"""Rows in registers inside a kernel: the same doubles as by the calls from Python, for every number of states and columns."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from statsim.kernels.hmm.forward import forward
from statsim.kernels.hmm.posterior.narrow import forward_in_registers, relative_density_in_registers


@pytest.mark.parametrize("k", range(1, 10))
def test_the_filter_is_the_one_called_from_python(k, rng):
    n, offsets = 40, np.array([0, 15, 40])
    b, highest = rng.uniform(0.1, 1.0, (n, k)), rng.normal(size=n)
    start, moves = rng.dirichlet(np.ones(k)), rng.dirichlet(np.ones(k), k)
    found = [(np.empty((n, k)), np.empty(n), np.empty(2), np.empty(2, np.int64)) for _ in range(2)]
    forward(b, highest, offsets, start, moves, False, *found[0])
    forward_in_registers(b, highest, offsets, start, moves.ravel(), False, *found[1])
    for one, other in zip(*found, strict=True):
        assert_array_equal(one, other)


@pytest.mark.parametrize("d", range(1, 6))
def test_densities_are_scipys(d, rng):
    n, k = 70, 3
    X, means = rng.normal(size=(n, d)), rng.normal(size=(k, d))
    lower = np.tril(rng.normal(size=(k, d, d)) * 0.3) + np.eye(d)
    inverses = np.ascontiguousarray(np.linalg.inv(lower))
    constants = -np.log(np.abs(np.diagonal(lower, axis1=1, axis2=2))).sum(axis=1) - d / 2 * np.log(2 * np.pi)
    b, highest = np.empty((n, k)), np.empty(n)
    relative_density_in_registers(X, means, inverses, constants, b, highest)
    expected = np.column_stack([stats.multivariate_normal(means[c], lower[c] @ lower[c].T).logpdf(X).reshape(n) for c in range(k)])
    assert_allclose(np.log(b) + highest[:, None], expected, rtol=1e-9, atol=1e-9)
