"""What every emission law owes the hidden Markov model, over all of them."""

import itertools

import numpy as np
import pytest

from statsim import files
from statsim.estimators.climb import DegenerateError
from statsim.models.hmm.emissions import EMISSIONS
from tests.models.hmm.emissions.laws import CASES, assert_same_law, log_densities, posteriors, steps_of, sums_of, with_gaps
from tests.reference import hmm_emissions as twin

LENGTHS = [1, 30, 2, 27]
EVERY = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
GAPPY = pytest.mark.parametrize("case", [case for case in CASES.values() if case.may_miss], ids=[n for n, c in CASES.items() if c.may_miss])


def test_every_law_has_a_case():
    assert {case.law.name for case in CASES.values()} == set(EMISSIONS)


@EVERY
def test_log_densities_are_scipys(case):
    values, offsets = steps_of(case.law, LENGTHS)
    np.testing.assert_allclose(log_densities(case.law, values, offsets), twin.log_densities(case.law, values, offsets), rtol=1e-11, atol=1e-11)


@GAPPY
def test_missing_values_are_integrated_out(case):
    values, offsets = steps_of(case.law, LENGTHS)
    gappy = with_gaps(values, share=0.4)
    gappy[3] = np.nan
    found = log_densities(case.law, gappy, offsets)
    np.testing.assert_allclose(found, twin.log_densities(case.law, gappy, offsets), rtol=1e-11, atol=1e-11)
    np.testing.assert_allclose(found[3], 0.0, rtol=0, atol=1e-15)


@EVERY
def test_a_part_of_the_steps_has_the_densities_of_the_whole(case):
    values, offsets = steps_of(case.law, LENGTHS)
    whole = log_densities(case.law, values, offsets)
    for begin, end in ((0, 1), (1, 31), (20, 40), (59, 60)):
        np.testing.assert_array_equal(log_densities(case.law, values, offsets, begin, end), whole[begin:end])


def grid(case):
    """Every step of a discrete law worth its probability, or a fine grid, and the volume of its cells."""
    d = case.law.shape[1]
    if case.law.dtype is np.int64:
        last = {"poisson": 60, "negative_binomial": 160, "bernoulli": 1, "categorical": 2, "multinomial": 6}[case.law.name]
        points = np.array(list(itertools.product(range(last + 1), repeat=d)), float)
        return (points[points.sum(axis=1) == 6] if case.law.name == "multinomial" else points), 1.0
    axis = np.arange(-25.0, 30.0, 0.25)
    return np.array(list(itertools.product(axis, repeat=d))), 0.25**d


@EVERY
def test_densities_sum_to_one(case):
    points, volume = grid(case)
    if case.law.name == "autoregressive":
        history = np.array([[0.4, 2.0], [-1.0, 3.0]])
        values = np.concatenate([np.broadcast_to(history, (len(points), 2, 2)), points[:, None, :]], axis=1).reshape(-1, 2)
        densities = log_densities(case.law, values, np.arange(0, len(values) + 1, 3))[2::3]
    else:
        densities = log_densities(case.law, points, np.array([0, len(points)]))
    np.testing.assert_allclose(np.exp(densities).sum(axis=0) * volume, 1.0, rtol=0, atol=1e-8)


@EVERY
def test_a_vector_and_a_document_are_the_law_itself(case):
    values, offsets = steps_of(case.law, LENGTHS)
    fitted = case.law.estimate(sums_of(case.law, values, offsets, posteriors(len(values))), 0.0)
    for law in (case.law, fitted):
        assert_same_law(law.unpack(law.pack()), law, rtol=1e-13, atol=1e-300)
        again = EMISSIONS[law.name].from_document(files.parse_document(files.format_document(law.to_document()).encode()))
        assert_same_law(again, law)
    assert case.law.unpack(np.full(len(case.law.pack()), np.nan)) is None
    assert len(case.law.pack()) >= case.law.n_free()


@EVERY
def test_states_change_places_and_move_between_laws(case):
    values, offsets = steps_of(case.law, LENGTHS)
    whole = log_densities(case.law, values, offsets)
    swapped = case.law.reordered(np.array([1, 0]))
    np.testing.assert_array_equal(log_densities(swapped, values, offsets), whole[:, ::-1])
    mixed = log_densities(case.law.with_state(swapped, 0), values, offsets)
    np.testing.assert_array_equal(mixed, whole[:, [1, 1]])
    np.testing.assert_array_equal(swapped.mean(), case.law.mean()[::-1])


@EVERY
def test_pooled_states_are_equal_and_fit_the_steps(case):
    values, offsets = steps_of(case.law, LENGTHS)
    case.template.check_steps(values, "X")
    law = case.template.pooled(values, 3)
    assert law.shape == (3, values.shape[1])
    densities = log_densities(law, values, offsets)
    np.testing.assert_array_equal(densities, densities[:, :1].repeat(3, axis=1))
    own = log_densities(case.law, values, offsets)
    assert densities[:, 0].sum() > own.sum(axis=0).min()


@EVERY
def test_a_weight_of_two_is_the_sequence_twice(case):
    values, offsets = steps_of(case.law, LENGTHS)
    gamma = posteriors(len(values))
    twice = np.concatenate([values, values]), np.concatenate([offsets, offsets[1:] + len(values)])
    doubled = case.law.estimate(sums_of(case.law, *twice, np.concatenate([gamma, gamma])), 0.0)
    weighted = case.law.estimate(sums_of(case.law, values, offsets, gamma, np.full(len(values), 2.0)), 0.0)
    assert_same_law(doubled, weighted, rtol=1e-10, atol=1e-10)


@EVERY
def test_sums_of_parts_add_up(case):
    values, offsets = steps_of(case.law, LENGTHS)
    gamma, ones = posteriors(len(values)), np.ones(len(values))
    parts = []
    for begin, end in ((0, 20), (20, len(values))):
        sums = case.law.empty_sums()
        case.law.add_sums(values, offsets, begin, end, gamma[begin:end], ones[begin:end], sums)
        parts.append(sums)
    added = tuple(one + other for one, other in zip(*parts, strict=True))
    whole = case.law.estimate(sums_of(case.law, values, offsets, gamma), 0.0)
    assert_same_law(case.law.estimate(added, 0.0), whole, rtol=1e-10, atol=1e-10)


@EVERY
def test_a_state_that_nothing_speaks_for_is_named(case):
    values, offsets = steps_of(case.law, LENGTHS)
    gamma = np.tile([1.0, 0.0], (len(values), 1))
    with pytest.raises(DegenerateError, match="state 1 is never visited"):
        case.law.estimate(sums_of(case.law, values, offsets, gamma), 0.0)


@EVERY
def test_units_change_and_change_back(case):
    values, offsets = steps_of(case.law, LENGTHS)
    centre, scale = np.full(values.shape[1], 3.0), np.full(values.shape[1], 4.0)
    if not case.law.standardises:
        with pytest.raises(TypeError, match="no units"):
            case.law.rescaled(centre, scale)
        return
    moved = case.law.rescaled(centre, scale)
    shifted = log_densities(moved, centre + scale * values, offsets) + values.shape[1] * np.log(4.0)
    np.testing.assert_allclose(shifted, log_densities(case.law, values, offsets), rtol=1e-10, atol=1e-10)
    assert_same_law(moved.rescaled(-centre / scale, 1 / scale), case.law, rtol=1e-12, atol=1e-12)
