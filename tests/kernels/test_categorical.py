"""Alias tables stand for their weights; the inverse has no way past the last positive weight; both follow their law."""

import math

import numpy as np
import pytest

from statsim import testing
from statsim.kernels import streams
from statsim.kernels.jit import kernel
from statsim.kernels.variates import categorical
from tests.reference import variates as twin

WEIGHTS = [
    [1.0],
    [0.0, 1.0],
    [1.0, 0.0, 3.0],
    [0.1] * 10,
    [0.1, 0.2, 0.7 - 1e-16],
    [1e-300, 1e-300],
    [1e300, 1e308, 1e308],
    [0.0, 0.0, 5e-324],
    [1.0, 1e-17, 1e-300],
    list(range(50)),
    [1 / 3, 1 / 3, 1 / 3, 0.0],
    [1 / 49] * 49 + [0.0],
]


@pytest.fixture(autouse=True)
def wrapping_words():
    with np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


def seeded():
    state = np.zeros(4, np.uint64)
    streams.seed_block(np.uint64(3), np.uint64(1), np.uint64(4), state)
    return state


@kernel
def fill_alias(state, threshold, alias, out):
    for i in range(out.size):
        out[i] = categorical.categorical_alias(state, threshold, alias)


@kernel
def fill_inverse(state, cumulative, out):
    for i in range(out.size):
        out[i] = categorical.categorical_inverse(streams.uniform(state), cumulative)


@pytest.mark.parametrize("weights", WEIGHTS, ids=str)
def test_alias_table_stands_for_the_weights(weights):
    weights = np.array(weights, float)
    threshold, alias = categorical.alias_table(weights)
    share = weights / weights.max()
    np.testing.assert_allclose(twin.alias_probabilities(threshold, alias), share / share.sum(), rtol=0, atol=1e-15)
    assert ((threshold >= 0) & (threshold <= 1)).all()
    assert (threshold[weights == 0] == 0).all() and (weights[alias[weights == 0]] > 0).all()


def test_alias_table_compiled_equals_interpreted():
    for weights in WEIGHTS:
        compiled = categorical.alias_table(np.array(weights, float))
        body = getattr(categorical.alias_table, "py_func", categorical.alias_table)
        testing.assert_same_rows(compiled, body(np.array(weights, float)))


CUMULATIVE = [[1.0], [0.0, 1.0], [0.25, 0.25, 1 - 2.0**-52, 1 - 2.0**-52], [0.5, 1.0, 1.0], [0.0, 0.3, 0.3, 0.9999999999999998], [0.2, 7.0]]


@pytest.mark.parametrize("cumulative", CUMULATIVE, ids=str)
def test_inverse_at_every_edge(cumulative):
    cumulative = np.array(cumulative)
    weights = np.diff(cumulative, prepend=0.0)
    edges = [0.0, 1 - 2.0**-53, *cumulative, *np.nextafter(cumulative, 0.0), *np.nextafter(cumulative, 9.0)]
    for u in edges:
        index = categorical.categorical_inverse(u, cumulative)
        assert index == twin.categorical_inverse(u, cumulative)
        assert weights[index] > 0


def test_inverse_past_the_last_value():
    assert categorical.categorical_inverse(1 - 2.0**-53, np.array([0.5, 1 - 2.0**-52, 1 - 2.0**-52])) == 1


P = np.array([0.4, 0.0, 0.1, 0.3, 0.15, 0.05])


def test_alias_law():
    draws = np.empty(400_000, np.int64)
    fill_alias(seeded(), *categorical.alias_table(P), draws)
    assert testing.assert_follows(draws, P, detects=0.02).passed


def test_inverse_law():
    draws = np.empty(400_000, np.int64)
    fill_inverse(seeded(), np.cumsum(P), draws)
    assert testing.assert_follows(draws, P, detects=0.02).passed


def test_alias_without_its_thresholds_is_found():
    draws = np.empty(400_000, np.int64)
    fill_alias(seeded(), np.ones(P.size), np.arange(P.size), draws)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(draws, P)


def test_inverse_off_by_one_is_found():
    draws = np.empty(400_000, np.int64)
    fill_inverse(seeded(), np.append(0.0, np.cumsum(P)), draws)
    with pytest.raises(testing.StatisticalAssertionError):
        testing.assert_follows(draws, P)


def test_one_word_a_draw():
    state = seeded()
    stream = twin.Stream(state)
    threshold, alias = categorical.alias_table(P)
    for _ in range(2000):
        word = stream.word()
        i, position = word * P.size >> 64, (word * P.size % 2**64 >> 11) * 2.0**-53
        assert categorical.categorical_alias(state, threshold, alias) == (i if position < threshold[i] else alias[i])
    assert math.isclose(threshold.sum() / P.size + (1 - threshold).sum() / P.size, 1.0)
