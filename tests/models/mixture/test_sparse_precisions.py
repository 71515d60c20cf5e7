"""The graphical lasso inside a mixture: one component is the multivariate normal law's, the objective never falls, units do not matter."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import statsim as ss
from statsim import penalties
from statsim.errors import ArgumentError

RANDOM = np.random.default_rng(4)
X = np.concatenate([RANDOM.normal(size=(150, 4)) @ RANDOM.normal(size=(4, 4)), RANDOM.normal(size=(150, 4)) + 12.0])


def fitted(X, strength=20.0, n_components=2, kind="full"):
    return ss.GaussianMixture(n_components, covariance_type=kind, method=ss.MAP(penalty=penalties.SparsePrecisions(strength), n_init=5), rng=0).fit(X)


def test_one_component_is_the_graphical_lasso_of_its_rows():
    rows = X[:150]
    mixture = fitted(rows, strength=0.1 * 75, n_components=1)
    normal = ss.MultivariateNormal(method=ss.MAP(penalty=penalties.GraphicalLasso(0.1, tol=1e-12))).fit(rows)
    assert_allclose(mixture.covariances_[0], normal.covariance_, rtol=1e-6)
    # one penalty is in units of the rows, the other of the fit: their deviations agree as the root of the duality gap
    assert_allclose(mixture.fit_result_.objective, normal.fit_result_.objective, rtol=1e-7)


@pytest.mark.parametrize("kind", ["full", "tied"])
def test_the_objective_never_falls_and_is_the_penalised_likelihood(kind):
    model = fitted(X, kind=kind)
    assert model.fit_result_.converged
    assert (np.diff(model.fit_result_.path) > 0).all()
    scale = X.std(axis=0)
    price = sum(np.abs(np.linalg.inv(one) * np.outer(scale, scale))[~np.eye(4, dtype=bool)].sum() for one in np.atleast_3d(model.covariances_).reshape(-1, 4, 4))
    assert_allclose(model.fit_result_.objective, model.log_likelihood(X) - 20.0 * price, rtol=1e-9)


def test_precisions_are_sparse_and_units_do_not_matter():
    model = fitted(X)
    independent = int(np.argmax(model.means_[:, 0]))
    precision = np.linalg.inv(model.covariances_[independent])
    assert np.abs(precision[~np.eye(4, dtype=bool)]).max() < 1e-6
    units = np.array([1e-3, 7.0, 1.0, 1e4])
    scaled = fitted(X * units)
    assert_allclose(scaled.covariances_ / np.outer(units, units), model.covariances_, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", ["diag", "spherical"])
def test_covariances_without_entries_beside_the_diagonal_are_refused(kind):
    with pytest.raises(ArgumentError, match="has none; use 'full' or 'tied'"):
        fitted(X, kind=kind)
