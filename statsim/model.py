"""The base class of every model: parameters, methods of fitting, files, and scikit-learn's protocol.

A subclass declares `_methods` (which method object a string names), its constructor parameters, and the private steps
`_parameters_document` and `_from_parameters_document`. What a model draws is the matter of `statsim.row_model`
and `statsim.sequence_model`. Public methods check, then call the step.
"""

import inspect
import os
from typing import ClassVar

from statsim import files
from statsim import rng as rngs
from statsim.errors import ArgumentError, ArgumentTypeError, FileRefusedError, not_fitted
from statsim.protocols import Method
from statsim.version import __version__


class Parameters:
    """Constructor parameters as scikit-learn knows them: `get_params`, `set_params`, and a short repr."""

    @classmethod
    def _parameter_names(cls):
        return [name for name in inspect.signature(cls.__init__).parameters if name != "self"]

    def get_params(self, deep=True):
        """Constructor parameters by name (`deep` is taken for scikit-learn's sake)."""
        return {name: getattr(self, name) for name in self._parameter_names()}

    def set_params(self, **params):
        """Set constructor parameters and return self.

        Raises
        ------
        ArgumentError
            For a name that the constructor does not have.
        """
        known = self._parameter_names()
        for name, value in params.items():
            if name not in known:
                raise ArgumentError(f"Invalid parameter {name!r} for estimator {type(self).__name__}; valid are {known}")
            setattr(self, name, value)
        return self

    def __repr__(self):
        shown = []
        for name, parameter in inspect.signature(type(self).__init__).parameters.items():
            if name == "self":
                continue
            value = getattr(self, name)
            if parameter.default is inspect.Parameter.empty or repr(value) != repr(parameter.default):
                shown.append(f"{name}={value!r}")
        return f"{type(self).__name__}({', '.join(shown)})"


class Model(Parameters):
    """A probability law with parameters. See the module docstring for what a subclass supplies."""

    _methods: ClassVar[dict] = {}
    _estimator_type: ClassVar[str] = "density_estimator"

    # ------------------------------------------------------------ steps of a subclass

    def _is_fitted(self):
        """True when the model has parameters."""
        return any(name.endswith("_") and not name.startswith("_") for name in vars(self))

    def _parameters_document(self):
        """The parameters (and the structure needed to rebuild them) as JSON values."""
        raise TypeError(f"{type(self).__name__} has no file form")

    @classmethod
    def _from_parameters_document(cls, parameters):
        """A fitted model from `_parameters_document`; refuses what it does not know."""
        raise TypeError(f"{cls.__name__} has no file form")

    def _check_saving(self, *, rows):
        """Raise when a file would hold what the user has not agreed to; `rows` is the consent to raw rows of data."""

    # ------------------------------------------------------------ fitting

    def _method(self) -> Method:
        """The method object that `method` names or is."""
        if isinstance(self.method, str):
            if self.method not in self._methods:
                known = ", ".join(repr(name) for name in self._methods)
                raise ArgumentError(f"method must be {known} or a method object, got {self.method!r}")
            return self._methods[self.method]()
        own = self._methods.get(getattr(self.method, "name", None))
        if own is not None and isinstance(self.method, own):
            return self.method
        if own is not None and hasattr(self.method, "changed_settings"):
            return self._own_loop(own, self.method)
        known = ", ".join(kind.__name__ for kind in self._methods.values())
        raise ArgumentTypeError(f"method must be a string or one of {known}, got {self.method!r}")

    def _own_loop(self, own, principle):
        """The loop of this model that stands for `principle` (`MLE(max_iter=50)` for a model whose likelihood is climbed by EM alone)."""
        settings, known = principle.changed_settings(), inspect.signature(own).parameters
        unknown = [name for name in settings if name not in known]
        if unknown:
            raise ArgumentError(
                f"method={principle!r}: {type(self).__name__} is fitted by {own.__name__}, which has no {unknown[0]!r}; it has {', '.join(known)}"
            )
        return own(**settings)

    def _require_fitted(self):
        if not self._is_fitted():
            raise not_fitted(self)

    # ------------------------------------------------------------ files

    def to_document(self):
        """The model as one JSON document (a dict): format and stream version, class, parameters, provenance of the fit."""
        self._require_fitted()
        return {
            "statsim": files.FORMAT_VERSION,
            "stream": rngs.STREAM_VERSION,
            "model": type(self).__name__,
            "parameters": self._parameters_document(),
            "fit": {"statsim_version": __version__, **self._fit_document()},
        }

    def _fit_document(self):
        """Provenance: how the parameters came about, as JSON values."""
        return dict(getattr(self, "fit_document_", {}))

    @classmethod
    def from_document(cls, document):
        """The model in a document made by `to_document`.

        Raises
        ------
        FileRefusedError
            When a key is missing or unknown, a version is not known, or a parameter is impossible.
        """
        check_envelope(document)
        if document["model"] != cls.__name__:
            raise FileRefusedError(f"the document holds a {document['model']}, not a {cls.__name__}; use statsim.load")
        try:
            model = cls._from_parameters_document(document["parameters"])
        except (ArgumentError, ArgumentTypeError) as error:
            raise FileRefusedError(f"the file's parameters are not a {cls.__name__}: {error}") from error
        model.fit_document_ = {key: value for key, value in document["fit"].items() if key != "statsim_version"}
        return model

    def save(self, path, *, force=False, rows=False):
        """Write the model to a JSON file, whole or not at all; `force` replaces an existing file, `rows` allows one that holds rows of data."""
        self._require_fitted()
        self._check_saving(rows=rows)
        files.write_document(os.fspath(path), self.to_document(), force=force)

    # ------------------------------------------------------------ scikit-learn's protocol

    def __sklearn_tags__(self):
        from sklearn.utils import InputTags, Tags, TargetTags

        return Tags(
            estimator_type=self._estimator_type,
            target_tags=TargetTags(required=False),
            transformer_tags=None,
            classifier_tags=None,
            regressor_tags=None,
            input_tags=InputTags(allow_nan=getattr(self, "missing", "raise") == "mar"),
        )

    def __sklearn_is_fitted__(self):
        return self._is_fitted()


def check_envelope(document):
    """Refuse a document whose outer keys, versions or types are not known."""
    keys = {"statsim", "stream", "model", "parameters", "fit"}
    if not isinstance(document, dict) or set(document) != keys:
        raise FileRefusedError(f"a model file has the keys {sorted(keys)}, this one has {str(list(document) if isinstance(document, dict) else document)[:200]}")
    for key, known in (("statsim", files.FORMAT_VERSION), ("stream", rngs.STREAM_VERSION)):
        if type(document[key]) is not int or document[key] != known:
            raise FileRefusedError(
                f"the file has {key} version {document[key]!r}, this statsim {__version__} reads version {known}; "
                f"install the release that wrote it, or fit again"
            )
    for key, kind in (("model", str), ("parameters", dict), ("fit", dict)):
        if not isinstance(document[key], kind):
            raise FileRefusedError(f"the key {key!r} must hold a {kind.__name__}, got {type(document[key]).__name__}")


def closed(parameters, required, optional=()):
    """Refuse what is no object of parameters, and one with keys missing or unknown."""
    if not isinstance(parameters, dict):
        raise FileRefusedError(f"parameters with the keys {sorted(required)} must stand in an object, got {str(parameters)[:80]}")
    missing, unknown = set(required) - set(parameters), set(parameters) - set(required) - set(optional)
    if missing or unknown:
        raise FileRefusedError(f"parameters lack {sorted(missing)} and have the unknown keys {sorted(unknown)[:10]}")
