"""Column names of what a model was fitted with, as scikit-learn keeps them."""

import warnings

import numpy as np

from statsim.errors import ArgumentError, DataWarning


def column_names(X):
    """Names of the columns of a data frame (d,) object, or None when X has none or they are not all strings."""
    names = getattr(X, "column_names", None)
    names = getattr(X, "columns", None) if names is None else names
    if names is None or callable(names):
        return None
    names = list(names)
    return np.array(names, dtype=object) if names and all(isinstance(name, str) for name in names) else None


def remember_names(model, names):
    """Set or drop `model.feature_names_in_`."""
    if names is not None:
        model.feature_names_in_ = names
    elif hasattr(model, "feature_names_in_"):
        del model.feature_names_in_


def check_names(model, X):
    """Raise when the columns of X are named otherwise than in the fit; warn when only one of the two had names."""
    fitted, names = getattr(model, "feature_names_in_", None), column_names(X)
    kind = type(model).__name__
    if fitted is None and names is None:
        return
    if fitted is None:
        warnings.warn(f"X has feature names, but {kind} was fitted without feature names", DataWarning, stacklevel=4)
    elif names is None:
        warnings.warn(f"X does not have valid feature names, but {kind} was fitted with feature names", DataWarning, stacklevel=4)
    elif list(names) != list(fitted):
        raise ArgumentError(_difference(list(fitted), list(names)))


def _difference(fitted, names):
    message = "The feature names should match those that were passed during fit.\n"
    unexpected, missing = sorted(set(names) - set(fitted)), sorted(set(fitted) - set(names))
    if unexpected:
        message += "Feature names unseen at fit time:\n" + "".join(f"- {name}\n" for name in unexpected)
    if missing:
        message += "Feature names seen at fit time, yet now missing:\n" + "".join(f"- {name}\n" for name in missing)
    if not unexpected and not missing:
        message += "Feature names must be in the same order as they were in fit.\n"
    return message
