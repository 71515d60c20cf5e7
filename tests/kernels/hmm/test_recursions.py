"""Forward, backward and Viterbi kernels against the recursions in logarithms, for rows in registers and rows in memory."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from statsim.kernels.hmm.backward import backward
from statsim.kernels.hmm.exponential import exp_negative
from statsim.kernels.hmm.forward import IMPOSSIBLE, LOST, SOUND, forward, relative_densities
from statsim.kernels.hmm.registers import MOST, put, registers, times
from statsim.kernels.hmm.viterbi import viterbi
from tests.reference import hmm as plain

OFFSETS = np.array([0, 1, 8, 138, 140, 400])
SIZES = [1, 2, 5, MOST, MOST + 1, 13]


def problem(k, seed=0):
    """Start, transitions with zeros among them, and log densities of which some are minus infinity."""
    random = np.random.default_rng(seed)
    start, moves = random.dirichlet(np.ones(k)), random.dirichlet(np.ones(k), k)
    moves[moves < 0.2 / k] = 0.0
    log_b = random.normal(scale=5.0, size=(OFFSETS[-1], k)) + 3.0
    log_b[random.uniform(size=log_b.shape) < 0.1 * (k > 2)] = -np.inf
    log_b[:, 0] = np.where(log_b[:, 0] > -np.inf, log_b[:, 0], 0.0)
    moves[:, 0] += 0.1
    return start, moves / moves.sum(axis=1, keepdims=True), log_b


def passed(log_b, start, moves, offsets=OFFSETS, *, keep=True, strict=True):
    n, k = log_b.shape
    b, highest, m = np.empty((n, k)), np.empty(n), len(offsets) - 1
    relative_densities(log_b, b, highest)
    alpha, scale = np.full((n if keep else 1, k), np.nan), np.full(n if keep else 0, np.nan)
    value, status = np.empty(m), np.empty(m, np.int64)
    forward(b, highest, offsets, start, moves, strict, alpha, scale, value, status)
    return b, scale, alpha, value, status


@pytest.mark.parametrize("k", SIZES)
def test_forward_and_backward_are_those_in_logarithms(k):
    start, moves, log_b = problem(k)
    b, scale, alpha, value, status = passed(log_b, start, moves)
    assert (status == SOUND).all()
    weights, pairs, first = np.array([1.0, 0.5, 2.0, 0.0, 3.0]), np.zeros((k, k)), np.zeros(k)
    gamma = alpha.copy()
    backward(b, scale, OFFSETS, weights, moves, np.zeros(k), False, gamma, pairs, first)
    expected_pairs, expected_first = np.zeros((k, k)), np.zeros(k)
    for i, weight in enumerate(weights):
        a, e = OFFSETS[i], OFFSETS[i + 1]
        total, filters, smoother, moved = plain.recursions(start, moves, log_b[a:e])
        assert_allclose(value[i], total, rtol=1e-13)
        assert_allclose(alpha[a:e], filters, rtol=1e-10, atol=1e-15)
        assert_allclose(gamma[a:e], smoother if weight else filters, rtol=1e-10, atol=1e-15)
        expected_pairs += weight * moved
        expected_first += weight * smoother[0]
    assert_allclose(pairs * moves, expected_pairs, rtol=1e-10, atol=1e-13)
    assert_allclose(first, expected_first, rtol=1e-10, atol=1e-15)


@pytest.mark.parametrize("k", SIZES)
def test_the_likelihood_alone_is_the_same(k):
    start, moves, log_b = problem(k)
    _, _, alpha, value, _ = passed(log_b, start, moves)
    _, _, last, alone, _ = passed(log_b, start, moves, keep=False)
    assert_array_equal(alone, value)
    assert_array_equal(last[0], alpha[-1])


@pytest.mark.parametrize("k", SIZES)
def test_a_segment_goes_on_where_the_next_one_begins(k):
    start, moves, log_b = problem(k)
    whole, half = np.array([0, 400]), 173
    b, scale, alpha, _, _ = passed(log_b, start, moves, whole)
    gamma, pairs, first = alpha.copy(), np.zeros((k, k)), np.zeros(k)
    backward(b, scale, whole, np.ones(1), moves, np.zeros(k), False, gamma, pairs, first)
    following, parts, ends, begin = np.zeros(k), np.zeros((k, k)), np.zeros(k), np.zeros(k)
    backward(b[half:], scale[half:], np.array([0, 400 - half]), np.ones(1), moves, following, False, alpha[half:], parts, ends)
    backward(b[:half], scale[:half], np.array([0, half]), np.ones(1), moves, following, True, alpha[:half], parts, begin)
    assert_allclose(alpha, gamma, rtol=1e-12, atol=1e-300)
    assert_allclose(parts, pairs, rtol=1e-12)
    assert_allclose(begin, first, rtol=1e-12)


def test_what_cannot_be_told_is_told():
    log_b = np.array([[0.0, -600.0], [-600.0, 0.0], [0.0, 0.0]])
    status = passed(log_b, np.array([1.0, 0.0]), np.eye(2), np.array([0, 3]))[-1]
    assert status.tolist() == [LOST]
    log_b = np.zeros((4, 2))
    log_b[1] = -np.inf
    assert passed(log_b, np.array([1.0, 0.0]), np.eye(2), np.array([0, 2, 4]))[-1].tolist() == [IMPOSSIBLE, SOUND]


@pytest.mark.parametrize("k", SIZES)
@pytest.mark.parametrize("tied", [False, True])
def test_paths_are_those_of_the_plain_recursion(k, tied):
    start, moves, log_b = problem(k)
    if tied:
        start, moves, log_b = np.full(k, 1 / k), np.full((k, k), 1 / k), np.round(log_b / 5)
    path, value, moved = np.empty(len(log_b), np.int64), np.empty(5), log_b.copy()
    with np.errstate(divide="ignore"):
        viterbi(moved, OFFSETS, np.log(start), np.log(moves), path, value)
    for i, (a, e) in enumerate(zip(OFFSETS[:-1], OFFSETS[1:], strict=True)):
        expected, top = plain.best_path(start, moves, log_b[a:e])
        assert path[a:e].tolist() == expected
        assert value[i] == top


def test_relative_densities():
    log_b = problem(5)[2]
    log_b[3] = [-1e4, 0.0, -np.inf, -700.0, -1.0]
    log_b[4] = -np.inf
    b, highest, own = np.empty(log_b.shape), np.empty(len(log_b)), log_b.copy()
    relative_densities(log_b, b, highest)
    assert_array_equal(highest, log_b.max(axis=1))
    assert_array_equal(b[4], 0.0)
    log_b[4] = 0.0
    expected = np.exp(np.maximum(log_b - log_b.max(axis=1, keepdims=True), -708.0)) * (log_b > -np.inf)
    assert_allclose(np.delete(b, 4, axis=0), np.delete(expected, 4, axis=0), rtol=1e-15)
    relative_densities(own, own, highest)
    assert_array_equal(own, b)


def test_the_exponential_is_within_two_units_in_the_last_place():
    x = -np.concatenate([np.random.default_rng(0).uniform(0.0, 708.0, 2000), np.logspace(-20, 0, 500), [0.0]])
    exact = np.exp(x.astype(np.longdouble))
    found = np.array([exp_negative(value) for value in x])
    assert (np.abs(found - exact) <= 2 * np.spacing(found)).all()
    assert exp_negative(-1e9) == exp_negative(-708.0)


def test_rows_in_registers_and_in_memory():
    assert isinstance(registers(MOST), tuple)
    assert isinstance(registers(MOST + 1), np.ndarray)
    row, matrix = np.array([1.0, 2.0, 3.0]), np.arange(9.0)
    for values, out in ((tuple(row), (0.0,) * 3), (row.copy(), np.empty(3))):
        assert_array_equal(times(values, matrix, out), row @ matrix.reshape(3, 3))
        assert_array_equal(put(values, 1, 7.0), [1.0, 7.0, 3.0])
