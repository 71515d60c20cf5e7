"""Targets: what they accept, what they compile, and what they say when they are wrong."""

import warnings

import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError, SamplerWarning, TargetError
from statsim.samplers.targets import compilation
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.chains.run import run_chains
from statsim.samplers.supports import CorrelationCholesky, Ordered, Positive, Real, Simplex
from statsim.samplers.targets.target import Target, as_target

SCALES = np.array([1.0, 3.0])


@numba.njit
def corner(x, table):
    return table[0, 0] * x[0]


@numba.njit
def value(x, scales, shift):
    return -0.5 * np.sum(((x - shift) / scales) ** 2)


@numba.njit
def returned(x, scales, shift):
    return -(x - shift) / scales**2


@numba.njit
def filled(x, out, scales, shift):
    for i in range(x.size):
        out[i] = -(x[i] - shift) / scales[i] ** 2


@numba.njit
def both(x, out, scales, shift):
    filled(x, out, scales, shift)
    return value(x, scales, shift)


FORMS = {
    "returned": {"log_density": value, "gradient": returned},
    "filled": {"log_density": value, "gradient": filled},
    "fused": {"value_and_gradient": both},
    "fused and value": {"log_density": value, "value_and_gradient": both},
}
PLAIN = {name: {key: f.py_func for key, f in form.items()} for name, form in FORMS.items()}
X = np.array([0.3, -2.0])


def made(form, **options):
    return Target(**form, dim=2, data=[SCALES, 0.5], **options)


@pytest.mark.parametrize("form", [*FORMS.values(), *PLAIN.values()], ids=[*FORMS, *(f"{name}, plain" for name in PLAIN)])
def test_every_accepted_signature_gives_the_same(form):
    target = made(form, interpreted=True)
    assert_allclose(target.log_density(X), value.py_func(X, SCALES, 0.5), rtol=1e-14)
    found, gradient = target.value_and_gradient(X)
    assert_allclose(found, value.py_func(X, SCALES, 0.5), rtol=1e-14)
    assert_allclose(gradient, returned.py_func(X, SCALES, 0.5), rtol=1e-14)
    assert target.check_gradient() < 1e-6


def test_plain_and_compiled_give_the_same_draws():
    draws = [run_chains(made(form, interpreted=True), NUTS(), chains=2, warmup=50, draws=20, rng=1).values for form in (FORMS["filled"], PLAIN["filled"])]
    assert_allclose(*draws, rtol=1e-8)


def test_rows_of_points_and_float32_and_strided_ones():
    target = made(FORMS["fused"])
    points = np.arange(12.0).reshape(6, 2)[::2]
    assert_array_equal(target.log_density(points), [target.log_density(point) for point in points])
    assert target.log_density(np.float32(X)) == target.log_density(np.float64(np.float32(X)))
    read_only = X.copy()
    read_only.flags.writeable = False
    assert target.log_density(read_only) == target.log_density(X)
    assert target.log_density(np.empty((0, 2))).shape == (0,)


def test_new_data_compile_nothing():
    target = made(FORMS["fused"])
    target.log_density(X)
    known = compilation.known_forms(both)
    before = len(known)
    other = target.with_data(SCALES * 2, 0.0)
    assert_allclose(other.log_density(X), value.py_func(X, SCALES * 2, 0.0))
    assert len(known) == before
    assert_allclose(target.log_density(X), value.py_func(X, SCALES, 0.5))  # the first one keeps its own


def test_data_of_many_kinds():
    @numba.njit
    def f(x, table, counts, weight, offset):
        return x[0] + table[1, 2] + counts[1] + 10.0 * weight + offset

    target = Target(f, dim=1, data=[np.arange(6.0).reshape(2, 3), np.array([3, 4], np.int32), 0.5, 7])
    assert target.log_density([1.0]) == 1 + 5 + 4 + 5 + 7
    strided = target.with_data(np.asfortranarray(np.arange(6.0).reshape(2, 3)), np.array([3, 0, 4, 0], np.int32)[::2], 0.5, 7)
    assert strided.log_density([1.0]) == 22


def test_a_plain_function_says_once_how_to_be_fast():
    def slow_one(x):
        return -0.5 * x @ x

    with pytest.warns(SamplerWarning, match=r"slow_one is a plain Python function.*numba\.njit"):
        Target(slow_one, dim=2).log_density(X)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Target(slow_one, dim=2).log_density(X)


def test_a_compiled_density_cannot_move_the_chain():
    @numba.njit
    def shifts(x, mean):
        x -= mean
        return -0.5 * np.sum(x**2)

    with pytest.raises(ArgumentError, match=r"shifts writes to x or to its data, which are read-only; work on a copy"):
        Target(shifts, dim=1, data=[np.ones(1)]).log_density([1.0])
    point = np.zeros(1)
    assert Target(shifts.py_func, dim=1, data=[np.ones(1)], interpreted=True).log_density(point) == -0.5
    assert point[0] == 0.0


def test_a_function_compiled_for_writable_arrays_is_taken():
    @numba.njit("float64(float64[::1], float64[::1])")
    def fixed(x, scales):
        return -0.5 * np.sum((x / scales) ** 2)

    assert Target(fixed, dim=2, data=[SCALES]).log_density([1.0, 3.0]) == -1.0


@pytest.mark.parametrize("layout", [np.ascontiguousarray, np.asfortranarray, lambda array: array.astype(">f8"), lambda array: array.astype(np.float16)])
def test_data_stay_what_they_were(layout):
    @numba.njit
    def first(x, table):
        return table[0, 1]

    table = layout(np.array([[1.0, 2.0], [3.0, 4.0]]))
    for f in (first, first.py_func):
        target = Target(f, dim=1, data=[table], interpreted=True)
        before = table[0, 1]
        table[0, 1] = 99.0
        assert target.log_density([0.0]) == before
        table[0, 1] = before


def test_an_interruption_inside_a_plain_target_is_not_lost():
    calls = []

    def interrupted(x):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return -0.5 * x @ x

    target = Target(interrupted, dim=2, interpreted=True)
    with pytest.raises(KeyboardInterrupt):
        target.log_density(np.zeros((5, 2)))
    assert target.log_density([0.0, 0.0]) == 0.0


def test_a_gradient_that_adds_to_its_buffer_is_found_at_the_start():
    @numba.njit
    def adds(x, out):
        for i in range(x.size):
            out[i] -= x[i]
        return -0.5 * np.sum(x**2)

    with pytest.raises(TargetError, match=r"gradient is nan for coordinate x\[0\].*not add to what stands there"):
        run_chains(Target(value_and_gradient=adds, dim=2), NUTS(), chains=1, warmup=10, draws=10, rng=0)


# ---------------------------------------------------------------- wrong arguments


def test_wrong_arguments_are_named():
    cases = [
        (lambda: Target(value, dim=0), ArgumentError, "dim"),
        (lambda: Target(dim=2), ArgumentError, "needs log_density= or value_and_gradient="),
        (lambda: Target(3, dim=2), ArgumentTypeError, "log_density must be a function, got 3"),
        (lambda: Target(value, returned.py_func, dim=2), ArgumentTypeError, "one is a Numba function and the other plain"),
        (lambda: Target(value, dim=2, data="ab"), ArgumentTypeError, "data must be a sequence"),
        (lambda: Target(value, dim=2, data=[["a"], 1.0]), ArgumentTypeError, r"data\[0\] must be a number or an array of numbers"),
        (lambda: Target(value, dim=2, data=[np.ma.masked_equal([1.0, 2.0], 1.0), 1.0]), ArgumentTypeError, "masked array"),
        (lambda: Target(value, dim=2, data=[SCALES, 2**70]), ArgumentTypeError, "64 bits"),
        (lambda: Target(value, dim=2, names=["a", "a"]), ArgumentError, "2 different names"),
        (lambda: Target(value, dim=2, support=[Real(3)]), ArgumentError, "covers 3 coordinates, but dim=2"),
        (lambda: Target(value, dim=2, support=["positive"]), ArgumentTypeError, "support must be made of Real"),
        (lambda: Target(value, dim=1, support=Simplex(1)), ArgumentError, "size of Simplex"),
        (lambda: made(FORMS["fused"]).log_density([1.0]), ArgumentError, "2 coordinates"),
        (lambda: Target(value, dim=2, data=[SCALES]), ArgumentError, r"is called as \(x, \*data\), and data has 1 item"),
        (lambda: Target(corner, dim=2, data=[SCALES]).log_density(X), ArgumentError, "corner does not compile for the arguments"),
        (lambda: Target(value, lambda x: x, dim=2, data=[SCALES, 1.0]), ArgumentTypeError, "decorate both"),
        (lambda: Target(value, dim=2, data=[SCALES, 0.5]).gradient(X), ArgumentError, "needs the gradient"),
        (lambda: as_target(7), ArgumentTypeError, "target must be a Target, a model"),
        (lambda: as_target(value), ArgumentTypeError, r"use Target\(f, dim=...\)"),
    ]
    for call, kind, words in cases:
        with pytest.raises(kind, match=words):
            call()


def test_a_gradient_of_the_wrong_arity_is_named():
    @numba.njit
    def three(x, out, a, b, c):
        return 0.0

    with pytest.raises(ArgumentError, match="gradient takes 5 arguments; with 2 items of data it must take 3"):
        Target(value, three, dim=2, data=[SCALES, 0.5]).gradient(X)


def test_a_gradient_of_the_wrong_length_is_named():
    @numba.njit
    def short(x, scales, shift):
        return np.ones(1)

    for f, g in ((value, short), (value.py_func, short.py_func)):
        with pytest.raises(TargetError, match=r"the gradient has shape \(1,\), expected \(2,\)"):
            Target(f, g, dim=2, data=[SCALES, 0.5], interpreted=True).gradient(X)


def test_check_gradient_names_the_worst_coordinate():
    @numba.njit
    def wrong_sign(x, out, scales, shift):
        filled(x, out, scales, shift)
        out[1] = -out[1]

    @numba.njit
    def off_by_two(x, out, scales, shift):
        filled(x, out, scales, shift)
        out[0] *= 2.0

    @numba.njit
    def forgets(x, out, scales, shift):
        out[0] = -(x[0] - shift) / scales[0] ** 2

    options = {"dim": 2, "data": [SCALES, 0.5], "names": ["a", "b"]}
    for gradient, words in (
        (wrong_sign, "has the wrong sign for coordinate b"),
        (off_by_two, "is wrong for coordinate a"),
        (forgets, "leaves coordinate b unset|wrong for coordinate b|gradient is nan for coordinate b"),
    ):
        with pytest.raises(TargetError, match=words):
            Target(value, gradient, **options).check_gradient()


@pytest.mark.parametrize("support", [[Positive(2)], [Ordered(2)], [Simplex(2)], [CorrelationCholesky(2)]])
def test_check_gradient_on_constrained_targets(support):
    dim = sum(part.size for part in support)

    @numba.njit
    def f(x, out):
        out[:] = 0.0
        out[0] = 2.0 * x[0] / (1.0 + x[0] ** 2)
        return np.log(1.0 + x[0] ** 2)

    assert Target(value_and_gradient=f, dim=dim, support=support).check_gradient() < 1e-6


# ---------------------------------------------------------------- wrong values


def sampled(f, **options):
    return run_chains(Target(value_and_gradient=f, dim=1), NUTS(), chains=2, warmup=30, draws=30, rng=0, **options)


@numba.njit
def wall(x, out, kind):
    out[0] = -x[0]
    if x[0] > 0.5:
        if kind == 0:
            return np.nan
        if kind == 1:
            return np.inf
        if kind == 2:
            raise ValueError("no such thing")
        if kind == 3:
            out[0] = np.nan
    return -0.5 * x[0] ** 2


@pytest.mark.parametrize(
    ("kind", "words"),
    [(0, "log density is nan"), (1, "log density is inf"), (2, "raised ValueError: no such thing"), (3, "gradient is nan for coordinate")],
)
@pytest.mark.parametrize("f", [wall, wall.py_func], ids=["compiled", "plain"])
def test_a_wrong_target_stops_the_chain_at_the_point(kind, words, f):
    target = Target(value_and_gradient=f, dim=1, data=[kind], interpreted=True)
    with pytest.raises(TargetError, match=words) as caught:
        run_chains(target, NUTS(), chains=2, warmup=30, draws=30, rng=0, initial=[-0.5])
    point = float(str(caught.value).split("x = [")[1].split("]")[0])
    assert point > 0.5
    assert "met by chain" in str(caught.value)


@pytest.mark.parametrize("answer", [None, "high", np.zeros(2)])
def test_a_density_that_returns_no_number_is_told_so(answer):
    with pytest.raises(TargetError, match=r"the log density returned .*; it must return one float"):
        Target(lambda x: answer, dim=2, interpreted=True).log_density(X)


def test_a_wrong_start_is_an_error_too():
    with pytest.raises(TargetError, match=r"log density is nan.*a start of chain"):
        run_chains(Target(value_and_gradient=wall, dim=1, data=[0]), NUTS(), chains=1, warmup=1, draws=1, rng=0, initial=[0.75])


@numba.njit
def far(x, out):
    out[0] = -1.0
    return -x[0] if x[0] > 50 else -np.inf


def test_density_zero_at_every_start_tried():
    with pytest.raises(SamplerError, match=r"-inf at all 100 starts tried; give initial=.*declare the support"):
        sampled(far)
    assert sampled(far, initial=[51.0]).values.min() > 50


def test_a_start_outside_is_refused():
    with pytest.raises(ArgumentError, match="initial has density zero at"):
        sampled(far, initial=[3.0])
    with pytest.raises(ArgumentError, match="initial must lie inside the support"):
        target = Target(value, dim=2, data=[SCALES, 0.5], support=[Positive(2)])
        target.unconstrain([1.0, -1.0], name="initial")
    with pytest.raises(ArgumentError, match=r"initial must have shape \(1,\) or \(2, 1\), got \(3,\)"):
        sampled(far, initial=[1.0, 2.0, 3.0])
    with pytest.raises(ArgumentError, match="finite numbers"):
        sampled(far, initial=[np.nan])
