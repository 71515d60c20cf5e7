"""Polynomials with constant coefficients, lowest first, by Horner's rule in a fixed order of operations."""

from statsim.kernels.jit import inlined


@inlined
def horner(coefficients, x):
    """sum_j coefficients[j] x**j; the tuple is a constant, so the loop is unrolled."""
    n = len(coefficients)
    total = coefficients[n - 1]
    for j in range(2, n + 1):
        total = total * x + coefficients[n - j]
    return total
