r"""Log densities of independent priors and their slopes, from a table: what a compiled posterior adds to its log-likelihood.

A row of the table is (code, a, b, c) of one coordinate. Densities are normalised, so that a marginal likelihood may be computed with them.
Formulas: N. Johnson, S. Kotz, N. Balakrishnan, Continuous Univariate Distributions (1994, 1995).
"""

import math

from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.jit import inlined, kernel

FLAT, NORMAL, HALF_NORMAL, STUDENT, HALF_STUDENT, LAPLACE, GAMMA, INVERSE_GAMMA, LOG_NORMAL, EXPONENTIAL, BETA, UNIFORM = range(12)
_LOG_2PI = math.log(2.0 * math.pi)
_LOG_2 = math.log(2.0)
_LOG_PI = math.log(math.pi)


@kernel
def log_prior(table, x, slopes):
    """Sum over coordinates of the log density at x (p,); adds its gradient to `slopes` (p,)."""
    total = 0.0
    for i in range(x.size):
        value, slope = _of_one(table[i], x[i])
        total += value
        slopes[i] += slope
    return total


@kernel
def _of_one(row, x):
    """Log density of the prior of `row` at x, and its slope."""
    code, a, b, c = int(row[0]), row[1], row[2], row[3]
    if code == FLAT:
        return 0.0, 0.0
    if code == NORMAL or code == HALF_NORMAL:
        return _normal(x, a, b, code == HALF_NORMAL)
    if code == STUDENT or code == HALF_STUDENT:
        return _student(x, a, b, c, code == HALF_STUDENT)
    if code == LAPLACE:
        return -abs(x - a) / b - math.log(2.0 * b), -math.copysign(1.0, x - a) / b if x != a else 0.0
    if code == UNIFORM:
        return (-math.log(b - a), 0.0) if a <= x <= b else (-math.inf, 0.0)
    if code == BETA:
        return _beta(x, a, b)
    return _positive(code, x, a, b)


@inlined
def _normal(x, loc, scale, half):
    z = (x - loc) / scale
    if half and x < 0.0:
        return -math.inf, 0.0
    return -0.5 * z * z - math.log(scale) - 0.5 * _LOG_2PI + (_LOG_2 if half else 0.0), -z / scale


@inlined
def _student(x, loc, scale, df, half):
    z = (x - loc) / scale
    if half and x < 0.0:
        return -math.inf, 0.0
    constant = log_gamma(0.5 * (df + 1.0)) - log_gamma(0.5 * df) - 0.5 * (math.log(df) + _LOG_PI) - math.log(scale)
    value = constant - 0.5 * (df + 1.0) * math.log1p(z * z / df) + (_LOG_2 if half else 0.0)
    return value, -(df + 1.0) * z / (scale * (df + z * z))


@inlined
def _beta(x, a, b):
    if not 0.0 < x < 1.0:
        return -math.inf, 0.0
    constant = log_gamma(a + b) - log_gamma(a) - log_gamma(b)
    return constant + (a - 1.0) * math.log(x) + (b - 1.0) * math.log1p(-x), (a - 1.0) / x - (b - 1.0) / (1.0 - x)


@inlined
def _positive(code, x, a, b):
    """Gamma (shape a, rate b), inverse gamma (shape a, scale b), log-normal (log-mean a, log-sd b), exponential (rate a)."""
    if not x > 0.0:
        return -math.inf, 0.0
    if code == EXPONENTIAL:
        return math.log(a) - a * x, -a
    log_x = math.log(x)
    if code == GAMMA:
        return a * math.log(b) - log_gamma(a) + (a - 1.0) * log_x - b * x, (a - 1.0) / x - b
    if code == INVERSE_GAMMA:
        return a * math.log(b) - log_gamma(a) - (a + 1.0) * log_x - b / x, -(a + 1.0) / x + b / (x * x)
    z = (log_x - a) / b
    return -0.5 * z * z - math.log(b) - 0.5 * _LOG_2PI - log_x, -(1.0 + z / b) / x
