"""log and log1p within 1 ulp, and log as a double-double, from IEEE operations only, so equal on every machine.

x = 2**k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); with s = f / (2 + f), log(1 + f) = 2 s + s z R(z), z = s**2. The terms are
summed in the order of P. T. P. Tang (ACM Transactions on Mathematical Software 16, 1990) and of fdlibm's note on log, so that the large ones
are exact. R and its tail are minimax (Remez; tests/reference/elementary_coefficients.py recomputes them). `log` has
no branch on x: a loop over an array becomes vector instructions.
"""

import numpy as np

from statsim.kernels.bits import bits_to_float, float_to_bits
from statsim.kernels.elementary.double_double import fast_two_sum, multiply, two_product, two_sum
from statsim.kernels.elementary.exponential import LN2_HIGH, LN2_LOW
from statsim.kernels.elementary.polynomial import horner
from statsim.kernels.jit import inlined

_INF = float("inf")
_NAN = float("nan")
_SMALLEST_NORMAL = float.fromhex("0x1p-1022")
_SCALE_UP = 18014398509481984.0  # 2**54
_SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_ONE_MINUS_SQRT_HALF_BITS = np.int64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
_MANTISSA = np.int64(0x000FFFFFFFFFFFFF)
_TWO_52_BITS = np.int64(0x4330000000000000)
_TWO_52_PLUS_BIAS = 4503599627370496.0 + 1023.0
_TWO_THIRDS = float.fromhex("0x1.5555555555555p-1")
_TWO_THIRDS_LOW = float.fromhex("0x1.5555555555555p-55")
_LN2_LOWEST = float.fromhex("-0x1.ff0342542fc33p-94")

R = tuple(
    float.fromhex(text)
    for text in (
        "0x1.5555555555555p-1",
        "0x1.9999999999dffp-2",
        "0x1.249249242b324p-2",
        "0x1.c71c725912557p-3",
        "0x1.745cde2e8e902p-3",
        "0x1.3b20acd58a985p-3",
        "0x1.0f5cab5463c13p-3",
        "0x1.0f6425a930877p-3",
    )
)
R_TAIL = tuple(
    float.fromhex(text)
    for text in (
        "0x1.999999999999ap-2",
        "0x1.249249249246fp-2",
        "0x1.c71c71c722769p-3",
        "0x1.745d17417f40ap-3",
        "0x1.3b13b311a8b31p-3",
        "0x1.1110944f934a9p-3",
        "0x1.e20b81ba32c19p-4",
        "0x1.aaebc22e22b9dp-4",
        "0x1.c31d40eac4df9p-4",
    )
)


@inlined
def _split(x):
    """(k, m) with x = 2**k m, m in [sqrt(1/2), sqrt(2)); x positive and finite. k is a whole double."""
    small = x < _SMALLEST_NORMAL
    shifted = float_to_bits(x * _SCALE_UP if small else x) + _ONE_MINUS_SQRT_HALF_BITS
    k = bits_to_float(((shifted >> 52) & 4095) | _TWO_52_BITS) - _TWO_52_PLUS_BIAS
    m = bits_to_float((shifted & _MANTISSA) + _SQRT_HALF_BITS)
    return (k - 54.0 if small else k), m


@inlined
def _sum(k, f, c):
    """k log 2 + log(1 + f) + c, c a small correction."""
    s = f / (2.0 + f)
    z = s * s
    half_square = 0.5 * f * f
    return k * LN2_HIGH - ((half_square - (s * (half_square + z * horner(R, z)) + (k * LN2_LOW + c))) - f)


@inlined
def log(x):
    """Natural logarithm within 1 ulp; -inf at 0, nan below 0.

    >>> log(10.0)
    2.302585092994046
    """
    x = float(x)
    k, m = _split(x if 0.0 < x < _INF else 1.0)
    y = _sum(k, m - 1.0, 0.0)
    y = -_INF if x == 0.0 else y
    y = _NAN if x < 0.0 else y
    y = x if x == _INF else y
    return x if x != x else y


@inlined
def log1p(x):
    """log(1 + x) within 1 ulp, also next to 0; -inf at -1, nan below.

    >>> log1p(1e-20)
    1e-20
    """
    x = float(x)
    if not -1.0 < x < _INF:
        return -_INF if x == -1.0 else (x if x == _INF else _NAN)
    if x == 0.0:
        return x
    u, lost = two_sum(1.0, x)
    k, m = _split(u)
    if k == 0.0:
        return _sum(0.0, x, 0.0)
    return _sum(k, m - 1.0, lost / u)


@inlined
def log_extended(x):
    """log(x) as high + low with relative error below 2**-64, for positive finite x: the first step of `power`."""
    k, m = _split(x)
    f = m - 1.0
    d, d_low = fast_two_sum(2.0, f)
    s = f / d
    p, p_low = two_product(s, d)
    s_low = (((f - p) - p_low) - s * d_low) / d
    z, z_low = multiply(s, s_low, s, s_low)
    q, q_low = fast_two_sum(_TWO_THIRDS, z * horner(R_TAIL, z))
    t, t_low = multiply(z, z_low, q, q_low + _TWO_THIRDS_LOW)
    t, t_low = multiply(s, s_low, t, t_low)
    high, low = fast_two_sum(2.0 * s, t)
    low += 2.0 * s_low + t_low
    total, error = two_sum(k * LN2_HIGH, high)
    middle, middle_error = two_sum(k * LN2_LOW, low)
    total, rest = two_sum(total, middle)
    return fast_two_sum(total, error + (rest + (middle_error + k * _LN2_LOWEST)))
