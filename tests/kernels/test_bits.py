import math

import numpy as np
import pytest

from statsim.kernels.bits import bits_to_float, float_to_bits, multiply_high
from statsim.kernels.jit import kernel


@kernel
def _high(a, b):
    return multiply_high(a, b)


WORDS = [0, 1, 2, 3, 2**32 - 1, 2**32, 2**63, 2**64 - 1, 0x9E3779B97F4A7C15, 0xD2E7470EE14C6C93]


@pytest.mark.parametrize("a", WORDS)
def test_high_half_of_a_product(a):
    for b in WORDS:
        x, y = np.uint64(a), np.uint64(b)
        assert int(_high(x, y)) == int(multiply_high(x, y)) == (a * b) >> 64


@pytest.mark.parametrize("x", [0.0, 1.0, -1.5, 5e-324, math.inf, -math.inf, 1.7976931348623157e308])
def test_bits_there_and_back(x):
    assert int(float_to_bits(x)) == int(np.array(x).view(np.int64))
    assert bits_to_float(float_to_bits(x)) == x


def test_neighbours():
    assert bits_to_float(float_to_bits(1.0) + 1) == math.nextafter(1.0, 2.0)
    assert math.copysign(1.0, bits_to_float(float_to_bits(-0.0))) == -1.0
