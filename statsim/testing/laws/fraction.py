"""Continued fractions by the modified Lentz method (Thompson and Barnett 1986)."""

_TINY = 1e-300


def lentz(first, terms):
    """Value of first + a1/(b1 + a2/(b2 + ...)) where `terms` yields the pairs (a, b) without end."""
    value = first or _TINY
    c, d = value, 0.0
    for a, b in terms:
        d = b + a * d or _TINY
        c = b + a / c or _TINY
        d = 1.0 / d
        step = c * d
        value *= step
        if abs(step - 1.0) < 1e-15:
            return value
        if step != step:
            raise ArithmeticError("a continued fraction met a value that is not a number")
