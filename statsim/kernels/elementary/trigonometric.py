"""sin and cos within 1 ulp for every double, from IEEE and integer operations only, so equal on every machine.

After `reduce_angle`, sin r = r + r**3 S(r**2) and cos r = 1 - r**2/2 + r**4 C(r**2) with minimax S and C (Remez;
tests/reference/elementary_coefficients.py recomputes them); the low part of the angle enters to first order, and 1 - r**2/2 keeps its
rounding error, as in W. J. Cody, W. Waite, Software Manual for the Elementary Functions (1980) and fdlibm's notes.
"""

from statsim.kernels.elementary.angle_reduction import reduce_angle
from statsim.kernels.elementary.double_double import fast_two_sum
from statsim.kernels.elementary.polynomial import horner
from statsim.kernels.jit import inlined

_INF = float("inf")
_NAN = float("nan")
_TINY = float.fromhex("0x1p-27")

S = tuple(
    float.fromhex(text)
    for text in (
        "-0x1.5555555555555p-3",
        "0x1.111111111110bp-7",
        "-0x1.a01a01a018ae5p-13",
        "0x1.71de3a53397b6p-19",
        "-0x1.ae64529848b15p-26",
        "0x1.612092b1e67e3p-33",
        "-0x1.aaa542fce408fp-41",
    )
)
C = tuple(
    float.fromhex(text)
    for text in (
        "0x1.5555555555555p-5",
        "-0x1.6c16c16c16c10p-10",
        "0x1.a01a01a018deap-16",
        "-0x1.27e4fb75fd749p-22",
        "0x1.1eed8ca3a7b18p-29",
        "-0x1.9393383ef73b4p-37",
        "0x1.aac5abc645736p-45",
    )
)


@inlined
def _sin_near_zero(r, low):
    """sin(r + low), |r| <= pi/4; d/dr sin = cos r is 1 - r**2/2 to the accuracy needed."""
    z = r * r
    return r + (r * z * horner(S, z) + low * (1.0 - 0.5 * z))


@inlined
def _cos_near_zero(r, low):
    """cos(r + low), |r| <= pi/4."""
    z = r * r
    w, error = fast_two_sum(1.0, -0.5 * z)
    return w + (error + (z * z * horner(C, z) - r * low))


@inlined
def _quadrant(n, r, low):
    """sin of n quarter turns plus r + low."""
    y = _sin_near_zero(r, low) if n & 1 == 0 else _cos_near_zero(r, low)
    return y if n & 2 == 0 else -y


@inlined
def sin(x):
    """Sine within 1 ulp; nan at infinity.

    >>> sin(1e22)
    -0.8522008497671888
    """
    x = float(x)
    if abs(x) < _TINY:
        return x
    if not abs(x) < _INF:
        return _NAN
    n, r, low = reduce_angle(x)
    return _quadrant(n, r, low)


@inlined
def cos(x):
    """Cosine within 1 ulp; nan at infinity.

    >>> cos(0.0)
    1.0
    """
    x = float(x)
    if not abs(x) < _INF:
        return _NAN
    n, r, low = reduce_angle(x)
    return _quadrant(n + 1, r, low)
