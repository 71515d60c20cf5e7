"""Unevaluated sums of two doubles: about 106 bits from plain IEEE operations, no fused multiply-add.

T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18 (1971).
D. E. Knuth, The Art of Computer Programming 2, section 4.2.2 (1969).
"""

from statsim.kernels.jit import inlined

_SPLITTER = 134217729.0  # 2**27 + 1


@inlined
def two_sum(a, b):
    """(s, e) with s = fl(a + b) and s + e = a + b exactly."""
    s = a + b
    part = s - a
    return s, (a - (s - part)) + (b - part)


@inlined
def fast_two_sum(a, b):
    """`two_sum` for |a| >= |b| (or a = 0)."""
    s = a + b
    return s, b - (s - a)


@inlined
def _halves(a):
    """a = high + low, each with at most 26 significant bits; |a| < 2**996."""
    c = _SPLITTER * a
    high = c - (c - a)
    return high, a - high


@inlined
def two_product(a, b):
    """(p, e) with p = fl(a b) and p + e = a b exactly, away from overflow and underflow."""
    p = a * b
    a_high, a_low = _halves(a)
    b_high, b_low = _halves(b)
    return p, ((a_high * b_high - p) + a_high * b_low + a_low * b_high) + a_low * b_low


@inlined
def multiply(a_high, a_low, b_high, b_low):
    """Product of two double-doubles."""
    p, e = two_product(a_high, b_high)
    return fast_two_sum(p, e + (a_high * b_low + a_low * b_high))
