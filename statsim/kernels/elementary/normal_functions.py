"""The standard normal distribution function (within 5 ulp in both tails) and its inverse (within 8 ulp).

Phi: for |x| <= 1, 1/2 + x P(x**2); beyond, the tail is exp(-t**2/2) T(u) / (t + 5) with u = (t - 5) / (t + 5), the mapping of
J. L. Schonfelder (Mathematics of Computation 32, 1978), and t**2 is carried as a double-double. P and T are minimax (Remez;
tests/reference/elementary_coefficients.py recomputes them). Inverse: the rational functions of M. J. Wichura, Algorithm
AS 241, PPND16, Applied Statistics 37 (1988).
"""

import math

from statsim.kernels.elementary.double_double import two_product
from statsim.kernels.elementary.exponential import exp_sum
from statsim.kernels.elementary.logarithm import log
from statsim.kernels.elementary.polynomial import horner
from statsim.kernels.jit import inlined, kernel

_INF = float("inf")
_NAN = float("nan")
TAIL_POLE = 5.0

CENTRE = tuple(
    float.fromhex(text)
    for text in (
        "0x1.9884533d43651p-2",
        "-0x1.1058377e2cedfp-4",
        "0x1.46d0429768ffdp-7",
        "-0x1.37403f6b929d0p-10",
        "0x1.e42b0d4ae4bc2p-14",
        "-0x1.3ce8f9b53af49p-17",
        "0x1.6589f0b311374p-21",
        "-0x1.621cb3bd41b17p-25",
        "0x1.380a25c3dbef4p-29",
        "-0x1.e68f3aa5e284cp-34",
        "0x1.1e87c6ec81b58p-38",
    )
)
TAIL = tuple(
    float.fromhex(text)
    for text in (
        "0x1.89d3abe1f95aep-1",
        "-0x1.54ad03f27ca18p-1",
        "0x1.fb31653876f89p-2",
        "-0x1.410ed5f8758f6p-2",
        "0x1.51f6329f01b53p-3",
        "-0x1.1b1c254ca79fcp-4",
        "0x1.54b4d4f494226p-6",
        "-0x1.88590e8f5b28dp-9",
        "-0x1.a25037929fc6bp-11",
        "0x1.1daf195b51fc0p-11",
        "-0x1.f2147ff1b3085p-15",
        "-0x1.a16f758fc2419p-15",
        "0x1.17de145a228cep-16",
        "0x1.0b00cd42f32d0p-18",
        "-0x1.73bfa33f18cccp-19",
        "-0x1.640ad23665a9bp-22",
        "0x1.d1c690da1fd05p-22",
        "0x1.2faa26c20c843p-25",
        "-0x1.1ca4860a0077dp-24",
        "-0x1.113280239eb60p-28",
        "0x1.025c85eafa340p-27",
    )
)

# AS 241, decimal constants as published, lowest order first
_A = (3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
      45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727)  # fmt: skip
_B = (1.0, 42.313330701600911252, 687.18700749205790830, 5394.1960214247511077,
      21213.794301586595867, 39307.895800092710610, 28729.085735721942674, 5226.4952788528545610)  # fmt: skip
_C = (1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
      1.27045825245236838258, 0.241780725177450611770, 0.0227238449892691845833, 7.74545014278341407640e-4)  # fmt: skip
_D = (1.0, 2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
      0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4, 1.05075007164441684324e-9)  # fmt: skip
_E = (6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580, 0.296560571828504891230,
      0.0265321895265761230930, 1.24266094738807843860e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7)  # fmt: skip
_F = (1.0, 0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
      7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7, 2.04426310338993978564e-15)  # fmt: skip


@inlined
def _upper_tail(t):
    """1 - Phi(t) for t >= 1."""
    t = min(t, 39.0)  # Phi(-39) is already below the smallest double
    square, low = two_product(t, t)
    u = (t - TAIL_POLE) / (t + TAIL_POLE)
    return exp_sum(-0.5 * square, -0.5 * low) * (horner(TAIL, u) / (t + TAIL_POLE))


@kernel
def normal_cdf(x):
    """P(Z <= x) for a standard normal Z.

    >>> normal_cdf(0.0), normal_cdf(-40.0)
    (0.5, 0.0)
    """
    x = float(x)
    if x != x:
        return x
    if abs(x) <= 1.0:
        return 0.5 + x * horner(CENTRE, x * x)
    return _upper_tail(-x) if x < 0.0 else 1.0 - _upper_tail(x)


@kernel
def normal_quantile(p):
    """The x with P(Z <= x) = p; -inf at 0, inf at 1, nan outside [0, 1].

    >>> normal_quantile(0.75)
    0.6744897501960817
    """
    p = float(p)
    q = p - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * (horner(_A, r) / horner(_B, r))
    if not 0.0 < p < 1.0:
        return -_INF if p == 0.0 else (_INF if p == 1.0 else _NAN)
    r = math.sqrt(-log(p if q < 0.0 else 1.0 - p))
    x = horner(_C, r - 1.6) / horner(_D, r - 1.6) if r <= 5.0 else horner(_E, r - 5.0) / horner(_F, r - 5.0)
    return -x if q < 0.0 else x
