"""Where the features of new rows come from: rows of the data again, or a model of them.

Rows are resampled with their weights and offsets (the bootstrap of B. Efron, Annals of Statistics 7, 1979), each block by its own stream.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim import checks, files
from statsim.blocks import BLOCK_ROWS
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError
from statsim.model import closed
from statsim.models.kde.kernel_density import KernelDensity
from statsim.models.mixture.gaussian_mixture import GaussianMixture
from statsim.row_model import RowModel

_KINDS = {"GaussianMixture": GaussianMixture, "KernelDensity": KernelDensity}
"""Models of features that a file can hold."""


@dataclass(frozen=True, eq=False)
class ResampledRows:
    """Rows (m, d) with weights and offsets."""

    rows: np.ndarray
    weights: np.ndarray
    offsets: np.ndarray

    holds_rows = True

    @property
    def n_features(self):
        """Columns."""
        return self.rows.shape[1]

    @cached_property
    def _alias(self):
        from statsim.kernels.variates.categorical import alias_table

        return alias_table(self.weights)

    def fill(self, key):
        """The function (first_block, X) that fills rows and returns their offsets."""
        from statsim.kernels.regression.rows import fill_row_numbers

        threshold, alias = self._alias

        def fill(first_block, X):
            numbers = np.empty(len(X), np.int64)
            fill_row_numbers(key, first_block, BLOCK_ROWS, threshold, alias, numbers)
            X[:] = self.rows[numbers]
            return self.offsets[numbers]

        return fill

    def document(self):
        """JSON values."""
        values = {name: files.array_to_document(getattr(self, name)) for name in ("rows", "weights", "offsets")}
        return {"kind": "rows", **values}


@dataclass(frozen=True, eq=False)
class ModelledFeatures:
    """A fitted model of rows of numbers."""

    model: Any

    @property
    def holds_rows(self):
        """Whether a file of the model would hold rows of data."""
        return isinstance(self.model, KernelDensity) and not self.model.min_count_

    @property
    def n_features(self):
        """Columns."""
        return self.model._output_layout()[0][0]

    def fill(self, key):
        """The function (first_block, X) that fills rows; their offsets are 0."""
        fill_model, layout = self.model._fill_under(None)(key), self.model._output_layout()

        def fill(first_block, X):
            latent = [np.empty(len(X) if width is None else (len(X), width), dtype) for width, dtype in layout[1:]]
            fill_model(first_block, (X, *latent))
            return np.zeros(len(X))

        return fill

    def document(self):
        """JSON values."""
        if type(self.model).__name__ not in _KINDS:
            raise ArgumentError(f"a file can hold features of {', '.join(_KINDS)}, not of {type(self.model).__name__}; save the two models in two files")
        return {"kind": "model", "model": self.model.to_document()}


def fitted_features(features, data):
    """The source of features of a regression fitted to `data`: `features` fitted along, or the rows of `data` where it is None."""
    if features is None:
        return ResampledRows(data.X, data.weights, data.offsets)
    if data.offsets.any():
        raise ArgumentError("offset goes with the rows of the data, and features= a model draws none; leave features out, or make the exposure a column of X")
    if not isinstance(features, RowModel):
        raise ArgumentTypeError(f"features must be a model of rows of numbers, such as GaussianMixture(3), or None to draw rows of X again; got {features!r:.100}")
    model = type(features)(**features.get_params())
    model.fit(data.X, sample_weight=None if (data.weights == 1).all() else data.weights)
    return given_features(model, data.X.shape[1])


def given_features(features, d):
    """The source of features that a user gives: a fitted model, or rows (m, d); None is none."""
    if features is None:
        return None
    if isinstance(features, RowModel):
        features._require_fitted()
        layout = features._output_layout()[0]
        if layout != (d, np.float64):
            raise ArgumentError(f"features must draw rows of {d} numbers, and {type(features).__name__} draws {layout[0] or 1}")
        return ModelledFeatures(features)
    rows = checks.data_matrix(features, "features", n_features=d)
    return ResampledRows(np.array(rows), np.ones(len(rows)), np.zeros(len(rows)))


def read_features(value, d):
    """The source of features of a file, trusting nothing; None where there is none."""
    if value is None:
        return None
    if not isinstance(value, dict) or value.get("kind") not in ("rows", "model"):
        raise FileRefusedError(f"features must be an object of kind 'rows' or 'model', got {str(value)[:80]}")
    if value["kind"] == "model":
        closed(value, ("kind", "model"))
        document = value["model"]
        name = document.get("model") if isinstance(document, dict) else None
        if not isinstance(name, str) or name not in _KINDS:
            raise FileRefusedError(f"features must be a model of {', '.join(_KINDS)}, got {str(name)[:80]}")
        return given_features(_KINDS[name].from_document(document), d)
    closed(value, ("kind", "rows", "weights", "offsets"))
    rows = files.array_from_document(value["rows"], "rows", shape=(None, d))
    weights, offsets = (files.array_from_document(value[name], name, shape=(len(rows),)) for name in ("weights", "offsets"))
    if not len(rows) or not (weights > 0).all():
        raise FileRefusedError("features must have at least one row, and weights above 0")
    return ResampledRows(rows, weights, offsets)
