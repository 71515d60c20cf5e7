"""scikit-learn's own checks, without an expected failure and without a tag that skips any."""

import warnings

import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from statsim.errors import FitWarning
from statsim.estimators.mle import MLE
from statsim.models.mixture.gaussian_mixture import GaussianMixture


@pytest.mark.parametrize(
    "model",
    [
        GaussianMixture(1, rng=0),
        GaussianMixture(3, rng=0),
        GaussianMixture(3, covariance_type="tied", method=MLE(n_init=5), rng=0),
        GaussianMixture(2, covariance_type="diag", missing="mar", method=MLE(n_init=5), rng=0),
        GaussianMixture(2, covariance_type="spherical", method=MLE(n_init=5), rng=0),
    ],
    ids=["one", "three", "tied", "diag-mar", "spherical"],
)
def test_check_estimator(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # the checks use a dozen rows in ten columns
        warnings.filterwarnings("ignore", message=".*does not inherit from")  # it need not: see the protocol in model.py
        results = check_estimator(model, on_skip=None)
    assert all(result["status"] in ("passed", "skipped") for result in results)
    skipped = {result["check_name"] for result in results if result["status"] == "skipped"}
    assert skipped <= {"check_array_api_input"}  # runs only where SCIPY_ARRAY_API is set


def test_clone_and_parameters():
    model = GaussianMixture(2, covariance_type="diag", method=MLE(n_init=3), rng=4)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert copy is not model
    assert repr(model).startswith("GaussianMixture(n_components=2, covariance_type='diag', method=MLE(")
