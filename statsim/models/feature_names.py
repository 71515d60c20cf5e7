"""Column names of what a model was fitted with, as scikit-learn keeps them."""

import warnings

import numpy as np

from statsim.errors import ArgumentError, DataWarning, FileRefusedError


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


def with_names(document, model):
    """`document` with the column names of a model, where it has some."""
    names = getattr(model, "feature_names_in_", None)
    return document if names is None else {**document, "feature_names": list(names)}


def names_of(document, d):
    """Names (d,) of the columns in a document, or None.

    Raises
    ------
    FileRefusedError
        When they are no list of d strings.
    """
    names = without_names(document)[1]
    if names is not None and len(names) != d:
        raise FileRefusedError(f"feature_names must be {d} strings, got {str(names.tolist())[:100]}")
    return names


def without_names(document):
    """`document` without column names, and the names: an array (d,) or None.

    Raises
    ------
    FileRefusedError
        When they are no list of strings.
    """
    if not isinstance(document, dict) or "feature_names" not in document:
        return document, None
    names = document["feature_names"]
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise FileRefusedError(f"feature_names must be a list of strings, got {str(names)[:100]}")
    return {name: value for name, value in document.items() if name != "feature_names"}, np.array(names, dtype=object)


def named(model, names):
    """`model` with the column names of its file.

    Raises
    ------
    FileRefusedError
        When there are not as many as columns.
    """
    if names is not None and len(names) != model.n_features_in_:
        raise FileRefusedError(f"feature_names must be {model.n_features_in_} strings, got {str(names.tolist())[:100]}")
    remember_names(model, names)
    return model


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
