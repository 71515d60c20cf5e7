"""The base of laws with one vector of parameters."""

from typing import ClassVar

import numpy as np

from statsim import files
from statsim.model import closed
from statsim.models.laws.law_model import LawModel


class VectorLaw(LawModel):
    """A law whose parameters are one vector (k,), named ``name[0]``, ``name[1]``, ...; k is learned from the data."""

    _vector: ClassVar[str] = ""
    _settings: ClassVar[tuple] = ()
    """Constructor parameters that belong to the law and stand in its file, whole numbers."""

    def __init__(self, *, method="mle", rng=None):
        self.method = method
        self.rng = rng

    def _all_names(self):
        self._require_fitted() if not hasattr(self, "_width") else None
        return tuple(f"{self._vector}[{j}]" for j in range(self._width))

    def _all_values(self):
        return getattr(self, f"{self._vector}_")

    def _set(self, full):
        self._width = len(full)
        setattr(self, f"{self._vector}_", np.array(full, float))
        return self

    def _rebuilt(self, full):
        own = {name: getattr(self, f"{name}_") for name in self._settings}
        return type(self).from_parameters(**{self._vector: full}, **own).set_params(**self.get_params())

    # ------------------------------------------------------------ files

    def _parameters_document(self):
        own = {name: int(getattr(self, f"{name}_")) for name in self._settings}
        return {self._vector: files.array_to_document(self._all_values()), **own, **self._posterior_document()}

    @classmethod
    def _from_parameters_document(cls, parameters):
        closed(parameters, (cls._vector, *cls._settings), ("posterior",))
        values = files.array_from_document(parameters[cls._vector], cls._vector, shape=(None,))
        model = cls.from_parameters(**{cls._vector: values}, **{name: parameters[name] for name in cls._settings})
        return model._read_posterior(parameters)
