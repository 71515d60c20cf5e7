"""The C form of Numba functions: which arguments they may have, what they may return."""

import numba
import numpy as np
import pytest

from statsim.errors import ArgumentError, TargetError
from statsim.samplers.targets.target import Target

TABLE = np.array([3.0, 5.0])


@numba.njit
def with_default(x, table, factor=2.0):
    return -table[0] * x[0] * factor


@numba.njit
def with_star(x, *data):
    return -data[0][1] * x[0] * data[1]


@numba.njit
def fills_with_star(x, out, *data):
    out[0] = -data[0][1] * data[1]
    return out[0] * x[0]


def test_defaults_of_a_function_are_kept():
    assert Target(with_default, dim=1, data=[TABLE]).log_density([1.0]) == -6.0
    assert Target(with_default, dim=1, data=[TABLE, 4.0]).log_density([1.0]) == -12.0


def test_data_may_be_taken_as_one_tuple():
    assert Target(with_star, dim=1, data=[TABLE, 4]).log_density([1.0]) == -20.0
    target = Target(value_and_gradient=fills_with_star, dim=1, data=[TABLE, 4.0])
    assert target.value_and_gradient([2.0])[0] == -40.0
    assert target.gradient([2.0])[0] == -20.0


@pytest.mark.parametrize("signature", ["float64(float64[::1], float64)", "float32(float64[::1], float64)", "int64(float64[::1], float64)"])
def test_a_function_compiled_for_other_types_is_called_with_them(signature):
    @numba.njit(signature)
    def fixed(x, factor):
        return x[0] * factor

    assert Target(fixed, dim=1, data=[3]).log_density([2.0]) == 6.0  # an integer, where a float is declared


@numba.njit
def nothing(x):
    pass


@numba.njit
def perhaps(x):
    return None if x[0] > 0 else 1.0


@numba.njit
def vector(x):
    return x


@numba.njit
def complex_number(x):
    return 1j * x[0]


@pytest.mark.parametrize(
    ("f", "words"),
    [(nothing, "nothing returns none"), (perhaps, "perhaps returns Optional"), (vector, "vector returns .*array"), (complex_number, "complex128")],
)
def test_what_is_no_number_is_refused(f, words):
    with pytest.raises(ArgumentError, match=f"{words}.*; a log density must return one float"):
        Target(f, dim=1).log_density([1.0])


@numba.njit
def raises_late(x, limit):
    if x[0] > limit:
        raise ValueError("beyond the limit")
    return -x[0]


def test_an_exception_is_told_with_its_point():
    target = Target(raises_late, dim=1, data=[1.0])
    assert target.log_density([0.5]) == -0.5
    with pytest.raises(TargetError, match=r"raised ValueError: beyond the limit at x = \[1.5\]"):
        target.log_density([1.5])


@pytest.mark.parametrize("f", [raises_late, raises_late.py_func])
@pytest.mark.parametrize("data", [[], [1.0, 2.0]])
def test_the_wrong_number_of_data_is_refused_at_once(f, data):
    with pytest.raises(ArgumentError, match=rf"raises_late\(x, limit\) is called as \(x, \*data\), and data has {len(data)} item\(s\)"):
        Target(f, dim=1, data=data, interpreted=True)


@numba.njit
def divides(x, scale):
    return -1.0 / (x[0] * scale) ** 2


@numba.njit(error_model="python")
def divides_as_python_does(x, scale):
    return -1.0 / (x[0] * scale) ** 2


def test_division_by_zero_is_infinite_unless_the_user_says_otherwise():
    assert Target(divides, dim=1, data=[1e-200]).log_density([1e-200]) == -np.inf
    with pytest.raises(TargetError, match="raised ZeroDivisionError"):
        Target(divides_as_python_does, dim=1, data=[1e-200]).log_density([1e-200])
