"""Probabilities of regions by importance sampling, against quadrature."""

import math

import numpy as np
import pytest

from statsim.samplers.importance.importance import Importance
from statsim.samplers.sampling import sample
from tests.models.restricted_cases import CASES, PLANE, features


@pytest.mark.parametrize("proposal", ["between", "tilted"])
@pytest.mark.parametrize("name", ["box", "tail", "half plane", "triangle"])
def test_importance_gives_the_probability_of_the_region(name, proposal):
    case = CASES[name]
    restricted = case.restricted()
    draws = sample(restricted, Importance(proposal=getattr(restricted, proposal)()), draws=6000, rng=2)
    truth, probability = case.truth()
    value, error = draws.log_normalizer
    assert error < 0.1
    assert abs(value - math.log(probability)) < 5.5 * error + 1e-9
    assert draws.names == ("x[0]", "x[1]")
    mean, errors = draws.mean(features)
    assert (np.abs(mean - truth) < 6 * errors + 1e-12).all()


def test_importance_that_forgets_the_region_is_found_out():
    case = CASES["box"]
    restricted = PLANE.where(bounds={0: (0.5, 2.0), 1: (None, 0.0)})
    value, error = sample(restricted, Importance(proposal=restricted.between()), draws=6000, rng=2).log_normalizer
    assert abs(value - math.log(case.truth()[1])) > 20 * error
