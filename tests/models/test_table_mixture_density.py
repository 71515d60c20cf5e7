"""Scores and conditional laws of the table mixture against loops over cells with SciPy's laws."""

import numpy as np
import pytest

from statsim.errors import ArgumentError, ArgumentTypeError, ImpossibleConditionError
from statsim.models.table_mixture.table_mixture import TableMixture
from statsim.tables.arrays import TableArrays
from tests.models.table_mixture_cases import continuous_rows, mixed_model, with_unmodelled_gaps
from tests.reference import table_mixture as twin


def test_density_and_posterior_equal_the_loop_over_cells():
    model = mixed_model()
    rows = with_unmodelled_gaps(model.sample(150, rng=1))
    joint = twin.joint(model.parameters_, model.layout_, rows)
    np.testing.assert_allclose(model.score_samples(rows), np.log(joint.sum(axis=1)), rtol=1e-12)
    np.testing.assert_allclose(model.predict_proba(rows), joint / joint.sum(axis=1, keepdims=True), atol=1e-13)
    assert (model.predict(rows) == joint.argmax(axis=1)).all()
    assert np.isclose(model.score(rows), np.log(joint.sum(axis=1)).mean(), rtol=1e-12)


def test_a_single_continuous_block_is_a_gaussian_mixture():
    from sklearn.mixture import GaussianMixture

    model = mixed_model().marginal(continuous=[1, 2])
    z = model.sample(500, rng=2).continuous
    other = GaussianMixture(2).fit(z)
    other.weights_, other.means_ = model.weights_, model.means_
    other.precisions_cholesky_ = np.linalg.inv(np.linalg.cholesky(model.covariances_)).transpose(0, 2, 1)
    np.testing.assert_allclose(model.score_samples(continuous_rows(z)), other.score_samples(z), rtol=1e-12)
    np.testing.assert_allclose(model.predict_proba(continuous_rows(z)), other.predict_proba(z), atol=1e-12)


def test_probabilities_of_discrete_rows_sum_to_one():
    model = mixed_model().marginal(discrete=[0, 1], counts=[0])
    codes = [(a, b, c) for a in range(3) for b in (-1, 0, 1) for c in range(-1, 120)]
    table = np.array(codes)
    rows = TableArrays(np.zeros((len(table), 0)), table[:, :2], table[:, 2:], model.layout_)
    assert np.isclose(np.exp(model.score_samples(rows)).sum(), 1.0, atol=1e-13)


EVIDENCE = [
    {"continuous": {1: 0.3}},
    {"continuous": {0: -1.0, 2: 0.5}},
    {"discrete": {1: 0}, "counts": {1: 3}},
    {"missing": [("continuous", 0), ("counts", 0)]},
    {"continuous": {0: 1.0, 1: 0.2, 2: -0.4}, "discrete": {0: 2}, "counts": {0: 8}, "missing": [("discrete", 1)]},
    {"discrete": {1: 1}},
]


@pytest.mark.parametrize("evidence", EVIDENCE)
def test_conditional_density_is_joint_over_marginal(evidence):
    model = mixed_model()
    conditional = model.given(**evidence)
    rows = conditional.sample(80, rng=3)
    joint = np.log(twin.joint(model.parameters_, model.layout_, rows).sum(axis=1))
    marginal = _log_marginal(model, evidence)
    np.testing.assert_allclose(conditional.score_samples(rows), joint - marginal, rtol=0, atol=1e-10)


def _log_marginal(model, evidence):
    """Log density of the evidence, with every other cell integrated out by leaving its column away."""
    missing = evidence.get("missing", [])
    chosen = {
        block: sorted({*evidence.get(block, {}), *(j for name, j in missing if name == block)})
        for block in ("continuous", "discrete", "counts")
    }
    smaller = model.marginal(**chosen)
    blanks = {"continuous": np.nan, "discrete": -1, "counts": -1}
    cells = {block: [[evidence.get(block, {}).get(j, blanks[block]) for j in columns]] for block, columns in chosen.items()}
    row = TableArrays(*(np.array(cells[block]).reshape(1, -1) for block in blanks), smaller.layout_)
    return np.log(twin.joint(smaller.parameters_, smaller.layout_, row).sum())


def test_conditional_rows_hold_the_evidence_and_conditioning_in_two_steps_is_the_same():
    model = mixed_model()
    once = model.given(continuous={1: 0.25}, counts={0: 4}, missing=[("discrete", 1)])
    twice = model.given(counts={0: 4}).given(missing=[("discrete", 1)]).given(continuous={1: 0.25})
    rows = once.sample(200, rng=4)
    assert (rows.continuous[:, 1] == 0.25).all()
    assert (rows.counts[:, 0] == 4).all()
    assert (rows.discrete[:, 1] == -1).all()
    assert not np.isnan(rows.continuous[:, 1:]).any()
    np.testing.assert_allclose(once.weights_, twice.weights_, rtol=1e-12)
    np.testing.assert_allclose(once.covariances_, twice.covariances_, atol=1e-14)
    assert np.array_equal(once.given(continuous={1: 0.25}).weights_, once.weights_)


def test_a_column_that_is_never_missing_cannot_be_missing():
    with pytest.raises(ImpossibleConditionError, match="continuous column 1 is never missing"):
        mixed_model().given(missing=[("continuous", 1)])


def test_evidence_far_out_is_improbable_not_impossible():
    assert np.isclose(mixed_model().given(continuous={0: 1e6}).weights_.sum(), 1.0)


def test_evidence_against_a_point_mass_is_impossible():
    fixed = mixed_model().given(counts={0: 4}, discrete={0: 1})
    for evidence in ({"counts": {0: 5}}, {"discrete": {0: 2}}, {"missing": [("counts", 0)]}):
        with pytest.raises(ImpossibleConditionError, match="counts\\[0\\]|discrete\\[0\\]"):
            fixed.given(**evidence)


@pytest.mark.parametrize(
    ("evidence", "shown"),
    [
        ({"continuous": {3: 0.0}}, "column of continuous.*got 3"),
        ({"continuous": {0: np.nan}}, "nan"),
        ({"discrete": {0: 3}}, r"discrete\[0\].*got 3"),
        ({"counts": {0: -2}}, r"counts\[0\].*got -2"),
        ({"missing": [("numbers", 0)]}, "numbers"),
        ({"counts": {0: 2}, "missing": [("counts", 0)]}, "given a value and named as missing"),
    ],
)
def test_wrong_evidence_names_the_value(evidence, shown):
    with pytest.raises(ArgumentError, match=shown):
        mixed_model().given(**evidence)


def test_wrong_rows_are_refused_by_place():
    model = mixed_model()
    good = model.sample(3, rng=0)
    with pytest.raises(ArgumentTypeError, match="TableArrays, got ndarray"):
        model.score_samples(np.zeros((3, 3)))
    codes = good.discrete.copy()
    codes[1, 0] = 3
    with pytest.raises(ArgumentError, match=r"X.discrete\[1, 0\] = 3"):
        model.score_samples(TableArrays(good.continuous, codes, good.counts, good.layout))
    z = good.continuous.copy()
    z[2, 1] = np.inf
    with pytest.raises(ArgumentError, match=r"X.continuous\[2, 1\] = inf"):
        model.score_samples(TableArrays(z, good.discrete, good.counts, good.layout))


def test_no_rows_no_scores():
    model = mixed_model()
    assert model.score_samples(model.sample(0, rng=1)).shape == (0,)
    assert model.predict_proba(model.sample(0, rng=1)).shape == (0, 2)


def test_scores_do_not_depend_on_threads_or_neighbours():
    model = mixed_model()
    rows = model.sample(40_000, rng=5)
    scores = model.score_samples(rows, num_threads=1)
    assert np.array_equal(scores, model.score_samples(rows, num_threads=4))
    assert np.array_equal(scores[-100:], model.score_samples(rows.take(slice(-100, None))))


def test_differences_from_the_whole_lead_with_the_largest():
    model = TableMixture.from_parameters(
        [0.5, 0.5], means=[[-2.0, 0.0], [2.0, 0.1]], covariances=[np.eye(2)] * 2, level_probabilities=[[[0.9, 0.1], [0.4, 0.6]]]
    )
    first = model.describe(top=1)[0]
    (largest,) = first.differences
    assert first.weight == 0.5
    assert (largest.block, largest.column, largest.kind, largest.component) == ("continuous", 0, "mean", -2.0)
    assert largest.whole == 0.0
    assert np.isclose(largest.effect, -2 / np.sqrt(5))
