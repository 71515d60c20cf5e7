"""The approximation problems whose solutions are the coefficient tables of the elementary functions."""

import mpmath as mp

from .minimax import evaluate, minimax_polynomial

_SLACK = mp.mpf("1.0001")  # intervals a little wider than the reduction can reach
_NEVER_ZERO = mp.mpf(10) ** -30


def _power_series(term, count=30):
    coefficients = [term(k) for k in range(count)]
    return lambda x: evaluate(coefficients, x)


def exponential():
    """Q of exp r = 1 + r + r**2 Q(r)."""
    series = _power_series(lambda k: 1 / mp.factorial(k + 2))
    radius = mp.log(2) / 2 * _SLACK
    return minimax_polynomial(series, -radius, radius, 10, lambda r: r**2 + _NEVER_ZERO)


def _largest_z():
    return (((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) * _SLACK) ** 2


def logarithm():
    """R of log((1 + s) / (1 - s)) = 2 s + s z R(z)."""
    series = _power_series(lambda k: mp.mpf(2) / (2 * k + 3))
    return minimax_polynomial(series, 0, _largest_z(), 7, lambda z: z + _NEVER_ZERO)


def logarithm_tail():
    """R without its first term 2/3, over z."""
    series = _power_series(lambda k: mp.mpf(2) / (2 * k + 5))
    return minimax_polynomial(series, 0, _largest_z(), 8, lambda z: z * z + _NEVER_ZERO)


def sine():
    """S of sin r = r + r**3 S(r**2)."""
    series = _power_series(lambda k: (-1) ** (k + 1) / mp.factorial(2 * k + 3))
    return minimax_polynomial(series, 0, (mp.pi / 4 * _SLACK) ** 2, 6, lambda z: z + _NEVER_ZERO)


def cosine():
    """C of cos r = 1 - r**2/2 + r**4 C(r**2)."""
    series = _power_series(lambda k: (-1) ** k / mp.factorial(2 * k + 4))
    return minimax_polynomial(series, 0, (mp.pi / 4 * _SLACK) ** 2, 6, lambda z: z * z + _NEVER_ZERO)


def log_gamma():
    """W of log Gamma(x) = (x - 1)(x - 2) W(x - 3/2) on [1, 2]."""

    def w(t):
        x = mp.mpf(t) + mp.mpf("1.5")
        for zero, other in ((1, 2), (2, 1)):
            if abs(x - zero) < mp.mpf(10) ** -12:
                return mp.digamma(zero) / (zero - other)
        return mp.loggamma(x) / ((x - 1) * (x - 2))

    return minimax_polynomial(w, -0.5, 0.5, 22)


def stirling():
    """x times the remainder of Stirling's formula, in 1/x**2, for x >= 8."""

    def series(w):
        x = 1 / mp.sqrt(w)
        return x * (mp.loggamma(x) - ((x - mp.mpf("0.5")) * mp.log(x) - x + mp.log(2 * mp.pi) / 2))

    return minimax_polynomial(series, mp.mpf(10) ** -10, mp.mpf("0.0156251"), 7)


def normal_centre():
    """P of Phi(x) = 1/2 + x P(x**2), |x| <= 1, relative."""

    def p(z):
        if z < mp.mpf(10) ** -20:
            return 1 / mp.sqrt(2 * mp.pi)
        return (mp.ncdf(mp.sqrt(z)) - mp.mpf("0.5")) / mp.sqrt(z)

    return minimax_polynomial(p, 0, 1, 10, lambda z: 1 / p(z))


def normal_tail(pole=5):
    """T of 1 - Phi(t) = exp(-t**2/2) T(u) / (t + pole), u = (t - pole) / (t + pole), 1 <= t <= 39, relative."""

    def tail(u):
        t = pole * (1 + u) / (1 - u)
        return mp.erfc(t / mp.sqrt(2)) / 2 * mp.exp(t * t / 2) * (t + pole)

    low, high = mp.mpf("0.9999"), mp.mpf(39)
    return minimax_polynomial(tail, (low - pole) / (low + pole), (high - pole) / (high + pole), 20, lambda u: 1 / tail(u))
