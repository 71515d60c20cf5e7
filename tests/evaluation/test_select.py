"""Selection: the same answer for any number of workers, failures counted, and the picture."""

import numpy as np
import pytest

import statsim as ss
from statsim.errors import ArgumentError, ArgumentTypeError, FitError, FitWarning

TRUTH = ss.GaussianMixture.from_parameters(weights=[0.3, 0.3, 0.4], means=[[0.0, 0.0], [6.0, 0.0], [0.0, 6.0]], covariances=[np.eye(2)] * 3)
X = TRUTH.sample(300, rng=0)
FAMILY = ss.GaussianMixture(method=ss.MLE(n_init=4))


def selected(**options):
    return ss.select(FAMILY, X, **{"n_components": range(1, 5), **options})


def test_the_true_number_is_found_and_is_the_plain_fit():
    for criterion in ("bic", "icl"):
        assert selected(criterion=criterion).best == {"n_components": 3}
    found = selected(rng=3)
    plain = ss.GaussianMixture(3, method=ss.MLE(n_init=4), rng=3).fit(X)
    assert (found.model.means_ == plain.means_).all() and found.model.get_params() == plain.get_params()
    assert [row["parameters"] for row in sorted(found.table.rows(), key=lambda row: row["model"])] == [5, 11, 17, 23]


def test_workers_do_not_change_the_answer():
    one, two = (selected(num_threads=k, covariance_type=["full", "diag"]) for k in (1, 2))
    assert one.table.to_dict() == two.table.to_dict() and one.best == two.best
    assert (one.model.means_ == two.model.means_).all()
    generator = ss.select(FAMILY, X, n_components=[2, 3], rng=np.random.default_rng(0))
    assert generator.best == {"n_components": 3}


def test_cross_validation_inside_a_selection_is_that_of_compare():
    found = selected(criterion=ss.criteria.CrossValidation(folds=3), n_components=[2, 3], num_threads=2)
    alone = ss.compare([found.model], X, criterion=ss.criteria.CrossValidation(folds=3))
    assert found.best == {"n_components": 3}
    assert found.table.values[0].value == alone.values[0].value


def test_candidates_that_cannot_be_fitted_stand_last_with_the_reason():
    rows = np.repeat(X[:2], 4, axis=0)
    with pytest.warns(FitWarning, match="the best candidate, n_components=1: eigenvalues were bounded"):
        found = ss.select(ss.GaussianMixture, rows, n_components=[1, 4])
    assert found.best == {"n_components": 1} and found.table.models[1] is None
    assert "not fitted: " in repr(found) and np.isnan(found.table.weights[1])
    ss.plot(found)
    with pytest.raises(FitError, match="none of the 2 candidates could be fitted; n_components=4: "):
        ss.select(ss.GaussianMixture, rows, n_components=[4, 5])


def test_the_end_of_a_range_is_warned_of():
    with pytest.warns(FitWarning, match="the best n_components is 3, the largest that was tried"):
        ss.select(FAMILY, X, n_components=range(1, 4))


def test_warnings_of_fits_stand_in_the_table():
    with pytest.warns(FitWarning, match="the best candidate, .*: not converged"):
        found = ss.select(ss.GaussianMixture(method=ss.MLE(n_init=2, max_iter=3)), X, n_components=[4, 5])
    assert any("not converged" in note for notes in found.table.notes for note in notes)


def test_pictures_show_the_grid():
    figure = ss.plot(selected(covariance_type=["full", "diag"]))
    axes = figure.axes[0]
    assert [line.get_label() for line in axes.lines[:2]] == ["diag", "full"]
    assert axes.get_xlabel() == "n_components" and "bic" in axes.get_ylabel()
    assert axes.lines[0].get_ydata().min() == 0.0 or axes.lines[1].get_ydata().min() == 0.0
    listed = ss.plot(ss.select(FAMILY, X, n_components=3, covariance_type=["full", "diag", "tied"]))
    assert len(listed.axes[0].get_yticklabels()) == 3


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ss.select("GaussianMixture", X, n_components=[1]), "family must be a model class or a model"),
        (lambda: ss.select(ss.GaussianMixture, X, components=[1, 2]), "GaussianMixture has no parameter 'components' to select; it has n_components"),
        (lambda: ss.select(ss.GaussianMixture, X, n_components=[]), r"n_components has no value to try, got \[\]"),
        (lambda: ss.select(ss.GaussianMixture, X, n_components=3), r"nothing is varied: .* such as n_components=range\(1, 9\)"),
        (lambda: ss.select(ss.GaussianMixture, X, n_components=[0, 1]), "n_components must be at least 1, got 0"),
        (lambda: ss.select(ss.GaussianMixture, X, n_components=[1, 2], criterion="waic"), "has no posterior_"),
        (lambda: ss.select(ss.GaussianMixture, X, n_components=[1, 2], num_threads=0), "num_threads must be a positive integer, got 0"),
    ],
)
def test_bad_requests_are_named(call, words):
    with pytest.raises((ArgumentError, ArgumentTypeError), match=words):
        call()
