"""scikit-learn's own checks, without an expected failure and without a tag that skips any."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import check_estimator

from statsim.errors import FitWarning
from statsim.models.kde.columns import Circular
from statsim.models.kde.kernel_density import KernelDensity


MODELS = {
    "scott": KernelDensity(),
    "number": KernelDensity(0.7, kernel="epanechnikov"),
    "isj-adaptive": KernelDensity("isj", adaptive=True),
    "exponential": KernelDensity("silverman", kernel="exponential", weight_type="frequency"),
    "sheather-jones": KernelDensity("sheather_jones", kernel="biweight"),
    "likelihood": KernelDensity("likelihood"),
    "least-squares": KernelDensity("least_squares"),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_check_estimator(model):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitWarning)  # the checks use a dozen rows in ten columns
        warnings.filterwarnings("ignore", message=".*does not inherit from")  # it need not: see the protocol in model.py
        results = check_estimator(model, on_skip=None)
    assert all(result["status"] in ("passed", "skipped") for result in results)
    skipped = {result["check_name"] for result in results if result["status"] == "skipped"}
    assert skipped <= {"check_array_api_input"}  # runs only where SCIPY_ARRAY_API is set


def test_clone_and_parameters():
    model = KernelDensity(np.array([0.5, 2.0]), kernel="biweight", support={1: Circular(0.0, 1.0)}, adaptive=0.3)
    copy = clone(model)
    assert copy.get_params()["support"] == model.get_params()["support"] and (copy.bandwidth == model.bandwidth).all()
    assert repr(KernelDensity("isj", adaptive=True)) == "KernelDensity(bandwidth='isj', adaptive=True)"
