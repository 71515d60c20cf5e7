"""What a run holds at its peak, the default diagnosis included, beside the draws it returns."""

import tracemalloc

import numpy as np
import pytest

from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.metropolis.random_walk import RandomWalk
from statsim.samplers.sampling import sample
from tests.samplers import known

DIM, CHAINS, DRAWS = 10, 4, 500_000


@pytest.mark.parametrize("method", [NUTS(), RandomWalk()], ids=lambda method: method.name)
def test_a_long_run_holds_less_than_a_third_more_than_its_draws(method):
    target = known.normal_target(np.zeros(DIM), np.eye(DIM))
    sample(target, method, chains=CHAINS, draws=1000, rng=0)  # compiled before memory is measured
    tracemalloc.start()
    draws = sample(target, method, chains=CHAINS, draws=DRAWS, rng=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert draws.values.shape == (CHAINS, DRAWS, DIM)
    assert draws.values.nbytes < peak < 1.3 * draws.values.nbytes
