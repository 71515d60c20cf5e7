"""Rows of the table mixture: the law they follow, and that they depend on seed and row number alone."""

import math

import numpy as np
import pytest

from statsim import testing
from statsim.models.table_mixture.table_mixture import TableMixture
from tests.models.table_mixture_cases import mixed_model
from tests.reference import table_mixture as twin

N = 200_000


def blocks(rows):
    return rows.continuous, rows.discrete, rows.counts


@pytest.fixture(scope="module")
def drawn():
    return mixed_model().sample(N, rng=20, return_latent=True)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize(("start", "n"), [(0, 3000), (1024, 1024), (777, 2500), (10**12, 10)])
def test_any_part_on_any_threads_is_the_same(start, n, threads):
    model = mixed_model()
    origin = 0 if start < 10**6 else start - 600
    whole = model.sample(4000, rng=7, start=origin)
    part = model.sample(n, rng=7, start=start, num_threads=threads)
    testing.assert_same_rows(blocks(part), blocks(whole.take(slice(start - origin, start - origin + n))))


def test_a_loaded_model_draws_the_same_rows():
    model = mixed_model()
    again = TableMixture.from_document(model.to_document())
    testing.assert_same_rows(blocks(again.sample(2000, rng=3)), blocks(model.sample(2000, rng=3)))


def test_rows_are_not_grouped_by_component(drawn):
    _, labels = drawn
    testing.assert_probability(int((labels[1:] != labels[:-1])[::2].sum()), N // 2, 2 * 0.6 * 0.4, detects=0.02)


def test_components_and_missing_cells(drawn):
    rows, labels = drawn
    parameters = mixed_model().parameters_
    testing.assert_probability(int((labels == 0).sum()), N, 0.6, detects=0.015)
    for k in range(2):
        own = rows.take(labels == k)
        shares = [
            (np.isnan(own.continuous), parameters.missing_continuous),
            (own.discrete < 0, parameters.missing_discrete),
            (own.counts < 0, parameters.missing_counts),
        ]
        for missing, share in shares:
            for j in range(missing.shape[1]):
                testing.assert_probability(int(missing[:, j].sum()), own.n_rows, share[k, j], detects=0.02)


def test_each_component_has_its_means_and_covariance(drawn):
    rows, labels = drawn
    parameters = mixed_model().parameters_
    for k in range(2):
        z = rows.continuous[labels == k][:, 1:]  # never missing
        centred = z - parameters.means[k, 1:]
        testing.assert_mean(z, parameters.means[k, 1:], detects=0.1)
        testing.assert_variance(z[:, 0], parameters.covariances[k, 1, 1], normal=True, detects=0.1)
        testing.assert_mean(centred[:, 0] * centred[:, 1], parameters.covariances[k, 1, 2], detects=0.2)


def test_levels_and_counts_follow_their_laws(drawn):
    rows, labels = drawn
    parameters = mixed_model().parameters_
    for k in range(2):
        own = rows.take(labels == k)
        for j, table in enumerate(parameters.level_probabilities):
            codes = own.discrete[:, j]
            testing.assert_follows(codes[codes >= 0], table[k], detects=0.03)
        for j in range(2):
            counts = own.counts[:, j]
            law = [math.exp(twin.count_log_probability(x, parameters.count_means[k, j], parameters.count_dispersions[k, j])) for x in range(150)]
            testing.assert_follows(counts[counts >= 0], np.array(law), detects=0.08)


def test_cells_are_independent_given_the_component(drawn):
    rows, labels = drawn
    own = rows.take(labels == 0)
    parameters = mixed_model().parameters_
    both = (own.discrete[:, 0] == 0) & (own.counts[:, 1] == 0) & np.isnan(own.continuous[:, 0])
    expected = 0.7 * math.exp(twin.count_log_probability(0, 6.0, 0.4)) * parameters.missing_continuous[0, 0]
    testing.assert_probability(int(both.sum()), own.n_rows, expected, detects=0.02)


def _broken(change):
    """Rows of a model whose parameters are off in one place, judged against the right ones."""
    values = dict(vars(mixed_model().parameters_))
    values.update(change(values))
    return TableMixture.from_parameters(layout=mixed_model().layout_, **values).sample(N, rng=21, return_latent=True)


BROKEN = [
    (lambda v: {"weights": np.array([0.58, 0.42])}, test_components_and_missing_cells),
    (lambda v: {"missing_counts": v["missing_counts"] * 0.9}, test_components_and_missing_cells),
    (lambda v: {"covariances": v["covariances"] * 1.1}, test_each_component_has_its_means_and_covariance),
    (lambda v: {"covariances": v["covariances"] * np.eye(3)}, test_each_component_has_its_means_and_covariance),
    (lambda v: {"count_dispersions": np.zeros((2, 2))}, test_levels_and_counts_follow_their_laws),
    (lambda v: {"level_probabilities": tuple(t[:, ::-1] for t in v["level_probabilities"])}, test_levels_and_counts_follow_their_laws),
]


@pytest.mark.parametrize(("change", "assertion"), BROKEN)
def test_broken_twin_is_found(change, assertion):
    with pytest.raises(testing.StatisticalAssertionError):
        assertion(_broken(change))


def test_sorted_rows_are_found():
    rows, labels = mixed_model().sample(N, rng=22, return_latent=True)
    order = np.argsort(labels, kind="stable")
    with pytest.raises(testing.StatisticalAssertionError):
        test_rows_are_not_grouped_by_component((rows.take(order), labels[order]))


def test_point_masses_are_exact_and_certain_cells_are_certain():
    model = TableMixture.from_parameters(
        [1.0],
        means=[[0.1, 0.2]],
        covariances=[[[0.0, 0.0], [0.0, 1.0]]],
        level_probabilities=[[[0.0, 1.0, 0.0]]],
        count_means=[[3.0, 0.0]],
        count_dispersions=[[-1.0, 0.0]],
        missing_discrete=[[0.0]],
        missing_continuous=[[0.0, 1.0]],
    )
    rows = model.sample(3000, rng=1)
    assert (rows.continuous[:, 0] == 0.1).all()
    assert np.isnan(rows.continuous[:, 1]).all()
    assert (rows.discrete == 1).all()
    assert (rows.counts == [3, 0]).all()
    np.testing.assert_allclose(model.score_samples(rows), 0.0, atol=1e-15)


def test_missing_cells_leave_the_other_cells_of_the_block_as_they_are():
    """A cell that is hidden is drawn all the same, so its correlation with the others is kept."""
    model = mixed_model()
    rows = model.sample(N, rng=23)
    hidden = np.isnan(rows.continuous[:, 0])
    posterior = model.weights_ * model.parameters_.missing_continuous[:, 0]
    posterior = posterior / posterior.sum()
    testing.assert_mean(rows.continuous[hidden, 1], posterior @ model.means_[:, 1], detects=0.1)


def test_golden_rows():
    """The bytes of 5000 rows: a change here changes every data set, and needs a new stream version."""
    import hashlib

    model = TableMixture.from_parameters(
        [0.625, 0.375],
        means=[[-1.0, 0.5], [2.0, 0.0]],
        covariances=[[[1.0, 0.5], [0.5, 2.0]], [[0.25, 0.0], [0.0, 1.0]]],
        level_probabilities=[[[0.5, 0.25, 0.25], [0.125, 0.125, 0.75]]],
        count_means=[[2.0, 12.0, 3.0], [25.0, 0.5, 3.0]],
        count_dispersions=[[0.0, 0.5, 2.0], [0.0, 0.25, -1.0]],
        missing_continuous=[[0.0, 0.25], [0.0, 0.125]],
        missing_discrete=[[0.25], [0.0]],
        missing_counts=[[0.5, 0.0, 0.0], [0.0, 0.0, 0.0]],
    )
    digest = hashlib.sha256()
    for block in blocks(model.sample(5000, rng=2024, start=300)):
        digest.update(np.ascontiguousarray(np.nan_to_num(block, nan=-99.0)).tobytes())
    assert digest.hexdigest()[:16] == "55a32c94d5200e04"
