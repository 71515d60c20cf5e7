"""log Gamma(x) for x > 0 within 6 ulp, also next to its zeros at 1 and 2.

On [1, 2], log Gamma(x) = (x - 1)(x - 2) W(x - 3/2): both factors are exact in doubles. Below 1 and up to 8 the recurrence
Gamma(x + 1) = x Gamma(x) leads there; from 8 on Stirling's series is replaced by its minimax polynomial in 1/x**2
(M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 6.1.41). Coefficients by Remez, recomputed in
tests/reference/elementary_coefficients.py.
"""

from statsim.kernels.elementary.logarithm import log
from statsim.kernels.elementary.polynomial import horner
from statsim.kernels.jit import inlined, kernel

_INF = float("inf")
_NAN = float("nan")
_STIRLING_CONSTANT = float.fromhex("0x1.acfe390c97d69p-2")  # log(2 pi) / 2 - 1/2

W = tuple(
    float.fromhex(text)
    for text in (
        "0x1.eeb95b094c191p-2",
        "-0x1.2aed059bd608ap-3",
        "0x1.01af62a2929eap-4",
        "-0x1.007aa83cee101p-5",
        "0x1.13342352788e8p-6",
        "-0x1.34dbda14a59a7p-7",
        "0x1.64f06652bb668p-8",
        "-0x1.a5035229a90b0p-9",
        "0x1.f814b77c7393cp-10",
        "-0x1.313e8bc6b13eep-10",
        "0x1.750af17af4158p-11",
        "-0x1.cb448e5fd99dbp-12",
        "0x1.1c7340782825bp-12",
        "-0x1.62443cfcc09eep-13",
        "0x1.bb2cdd001bb2bp-14",
        "-0x1.15350ada9f827p-14",
        "0x1.5c98ec3bf0e71p-15",
        "-0x1.cb09bbac7105ap-16",
        "0x1.26eb4316b1debp-16",
        "-0x1.0ed808f410ed0p-17",
        "0x1.3d9382b7dce60p-18",
        "-0x1.0ba819b1b4be5p-17",
        "0x1.69fb12feff615p-18",
    )
)
STIRLING = tuple(
    float.fromhex(text)
    for text in (
        "0x1.5555555555555p-4",
        "-0x1.6c16c16c16b32p-9",
        "0x1.a01a019ee9cb6p-11",
        "-0x1.38137ecdc65c9p-11",
        "0x1.b94f76e2a6459p-11",
        "-0x1.f600ebbd7e9f1p-10",
        "0x1.96ef5f5f21115p-8",
        "-0x1.560f6b9e23b7bp-6",
    )
)


@inlined
def _between_1_and_2(x_minus_1, x_minus_2, t):
    """log Gamma at x in [1, 2], t = x - 3/2."""
    return x_minus_1 * x_minus_2 * horner(W, t)


@kernel
def log_gamma(x):
    """log Gamma(x), x > 0; inf at 0 and inf, nan below 0.

    >>> log_gamma(5.0)  # log 24
    3.1780538303479458
    """
    x = float(x)
    if not x > 0.0:
        return _INF if x == 0.0 else _NAN
    if x == _INF:
        return x
    if x < 1.0:
        return _between_1_and_2(x, x - 1.0, x - 0.5) - log(x)
    if x >= 8.0:
        return (x - 0.5) * (log(x) - 1.0) + (_STIRLING_CONSTANT + horner(STIRLING, 1.0 / (x * x)) / x)
    product = 1.0
    while x > 2.0:
        x -= 1.0
        product *= x
    return log(product) + _between_1_and_2(x - 1.0, x - 2.0, x - 1.5)
