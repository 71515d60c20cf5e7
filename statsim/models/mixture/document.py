"""A Gaussian mixture as JSON values, and back, trusting nothing."""

from dataclasses import replace

import numpy as np

from statsim import checks, files
from statsim.distributions.covariance import KINDS, covariance_kind
from statsim.errors import FileRefusedError
from statsim.model import closed
from statsim.models.mixture.parameters import checked_parameters

_REQUIRED = ("covariance_type", "missing", "weights", "means", "covariances", "constant")


def write_parameters(parameters, names):
    """JSON values of `MixtureParameters`; `names` of the columns or None."""
    document = {
        "covariance_type": parameters.kind.name,
        "weights": files.array_to_document(parameters.weights),
        "means": files.array_to_document(parameters.means),
        "covariances": files.array_to_document(parameters.covariances),
        "constant": np.flatnonzero(parameters.constant).tolist(),
    }
    return document if names is None else {**document, "feature_names": list(names)}


def read_parameters(document):
    """`MixtureParameters` from what `write_parameters` made; `FileRefusedError` or `ArgumentError` for anything else."""
    closed(document, _REQUIRED, ("feature_names", "posterior"))
    kind = covariance_kind(checks.choice(document["covariance_type"], "covariance_type", tuple(KINDS)))
    means = files.array_from_document(document["means"], "means", shape=(None, None))
    k, d = means.shape
    weights = files.array_from_document(document["weights"], "weights", shape=(k,))
    covariances = files.array_from_document(document["covariances"], "covariances", shape=kind.shape(k, d))
    parameters = checked_parameters(kind, weights, means, covariances)
    return _with_constant(parameters, _read_constant(document["constant"], d))


def _read_constant(value, d):
    if not isinstance(value, list) or not all(type(index) is int and 0 <= index < d for index in value):
        raise FileRefusedError(f"constant must list column numbers from 0 to {d - 1}, got {str(value)[:100]}")
    constant = np.zeros(d, bool)
    constant[value] = True
    return constant


def _with_constant(parameters, constant):
    """A spherical variance cannot show which columns are constant, so the file says it; for other kinds the two must agree."""
    if parameters.kind.name != "spherical":
        if (constant != parameters.constant).any():
            raise FileRefusedError(f"constant names {np.flatnonzero(constant).tolist()}, the covariances say otherwise")
        return parameters
    if (parameters.means[:, constant] != parameters.means[0, constant]).any():
        raise FileRefusedError("a constant column must have one mean")
    return replace(parameters, constant=constant)
