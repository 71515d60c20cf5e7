"""The method object: what it refuses, what it reports."""

import dataclasses

import numpy as np
import pytest

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.mle import MLE
from statsim.models.mixture.gaussian_mixture import GaussianMixture


@pytest.mark.parametrize("name", ["n_init", "max_iter", "short_iter", "n_polish", "max_rows"])
def test_counts_must_be_positive_integers(name):
    with pytest.raises(ArgumentError, match=f"{name} must be at least 1, got 0"):
        MLE(**{name: 0})
    with pytest.raises(ArgumentTypeError, match=f"{name} must be an integer, got 2.5"):
        MLE(**{name: 2.5})


def test_tolerance_and_init_are_checked():
    with pytest.raises(ArgumentError, match="tol must be a finite number above 0.0, got -1"):
        MLE(tol=-1)
    with pytest.raises(ArgumentError, match="'random'; got 'best'"):
        MLE(init="best")


def test_it_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        MLE().n_init = 3


@pytest.mark.parametrize("init", ["mixed", "kmeans++", "kmeans", "random"])
def test_every_init_separates_clear_groups(init, rng):
    X = np.concatenate([rng.normal(c, 0.3, size=(40, 2)) for c in (0, 4)])
    model = GaussianMixture(2, method=MLE(n_init=5, init=init), rng=0).fit(X)
    np.testing.assert_allclose(model.weights_, 0.5, atol=1e-9)
    assert model.fit_result_.n_starts == 5
    assert model.fit_result_.n_agreed == 5


def test_a_subsample_finds_the_optimum_of_all_rows(rng):
    X = np.concatenate([rng.normal(c, 1, size=(1500, 2)) for c in (0, 3, 6)])
    whole = GaussianMixture(3, rng=0).fit(X)
    reduced = GaussianMixture(3, method=MLE(max_rows=300), rng=0).fit(X)
    assert reduced.fit_result_.objective == pytest.approx(whole.fit_result_.objective, rel=1e-10)


def test_the_result_says_when_steps_ran_out(rng):
    X = rng.normal(size=(200, 2))
    with pytest.warns(UserWarning, match="not converged: max_iter=2"):
        model = GaussianMixture(3, method=MLE(max_iter=2, short_iter=2), rng=0).fit(X)
    assert not model.fit_result_.converged


def test_a_search_that_the_rows_cannot_support_is_given_up_early(rng):
    """Ten starts at each level, not thirty, before the bound on eigenvalues rises; the account counts them."""
    X = rng.normal(size=(220, 2))
    with pytest.warns(UserWarning, match="every start ended in a spurious optimum"):
        result = GaussianMixture(60, method=MLE(n_init=30, short_iter=20, max_iter=50, n_polish=1, tol=1e-3), rng=0).fit(X).fit_result_
    assert (result.n_starts, result.n_spurious) == (30, 20)
    assert result.regularised


def test_other_searches_make_every_start(rng):
    X = rng.normal(size=(120, 2))
    with pytest.warns(UserWarning, match="spurious"):
        result = GaussianMixture(19, method=MLE(n_init=12, short_iter=20, max_iter=50, tol=1e-3), rng=0).fit(X).fit_result_
    assert result.n_spurious >= 12
