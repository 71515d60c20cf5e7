"""The Gibbs driver: joint laws by Geweke's successive-conditional simulation, cuts into stretches, threads, errors."""

import math

import numba
import numpy as np
import pytest

from statsim import metrics, testing
from statsim.errors import ArgumentError, ArgumentTypeError, SamplerError, TargetError
from statsim.samplers import conjugate, variates
from statsim.samplers.gibbs.conditional import Conditional, DiscreteMove, SliceMove
from statsim.samplers.gibbs.gibbs import Gibbs
from statsim.samplers.sampling import sample
from statsim.samplers.supports import CorrelationCholesky, Ordered, Positive, Real, Simplex
from statsim.samplers.targets.target import Target

pytestmark = pytest.mark.filterwarnings("ignore::statsim.errors.SamplerWarning")  # chains of a few draws


def plain_of(function):
    """The plain Python function behind a Numba one; itself where Numba is switched off."""
    return getattr(function, "py_func", function)


@numba.njit
def mean_given_data(x, random, error):
    """mu ~ N(0, 1), y_i ~ N(mu, 1): x = (mu, y_1, y_2); `error` breaks the law."""
    x[0] = (x[1] + x[2]) / 3.0 + error + variates.standard_normal(random) / math.sqrt(3.0)


@numba.njit
def data_given_mean(x, random, error):
    for i in range(1, 3):
        x[i] = x[0] + variates.standard_normal(random)


def geweke(error, scan="systematic"):
    moves = [Conditional(mean_given_data, [error]), Conditional(data_given_mean, [error])]
    draws = sample(None, Gibbs(moves, scan=scan), initial=np.zeros(3), chains=2, warmup=20, draws=20_000, rng=3)
    x = draws.values
    features = np.stack([x[..., 0], x[..., 0] ** 2, x[..., 1] ** 2, x[..., 1] * x[..., 2], x[..., 0] * x[..., 1]], axis=-1)
    ess = min(metrics.ess_mean(features[..., j]) for j in range(5))
    return features.reshape(-1, 5), 0.7 * ess


@pytest.mark.parametrize("scan", ["systematic", "random"])
def test_geweke_joint_law(scan):
    features, ess = geweke(0.0, scan)
    testing.assert_mean(features, [0.0, 1.0, 2.0, 1.0, 1.0], ess=ess)


def test_geweke_finds_a_broken_conditional():
    features, ess = geweke(0.05)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(features, [0.0, 1.0, 2.0, 1.0, 1.0], ess=ess)


@numba.njit
def mixed_density(x, rate):
    """x[0] in {0, 1, 2} with weights 1:2:3; x[1] given it gamma of shape 1 + x[0]; x[2] normal about x[0]."""
    shape = 1.0 + x[0]
    gamma = (shape - 1.0) * math.log(x[1]) - rate * x[1] + shape * math.log(rate) - math.lgamma(shape)
    return math.log(1.0 + x[0]) + gamma - 0.5 * (x[2] - x[0]) ** 2


def mixed_draws(values=(0, 1, 2), **options):
    target = Target(mixed_density, dim=3, data=[2.0], support=[Real(), Positive(), Real()])
    moves = [DiscreteMove(0, values), SliceMove(1), SliceMove(2, width=0.1)]
    return sample(target, Gibbs(moves), initial=[1.0, 1.0, 1.0], draws=10_000, chains=2, warmup=300, rng=11, **options)


def judge_mixed(draws):
    x = draws.values
    features = np.stack([x[..., 0] == 1, x[..., 0] == 2, x[..., 1], x[..., 2], x[..., 1] * x[..., 2]], axis=-1).astype(float)
    ess = 0.7 * min(metrics.ess_mean(features[..., j]) for j in range(5))
    mean, second = 4 / 3, (2 * 1 + 3 * 4) / 6
    testing.assert_mean(features.reshape(-1, 5), [1 / 3, 1 / 2, (1 + mean) / 2, mean, (mean + second) / 2], ess=ess)


def test_slices_and_enumeration_from_the_log_density():
    draws = mixed_draws()
    judge_mixed(draws)
    x = draws.values.reshape(-1, 3)[:50]
    expected = [plain_of(mixed_density)(row, 2.0) for row in x]
    np.testing.assert_allclose(draws.stats["log_density"].reshape(-1)[:50], expected, rtol=1e-12)


def test_a_forgotten_value_is_found():
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        judge_mixed(mixed_draws(values=(1, 2)))


@numba.njit
def shifted_twice(x, random):
    x[0] += variates.uniform(random) - 0.5
    x[1] = x[0]


def test_draws_do_not_depend_on_threads_or_stretches(monkeypatch):
    from statsim.samplers.chains import run
    from statsim.samplers.chains import storage

    whole = mixed_draws(num_threads=1)
    monkeypatch.setattr(run, "STRETCH_SECONDS", 1e-9)
    monkeypatch.setattr(storage, "STRETCH_VALUES", 5000)
    np.testing.assert_array_equal(mixed_draws(num_threads=2).values, whole.values)


def test_plain_python_conditionals_give_the_same_draws():
    def plain(x, random):
        plain_of(shifted_twice)(x, random)

    fast = sample(None, Gibbs([shifted_twice]), initial=[0.0, 0.0], draws=20, warmup=0, chains=2, rng=1, diagnose=False)
    slow = sample(None, Gibbs([plain]), initial=[0.0, 0.0], draws=20, warmup=0, chains=2, rng=1, diagnose=False)
    np.testing.assert_array_equal(fast.values, slow.values)
    assert np.isnan(fast.stats["log_density"]).all()  # no density is known


def test_an_interrupted_update_is_not_lost():
    calls = []

    def interrupted_once(x, random):
        calls.append(x[0])
        if len(calls) == 3:
            raise SystemExit(7)

    with pytest.raises(SystemExit):
        sample(None, Gibbs([interrupted_once]), initial=[0.0], draws=50, warmup=0, chains=1)


@numba.njit
def fails_when_large(x, random):
    x[0] += 1.0
    if x[0] > 5.0:
        raise ValueError("too large")


@numba.njit
def writes_nan(x, random):
    x[1] = np.nan


@numba.njit
def half_line(x):
    return -x[0] if x[0] > 0.0 else -np.inf


@numba.njit
def wrong_above_one(x):
    return np.nan if x[0] > 1.0 else 0.0


def test_errors_name_the_conditional_and_show_the_point():
    with pytest.raises(TargetError, match=r"fails_when_large raised ValueError: too large at x = \[5.0.*chain 0|at x = \[6.0"):
        sample(None, Gibbs([fails_when_large]), initial=[0.0], draws=20, warmup=0, chains=1)
    with pytest.raises(SamplerError, match=r"x\[1\] became nan.*chain 0"):
        sample(None, Gibbs([writes_nan]), initial=[0.0, 0.0], draws=20, chains=1)
    with pytest.raises(TargetError, match=r"log density is nan"):
        sample(Target(wrong_above_one, dim=1), Gibbs([SliceMove(0)]), initial=[0.5], draws=200, chains=1)
    with pytest.raises(ArgumentError, match="density zero at"):
        sample(Target(half_line, dim=1), Gibbs([SliceMove(0)]), initial=[-1.0], draws=5, chains=1)


@numba.njit
def writes_minus_one(x, random):
    x[0] = 1.0
    x[1] = -1.0


@numba.njit
def flat(x):
    return 0.0


@numba.njit
def nowhere_below_two(x):
    return -np.inf if x[1] > 1.5 and x[0] < 2.0 else 0.0


@numba.njit
def moves_to_two(x, random):
    x[1] = 2.0


@pytest.mark.parametrize("scan", ["systematic", "random"])
def test_what_a_conditional_may_not_write(scan):
    harmless = Conditional(data_given_mean, [0.0])
    with pytest.raises(SamplerError, match=r"x\[1\] became nan in writes_nan, x = \[.*chain 0"):
        sample(None, Gibbs([harmless, writes_nan], scan=scan), initial=np.zeros(3), draws=20, chains=1)
    with pytest.raises(SamplerError, match=r"writes_minus_one left the support Positive.*x = \[1.0, -1.0\], met by chain 0"):
        sample(Target(flat, dim=2, support=Positive(2)), Gibbs([SliceMove(0), writes_minus_one], scan=scan), draws=20, chains=1)


def test_a_discrete_coordinate_without_density_says_so():
    with pytest.raises(SamplerError, match=r"DiscreteMove\(0\): all listed values \[0, 1\] have density zero at x = \[0.0, 2.0\], met by chain 0"):
        sample(Target(nowhere_below_two, dim=2), Gibbs([moves_to_two, DiscreteMove(0, [0, 1])]), initial=[0.0, 0.0], draws=20, chains=1)
    with pytest.raises(SamplerError, match=r"SliceMove\(0\): the density is zero where an earlier move"):
        sample(Target(nowhere_below_two, dim=2), Gibbs([moves_to_two, SliceMove(0)]), initial=[0.0, 0.0], draws=20, chains=1)
    with pytest.raises(TargetError, match=r"log density is nan at x = \[3\..*chain 0 in DiscreteMove\(0\)"):
        sample(Target(wrong_above_one, dim=1), Gibbs([DiscreteMove(0, [0, 3])]), initial=[0.0], draws=20, chains=1)


@numba.njit
def table_density(x, weights):
    return math.log(weights[int(x[0])]) if x[0] == int(x[0]) else -np.inf


def test_discrete_coordinates_begin_at_their_values():
    target = Target(table_density, dim=1, data=[np.array([1.0, 1.0, 1.0, 1.0])], support=Positive())
    begun = Gibbs([DiscreteMove(0, [1, 2, 3])])
    x = sample(target, begun, draws=200, warmup=0, chains=8, rng=3).values
    assert set(np.unique(x)) == {1.0, 2.0, 3.0}
    first = []
    for number in range(300):
        random = np.array([1, 2, 3, number], np.uint64)
        for _ in range(8):
            variates.uniform(random)
        first.append(begun.settle(target, np.zeros(1), random)[0])
    testing.assert_follows(np.array(first), {1.0: 1 / 3, 2.0: 1 / 3, 3.0: 1 / 3})
    assert sample(target, begun, initial=[3.0], draws=5, warmup=0, chains=1).values.max() <= 3.0  # 3 exactly, not exp(log(3))
    with pytest.raises(ArgumentError, match=r"initial: coordinate x\[0\] is 2.5.*values of DiscreteMove\(0\), \[1.0, 2.0, 3.0\]"):
        sample(target, begun, initial=[2.5], draws=5)


def test_values_outside_the_support_are_no_start():
    target = Target(flat, dim=2, support=Ordered(2))
    with pytest.raises(SamplerError, match="100 starts"):
        sample(target, Gibbs([DiscreteMove(0, [5]), DiscreteMove(1, [4])]), draws=5, chains=1)


def test_slices_stay_where_the_density_is_positive():
    draws = sample(Target(half_line, dim=1), Gibbs([SliceMove(0)]), initial=[1.0], draws=4000, chains=2, rng=5)
    testing.assert_mean(draws.values.reshape(-1, 1), 1.0, ess=0.7 * metrics.ess_mean(draws.values[..., 0]))
    assert draws.values.min() > 0.0


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Gibbs([]), ArgumentError, "conditionals is empty"),
        (lambda: Gibbs(3), ArgumentTypeError, "must be a sequence of functions"),
        (lambda: Gibbs(["a"]), ArgumentTypeError, "must be a function update"),
        (lambda: Gibbs([shifted_twice], scan="zigzag"), ArgumentError, "'zigzag'"),
        (lambda: sample(None, Gibbs([shifted_twice])), ArgumentError, "needs initial="),
        (lambda: sample(None, Gibbs(), initial=[0.0]), ArgumentError, "needs conditionals="),
        (lambda: sample(None, Gibbs([SliceMove(0)]), initial=[0.0]), ArgumentError, "needs a log density"),
        (lambda: sample(Target(half_line, dim=1), Gibbs()), ArgumentError, "does not know its conditional laws"),
        (lambda: sample(Target(half_line, dim=1), Gibbs([SliceMove(1)]), initial=[1.0]), ArgumentError, "no coordinate 1"),
        (lambda: sample(None, Gibbs([Conditional(shifted_twice, [], coordinates=[0, 2])]), initial=[0.0, 0.0]), ArgumentError, "shifted_twice.*no coordinate 2"),
        (lambda: Conditional(shifted_twice, coordinates=[-1]), ArgumentError, "coordinates"),
        (lambda: sample(None, Gibbs([conjugate.beta_binomial(1, successes=1, trials=2)]), initial=[0.5]), ArgumentError, "beta_binomial.*no coordinate 1"),
        (lambda: sample(None, Gibbs([conjugate.gamma_poisson(7, counts=[1], shape=1, rate=1)]), initial=[0.5]), ArgumentError, "no coordinate 7"),
        (lambda: sample(None, Gibbs([conjugate.dirichlet_categorical(1, counts=[1, 2])]), initial=[0.5, 0.5]), ArgumentError, "no coordinate 2"),
        (lambda: sample(None, Gibbs([conjugate.normal_mean(0, observations=[1.0], precision_place=3)]), initial=[0.5]), ArgumentError, "no coordinate 3"),
        (
            lambda: sample(None, Gibbs([conjugate.normal_precision(0, observations=[1.0], mean_place=3, shape=1, rate=1)]), initial=[0.5]),
            ArgumentError,
            "no coordinate 3",
        ),
        (lambda: sample(Target(flat, dim=3, support=Simplex(3)), Gibbs([SliceMove(1)])), ArgumentError, r"SliceMove\(1\): x\[1\] is part of a Simplex"),
        (
            lambda: sample(Target(flat, dim=5, support=[Real(), CorrelationCholesky(2)]), Gibbs([DiscreteMove(4, [0.5])])),
            ArgumentError,
            r"DiscreteMove\(4\).*CorrelationCholesky",
        ),
        (lambda: DiscreteMove(0, [1, 1]), ArgumentError, "different finite numbers"),
        (lambda: SliceMove(0, width=0.0), ArgumentError, "width"),
    ],
)
def test_what_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
