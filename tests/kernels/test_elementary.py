"""Elementary functions against mpmath, in ulps of the correctly rounded value."""

import math

import mpmath as mp
import numpy as np
import pytest

from statsim.kernels import elementary
from statsim.kernels.jit import kernel

INF, NAN = math.inf, math.nan
SMALLEST, SMALLEST_NORMAL, LARGEST = 5e-324, 2.0**-1022, 1.7976931348623157e308


@pytest.fixture(autouse=True)
def precision():
    with mp.workprec(160), np.errstate(over="ignore"):  # interpreted, 64-bit words wrap with a warning
        yield


def over_array(function):
    @kernel
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    def evaluate(x):
        out = np.empty_like(x)
        loop(x, out)
        return out

    return evaluate


def ulps(got, exact):
    nearest = float(exact)
    if math.isinf(nearest):
        return 0.0 if got == nearest else INF
    return float(abs(mp.mpf(float(got)) - exact) / mp.mpf(math.ulp(nearest)))


def worst(name, exact, points):
    values = over_array(getattr(elementary, name))(points)
    return max(ulps(y, exact(mp.mpf(float(x)))) for x, y in zip(points, values, strict=True))


def grid(low, high, n=700):
    """Points of [low, high] that fall on no pattern of the binary digits."""
    return low + (high - low) * (np.arange(n) * 0.6180339887498949 % 1.0)


def decades(low, high, n=500, centre=0.0):
    """Both signs around `centre`, logarithmically spaced."""
    offset = 10.0 ** grid(low, high, n)
    return np.concatenate([centre + offset, centre - offset])


EXP_EDGES = np.array([0.0, SMALLEST, -SMALLEST, 2.0**-54, -(2.0**-54), 709.782712893384, -708.3964185322641, -745.1332191019411])
LOG_EDGES = np.array([SMALLEST, 3 * SMALLEST, 2.0**-1030, SMALLEST_NORMAL, 1 - 2.0**-53, 1 + 2.0**-52, 0.5**0.5, 2**0.5, LARGEST])
ONE_ULP = [
    ("exp", mp.exp, np.concatenate([grid(-1, 1), grid(-708, 709.7), grid(-745.1, -708), EXP_EDGES])),
    ("expm1", mp.expm1, np.concatenate([grid(-1, 1), grid(-45, 45), grid(45, 709.7), decades(-320, 0)])),
    ("log", mp.log, np.concatenate([grid(0.5, 2), 10.0 ** grid(-323, 308), decades(-15, -1, centre=1.0), LOG_EDGES])),
    ("log1p", mp.log1p, np.concatenate([grid(-0.999, 3), 10.0 ** grid(-320, 308), decades(-300, -0.01)])),
    ("sin", mp.sin, np.concatenate([grid(-4, 4), grid(-1.1e6, 1.1e6), decades(-300, -1)])),
    ("cos", mp.cos, np.concatenate([grid(-4, 4), grid(-1.1e6, 1.1e6), decades(-300, -1)])),
]


@pytest.mark.parametrize(("name", "exact", "points"), ONE_ULP, ids=[case[0] for case in ONE_ULP])
def test_within_one_ulp(name, exact, points):
    assert worst(name, exact, points) < 1.0


@pytest.mark.parametrize(("name", "exact"), [("sin", mp.sin), ("cos", mp.cos)])
def test_angles_of_every_size(name, exact):
    multiples = np.concatenate([np.arange(1.0, 200.0) * (math.pi / 2), 2.0 ** np.arange(15.0, 60.0) * math.pi])
    hardest = np.array([6381956970095103 * 2.0**797, 2.0**20, 2.0**20 + 2.0**-32, LARGEST])  # the first: Kahan's, nearest a multiple
    with mp.workprec(1400):
        assert worst(name, exact, np.concatenate([multiples, hardest, 10.0 ** grid(6, 308, 300)])) < 1.0


def power_worst(x, y):
    values = [elementary.power(a, b) for a, b in zip(x, y, strict=True)]
    exact = [mp.power(mp.mpf(float(a)), mp.mpf(float(b))) for a, b in zip(x, y, strict=True)]
    return max(ulps(got, true) for got, true in zip(values, exact, strict=True))


@pytest.mark.parametrize("bases", [10.0 ** grid(-300, 300), grid(0.5, 2), 1 + 10.0 ** grid(-15, -1), 1 - 10.0 ** grid(-15, -1)])
def test_power_within_one_ulp(bases):
    exponents = grid(-744.0, 709.0)[::-1] / np.log(bases)  # results over the whole range of doubles
    assert power_worst(bases, exponents) < 1.0
    assert power_worst(bases, grid(-3.0, 3.0)[::-1]) < 1.0


def quantile_exact(p):
    """Halley steps in multiple precision from the value under test."""
    x = mp.mpf(float(elementary.normal_quantile(float(p))))
    for _ in range(3):
        step = (mp.ncdf(x) - p) / mp.npdf(x)
        x -= step / (1 + x * step / 2)
    return x


FEW_ULPS = [
    ("log_gamma", mp.loggamma, 6, np.concatenate([grid(0.001, 3), grid(3, 40), 10.0 ** grid(-300, 305), decades(-15, -1, 200, 1.0)])),
    ("log_gamma", mp.loggamma, 6, decades(-15, -1, 400, 2.0)),
    ("normal_cdf", mp.ncdf, 5, np.concatenate([grid(-1, 1), grid(-38.4, -1), grid(1, 9), decades(-300, 0)])),
    ("normal_quantile", quantile_exact, 8, np.concatenate([grid(0.01, 0.99, 300), 10.0 ** grid(-307, -1, 200), 1 - 10.0 ** grid(-15, -1, 200)])),
]


@pytest.mark.parametrize(("name", "exact", "limit", "points"), FEW_ULPS)
def test_within_the_stated_ulps(name, exact, limit, points):
    assert worst(name, exact, points) < limit


SPECIAL = [
    ("exp", [(-INF, 0.0), (INF, INF), (0.0, 1.0), (709.7827128933841, INF), (-745.1332191019412, 0.0), (1e308, INF), (-1e308, 0.0)]),
    ("expm1", [(-INF, -1.0), (INF, INF), (0.0, 0.0), (-0.0, -0.0), (-1e9, -1.0), (1e9, INF)]),
    ("log", [(0.0, -INF), (-0.0, -INF), (INF, INF), (1.0, 0.0), (-1.0, NAN), (-INF, NAN), (-SMALLEST, NAN)]),
    ("log1p", [(-1.0, -INF), (-2.0, NAN), (INF, INF), (-INF, NAN), (0.0, 0.0), (-0.0, -0.0)]),
    ("sin", [(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (SMALLEST, SMALLEST)]),
    ("cos", [(0.0, 1.0), (-0.0, 1.0), (INF, NAN), (-INF, NAN)]),
    ("log_gamma", [(0.0, INF), (INF, INF), (1.0, 0.0), (2.0, 0.0), (-1.0, NAN), (-INF, NAN), (LARGEST, INF)]),
    ("normal_cdf", [(-INF, 0.0), (INF, 1.0), (0.0, 0.5), (-39.0, 0.0), (9.0, 1.0), (LARGEST, 1.0)]),
    ("normal_quantile", [(0.0, -INF), (1.0, INF), (0.5, 0.0), (-0.1, NAN), (1.1, NAN)]),
]


@pytest.mark.parametrize(("name", "pairs"), SPECIAL, ids=[case[0] for case in SPECIAL])
def test_special_values(name, pairs):
    function = getattr(elementary, name)
    for x, expected in [*pairs, (NAN, NAN)]:
        got = function(x)
        assert np.array_equal(got, expected, equal_nan=True), (name, x, got)
        assert math.isnan(expected) or math.copysign(1.0, got) == math.copysign(1.0, expected), (name, x, got)


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (0.0, 2.0, 0.0), (0.0, -1.0, INF), (0.0, 0.0, 1.0), (INF, 1.0, INF), (INF, -1.0, 0.0), (2.0, 1024.0, INF),
        (2.0, -1074.0, SMALLEST), (2.0, -1076.0, 0.0), (0.5, INF, 0.0), (2.0, INF, INF), (2.0, -INF, 0.0), (1.0, NAN, 1.0),
        (NAN, 0.0, 1.0), (NAN, 1.0, NAN), (2.0, NAN, NAN), (-1.0, 2.0, NAN), (1e300, 1e300, INF), (1 + 2.0**-52, 1e300, INF),
        (3.0, 2.0, 9.0), (SMALLEST, 1.0, SMALLEST), (LARGEST, 1.0, LARGEST),
    ],
)  # fmt: skip
def test_power_special_values(x, y, expected):
    assert np.array_equal(elementary.power(x, y), expected, equal_nan=True)


def test_symmetries_are_exact():
    x = np.concatenate([grid(0, 50), 10.0 ** grid(0, 300)])
    sin, cos = over_array(elementary.sin), over_array(elementary.cos)
    assert np.array_equal(sin(-x), -sin(x))
    assert np.array_equal(cos(-x), cos(x))


@pytest.mark.parametrize(("name", "low", "high"), [("exp", -745, 709), ("log", 0, 5), ("normal_cdf", -38, 8), ("normal_quantile", 0, 1)])
def test_never_falls_over_a_coarse_grid(name, low, high):
    x = np.linspace(low, high, 20_001)[1:-1]
    assert np.diff(over_array(getattr(elementary, name))(x)).min() >= 0.0


@pytest.mark.parametrize("name", elementary.__all__)
def test_compiled_equals_interpreted(name):
    """The same bits from the plain Python body as from the machine code."""
    function = getattr(elementary, name)
    body = getattr(function, "py_func", function)
    points = [0.3, 0.77, 2.0**-40, 0.999999] if name == "normal_quantile" else [0.3, 1.0, 2.5, 17.75, 1e-9, 300.1, 2e7]
    arguments = [(x, 1.7) if name == "power" else (x,) for x in points]
    assert [function(*a) for a in arguments] == [body(*a) for a in arguments]
