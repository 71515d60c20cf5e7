"""x**y for x >= 0 within 1 ulp: exp(y log x) with the logarithm and the product carried as double-doubles."""

from statsim.kernels.elementary.double_double import two_product
from statsim.kernels.elementary.exponential import exp_sum
from statsim.kernels.elementary.logarithm import log_extended
from statsim.kernels.jit import inlined

_INF = float("inf")
_NAN = float("nan")
_HUGE = float.fromhex("0x1p70")  # beyond it x**y is 0, 1 or inf for every double x


@inlined
def power(x, y):
    """x**y for x >= 0 (nan below 0), with the special values of IEEE 754 pow: x**0 = 1**y = 1.

    >>> power(2.0, 10.0)
    1024.0
    """
    x, y = float(x), float(y)
    if y == 0.0 or x == 1.0:
        return 1.0
    if x != x or y != y or x < 0.0:
        return _NAN
    if x == 0.0 or x == _INF:
        return _INF if (x == 0.0) == (y < 0.0) else 0.0
    y = min(max(y, -_HUGE), _HUGE)
    high, low = log_extended(x)
    p, p_low = two_product(y, high)
    p_low += y * low
    return exp_sum(p, p_low) if -760.0 < p < 760.0 else exp_sum(p, 0.0)
