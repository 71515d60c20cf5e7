"""`sample(model.where(...), method)` end to end: exact by rejection, probabilities by importance, what spends its budget."""

import math

import numpy as np
import pytest

from statsim import testing
from statsim.errors import ArgumentError, SamplerError
from statsim.samplers.rejection.rejection import Rejection
from statsim.samplers.sampling import sample
from tests.models.restricted_cases import CASES, PLANE, features
from tests.reference.truncated_normal import log_interval


@pytest.mark.parametrize("name", ["triangle", "plane and bound"])
def test_rejection_is_the_default_and_exact(name):
    case = CASES[name]
    draws = sample(case.restricted(), draws=8000, rng=1)
    assert isinstance(draws.method, Rejection) and draws.values.shape[:2] == (1, 8000)
    assert 0.0 < draws.acceptance.rate <= 1.0 and draws.acceptance.standard_error < 0.05
    testing.assert_mean(features(draws.values[0]), case.truth()[0])


def test_acceptance_of_a_predicate_is_its_probability():
    draws = sample(PLANE.where(lambda X: X[:, 0] > 1.0), draws=4000, rng=3, num_threads=2)
    truth = sum(w * math.exp(log_interval((1.0 - m[0]) / math.sqrt(S[0][0]), math.inf)) for w, m, S in zip(PLANE.weights_, PLANE.means_, PLANE.covariances_, strict=True))
    assert abs(draws.acceptance.rate - truth) < 6 * draws.acceptance.standard_error
    again = sample(PLANE.where(lambda X: X[:, 0] > 1.0), draws=4000, rng=3, num_threads=1)
    np.testing.assert_array_equal(draws.values, again.values)
    assert draws.values.min(axis=(0, 1))[0] > 1.0


def test_a_predicate_that_never_holds_spends_its_budget():
    with pytest.raises(SamplerError, match="5000 candidates gave 0 of the 10 draws.*loosen the predicate"):
        sample(PLANE.where(lambda X: X[:, 0] > 1e9), Rejection(max_tries=5000), draws=10, rng=0)


def test_weights_need_a_region_that_can_be_described():
    with pytest.raises(ArgumentError, match="a predicate says nothing"):
        PLANE.where(lambda X: X[:, 0] > 0).between()
