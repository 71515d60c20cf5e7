"""Mixtures in regions: exact candidates, Gibbs and NUTS against quadrature, each with a broken twin; what is refused."""

import numpy as np
import pytest

from statsim import metrics, testing
from statsim.errors import ArgumentError, ArgumentTypeError, ImpossibleConditionError
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.samplers.gibbs.gibbs import Gibbs
from statsim.samplers.hamiltonian.nuts import NUTS
from statsim.samplers.sampling import sample
from tests.models.restricted_cases import CASES, PLANE, SPACE, features

pytestmark = pytest.mark.filterwarnings("ignore::statsim.errors.SamplerWarning")  # chains of a few draws
KEY = np.array([5, 9], np.uint64)


def accepted_rows(restricted, blocks):
    propose = restricted.candidates(KEY)
    parts = [propose(number) for number in range(blocks)]
    return np.concatenate([rows[kept] for rows, kept in parts]), np.concatenate([rows for rows, _ in parts])


@pytest.mark.parametrize("name", list(CASES))
def test_candidates_follow_the_law_in_the_region(name):
    case = CASES[name]
    rows, _ = accepted_rows(case.restricted(), 30)
    mean, _ = case.truth()
    assert len(rows) > 3000
    testing.assert_mean(features(rows), mean)


def test_candidates_without_their_coin_are_found_out():
    case = CASES["box"]
    _, all_rows = accepted_rows(case.restricted(), 30)
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(features(all_rows), case.truth()[0])


def judge(case, draws):
    f = features(draws.values.reshape(-1, draws.values.shape[-1])).reshape(*draws.values.shape[:2], -1)
    ess = 0.7 * min(metrics.ess_mean(f[..., j]) for j in range(f.shape[-1]))
    testing.assert_mean(f.reshape(-1, f.shape[-1]), case.truth()[0], ess=ess)


@pytest.mark.parametrize("name", [name for name in CASES if name != "tail"])  # whose two parts are too far apart for one chain
def test_gibbs_follows_the_law_in_the_region(name):
    case = CASES[name]
    draws = sample(case.restricted(), Gibbs(), chains=2, warmup=200, draws=10_000, rng=2)
    assert draws.names == tuple(f"x[{i}]" for i in range(case.model.n_features_in_))
    judge(case, draws)


@pytest.mark.parametrize("name", ["box", "half plane", "plane and bound"])
def test_nuts_follows_the_law_in_the_region(name):
    case = CASES[name]
    judge(case, sample(case.restricted(), NUTS(), chains=2, warmup=500, draws=4000, rng=4))


def test_gibbs_that_ignores_the_region_is_found_out():
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        judge(CASES["box"], sample(PLANE.where(bounds={0: (-50.0, 50.0)}), Gibbs(), chains=2, warmup=100, draws=2000, rng=2))


def test_one_sweep_leaves_exact_draws_as_they_are():
    case = CASES["triangle"]
    target = case.restricted().to_target()
    (move,) = target.conditionals()
    rows, _ = accepted_rows(case.restricted(), 8)
    before = (rows - target.frame.centre) @ target.frame.inverse.T
    after, state = before.copy(), np.array([1, 2, 3, 4], np.uint64)
    for row in after:
        move.update(row, state, *[np.ascontiguousarray(value) for value in move.data])
    change = features(after) - features(before)
    testing.assert_mean(change, 0.0)
    assert (after != before).all()
    with testing.Budget(), pytest.raises(testing.StatisticalAssertionError):
        testing.assert_mean(features(1.1 * after) - features(before), 0.0)


def test_a_predicate_filters_rows_of_the_model():
    restricted = PLANE.where(lambda X: np.abs(X[:, 0]) > 1.0)
    rows, proposed = accepted_rows(restricted, 3)
    np.testing.assert_array_equal(rows, proposed[np.abs(proposed[:, 0]) > 1.0])
    assert len(proposed) == 3 * 1024


def test_predicate_and_bounds_together():
    rows, _ = accepted_rows(PLANE.where(lambda X: X[:, 1] > 0.0, bounds={0: (1.0, 2.0)}), 3)
    assert rows[:, 0].min() >= 1.0 and rows[:, 0].max() <= 2.0 and rows[:, 1].min() > 0.0


def test_far_tails_are_drawn_at_once():
    model = GaussianMixture.from_parameters(weights=[0.5, 0.5], means=[[0.0], [1.0]], covariances=[[[1.0]], [[4.0]]])
    rows, proposed = accepted_rows(model.where(bounds={0: (200.0, None)}), 1)
    assert len(rows) == len(proposed) and rows.min() > 200.0 and rows.max() < 201.0


def test_names_of_columns_and_linear_constraint_objects():
    import pandas as pd
    from scipy.optimize import LinearConstraint

    frame = pd.DataFrame({"a": [0.0, 1.0, 2.0, 4.0], "b": [1.0, 0.0, 3.0, 1.0]})
    model = GaussianMixture(1, rng=0).fit(frame)
    assert model.where(bounds={"b": (0, 1)}).to_target().names == ("a", "b")
    draws = sample(model.where(linear=LinearConstraint([[1, 1]], 2, 2)), Gibbs(), draws=10, warmup=0, rng=0, diagnose=False)
    np.testing.assert_allclose(draws.values.sum(axis=-1), 2.0, rtol=1e-12)
    assert draws.names == ("a", "b")


def test_initial_is_a_point_of_the_user():
    restricted = SPACE.where(linear=([[1.0, 1.0, 1.0]], [1.0]))
    sample(restricted, Gibbs(), initial=[0.2, 0.3, 0.5], draws=1, warmup=0, rng=0)
    with pytest.raises(ArgumentError, match="misses an equality of linear by"):
        sample(restricted, Gibbs(), initial=[1.2, 0.3, 0.5], draws=1, warmup=0)


EYE = np.eye(2).tolist()


@pytest.mark.parametrize(
    ("where", "error", "message"),
    [
        ({}, ArgumentError, "where.. needs a predicate"),
        ({"predicate": 3}, ArgumentTypeError, "predicate must be a function"),
        ({"bounds": {0: (2.0, 1.0)}}, ArgumentError, r"bounds\[0\] must have low below high, got \(2.0, 1.0\); did you mean \(1.0, 2.0\)"),
        ({"bounds": {0: (1.0, 1.0)}}, ArgumentError, "use model.given"),
        ({"bounds": {5: (0, 1)}}, ArgumentError, "column number"),
        ({"bounds": {0: 3}}, ArgumentTypeError, "must be a pair"),
        ({"bounds": [(0, 1)]}, ArgumentTypeError, "must be a dict"),
        ({"linear": [[1.0, 1.0]]}, ArgumentTypeError, "linear must be"),
        ({"linear": ([[1.0, 1.0, 1.0]], 1.0)}, ArgumentError, "2 columns"),
        ({"linear": ([[1.0, 1.0]], 2.0, 1.0)}, ArgumentError, "row 0 has low=2.0 and high=1.0"),
        ({"linear": (EYE, [1.0, 2.0])}, ImpossibleConditionError, "single point"),
        ({"linear": ([[1.0, 1.0], [2.0, 2.0]], [1.0, 3.0])}, ImpossibleConditionError, "no x satisfies all equalities"),
        ({"linear": ([[1.0, 1.0]], None, -1.0), "bounds": {0: (0, None), 1: (0, None)}}, ImpossibleConditionError, "region is empty"),
        ({"linear": ([[1.0, 0.0]], 3.0, None), "bounds": {0: (None, 2.0)}}, ImpossibleConditionError, "above 3.0 and below 2.0"),
    ],
)
def test_what_is_refused(where, error, message):
    with pytest.raises(error, match=message):
        PLANE.where(**where)


@pytest.mark.parametrize("answer", [lambda X: True, lambda X: X > 0, lambda X: np.ones(len(X))])
def test_a_predicate_of_the_wrong_shape_says_how_to_write_it(answer):
    with pytest.raises(ArgumentError, match="truth values, it returned.*lambda X"):
        PLANE.where(answer).candidates(KEY)(0)


def test_chains_cannot_use_a_predicate_nor_constant_columns():
    with pytest.raises(ArgumentError, match="use Rejection"):
        sample(PLANE.where(lambda X: X[:, 0] > 0), Gibbs())
    constant = GaussianMixture.from_parameters(weights=[1.0], means=[[1.0, 0.0]], covariances=[[0.0, 1.0]], covariance_type="diag")
    with pytest.raises(ArgumentError, match=r"columns \[0\] are constant.*marginal\(\[1\]\)"):
        constant.where(bounds={1: (0, None)})
