"""scikit-learn's own checks, without an expected failure and without a tag that skips any.

The checks score X alone and separate classes by planes, so features are modelled and coefficients have a prior or a penalty: maximum likelihood refuses such data.
"""

import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.model_selection import cross_val_score
from sklearn.utils.estimator_checks import check_estimator

import statsim as ss
from statsim.errors import DataWarning
from tests.models.regression.cases import BINARY, COUNTS, FAMILIES, NUMBERS, X

PENALTY = ss.MAP(penalty=ss.penalties.ElasticNet(0.1))
MODELS = {
    "linear": ss.LinearRegression(method="map", rng=0, features=ss.GaussianMixture(1)),
    "linear elastic net": ss.LinearRegression(method=PENALTY, rng=0, features=ss.GaussianMixture(1)),
    "logistic": ss.LogisticRegression(method="map", rng=0, features=ss.GaussianMixture(1)),
    "poisson": ss.PoissonRegression(method="map", rng=0, features=ss.GaussianMixture(1)),
}


@pytest.mark.parametrize("name", MODELS)
def test_check_estimator(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # constant columns, exact fits: the checks use a dozen rows
        results = check_estimator(MODELS[name], on_skip=None)
    assert all(result["status"] in ("passed", "skipped") for result in results)
    skipped = {result["check_name"] for result in results if result["status"] == "skipped"}
    assert skipped <= {"check_array_api_input"}  # runs only where SCIPY_ARRAY_API is set


@pytest.mark.parametrize("name", FAMILIES)
def test_clones_and_cross_validation(name):
    kind, y = FAMILIES[name]
    model = kind(method=PENALTY, features=ss.GaussianMixture(2), fit_intercept=False)
    copy = clone(model)
    assert copy.get_params()["method"] is not None and not copy.fit_intercept
    scores = cross_val_score(kind(), X, y, cv=3)
    assert np.isfinite(scores).all()
    fitted = kind().fit(X, y)
    assert_allclose(fitted.score(X, y), fitted.log_likelihood(X, y) / len(y), rtol=1e-12)


def test_a_column_for_y_is_taken_with_a_warning():
    with pytest.warns(DataWarning, match="A column-vector y was passed"):
        model = ss.LinearRegression().fit(X, NUMBERS[:, None])
    assert_allclose(model.parameter_values, ss.LinearRegression().fit(X, NUMBERS).parameter_values)


def test_views_and_read_only_arrays_are_taken():
    strange = np.asfortranarray(X)[::-1]
    strange.flags.writeable = False
    for kind, y in ((ss.LinearRegression, NUMBERS), (ss.LogisticRegression, BINARY), (ss.PoissonRegression, COUNTS)):
        assert_allclose(kind().fit(strange, y[::-1]).parameter_values, kind().fit(X, y).parameter_values, rtol=1e-9)
