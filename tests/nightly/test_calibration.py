"""Simulation-based calibration with 1000 replications; the seed is printed by the command that runs this."""

import os

import numpy as np
import pytest

from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.metropolis.random_walk import RandomWalk
from tests.samplers.calibration import assert_calibrated, chain_draws, ranks

ENTROPY = int(os.environ["STATSIM_NIGHTLY_ENTROPY"])
METHODS = {
    "diag": NUTS(),
    "dense": NUTS(metric="dense"),
    "low_rank": NUTS(metric="low_rank"),
    "random walk": RandomWalk(steps_per_draw=20),
}


@pytest.mark.parametrize("name", METHODS)
def test_ranks_are_uniform(name):
    rng = np.random.default_rng([ENTROPY, list(METHODS).index(name)])
    verdict = assert_calibrated(ranks(chain_draws(METHODS[name]), 1000, rng))
    print(f"\n{name}: {verdict.message}")
