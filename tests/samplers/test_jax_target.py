"""Targets written in JAX: value and gradient in float64, in the driver's threads."""

import builtins

import numpy as np
import pytest
from numpy.testing import assert_allclose

from statsim.errors import ArgumentError
from statsim.samplers.chains.run import run_chains
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.targets.target import Target
from tests.samplers import known


def test_value_and_gradient_are_those_of_the_function():
    import jax.numpy as jnp

    def f(y, A):
        return -0.5 * y @ A @ y - 0.1 * jnp.sum(y**4)

    target = Target.from_jax(f, dim=2, data=[known.QUARTIC])
    y = np.array([0.3, -1.7])
    value, gradient = target.value_and_gradient(y)
    assert_allclose(value, known.quartic(y), rtol=1e-14)
    assert_allclose(gradient, known.quartic_gradient(y), rtol=1e-13)
    assert target.check_gradient() < 1e-6
    jax_draws = run_chains(target, NUTS(), chains=2, warmup=40, draws=20, rng=3).values
    numba_draws = run_chains(known.quartic_target(), NUTS(), chains=2, warmup=40, draws=20, rng=3).values
    assert_allclose(jax_draws[:, :3], numba_draws[:, :3], rtol=1e-5)


def test_without_jax_the_message_says_how_to_get_it(monkeypatch):
    real = builtins.__import__

    def without(name, *args, **options):
        if name.split(".")[0] == "jax":
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ArgumentError, match=r"needs JAX.*pip install"):
        Target.from_jax(lambda x: 0.0, dim=1)
