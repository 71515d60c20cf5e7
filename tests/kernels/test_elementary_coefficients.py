"""The coefficient tables are the solutions of the approximation problems they say they solve."""

import mpmath as mp
import pytest

from statsim.kernels.elementary import angle_reduction, exponential, gamma_function, logarithm, normal_functions, trigonometric
from tests.reference import elementary_coefficients as problems

TABLES = [
    (exponential.Q, problems.exponential, -63),
    (logarithm.R, problems.logarithm, -65),
    (logarithm.R_TAIL, problems.logarithm_tail, -79),
    (trigonometric.S, problems.sine, -68),
    (trigonometric.C, problems.cosine, -75),
    (gamma_function.W, problems.log_gamma, -63),
    (gamma_function.STIRLING, problems.stirling, -66),
    (normal_functions.CENTRE, problems.normal_centre, -61),
    (normal_functions.TAIL, problems.normal_tail, -59),
]


@pytest.mark.parametrize(("table", "problem", "exponent"), TABLES, ids=[case[1].__name__ for case in TABLES])
def test_table_is_the_minimax_solution(table, problem, exponent):
    with mp.workdps(70):
        coefficients, error = problem()
        assert error < mp.mpf(2) ** exponent
        scale = [abs(c) for c in coefficients]
        assert all(abs(a - c) <= s * mp.mpf(2) ** -20 for a, c, s in zip(table, coefficients, scale, strict=True))


def test_words_of_two_over_pi():
    with mp.workprec(1500):
        bits = int(mp.floor(2 / mp.pi * mp.mpf(2) ** (64 * (len(angle_reduction.WORDS) - 1))))
        expected = [(bits >> (64 * i)) & (2**64 - 1) for i in range(len(angle_reduction.WORDS))][::-1]
    assert [int(word) for word in angle_reduction.WORDS] == expected
