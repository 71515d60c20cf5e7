"""Simulation-based calibration of NUTS, short form; the long one is part `calibration` of tests/nightly/run.py."""

import numpy as np
import pytest

from statsim import testing
from statsim.samplers.hamiltonian.nuts import NUTS
from tests.samplers.calibration import KEPT, QUANTITIES, assert_calibrated, chain_draws, prior, ranks


def test_nuts_is_calibrated(rng):
    assert_calibrated(ranks(chain_draws(NUTS()), 250, rng))


def test_a_sampler_that_returns_the_prior_fails_by_the_log_likelihood(rng):
    found = ranks(lambda y, rng: prior(rng, KEPT), 250, rng)
    with testing.Budget():
        assert_calibrated(found, quantities=QUANTITIES[:2])
        with pytest.raises(testing.StatisticalAssertionError, match="log-likelihood"):
            assert_calibrated(found)


def test_a_sampler_that_counts_the_data_twice_fails(rng):
    draw = chain_draws(NUTS())
    found = ranks(lambda y, rng: draw(np.concatenate([y, y]), rng), 250, rng)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        assert_calibrated(found)
