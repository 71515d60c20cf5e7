"""The shared contracts: what a layer may ask of another without knowing its classes."""

from typing import Any, Protocol, runtime_checkable

import numpy as np


class BlockFill(Protocol):
    """Writes whole blocks of rows: `arrays[i][:]` are the rows of blocks `first_block`, `first_block + 1`, ..."""

    def __call__(self, first_block: int, arrays: tuple[np.ndarray, ...]) -> None: ...


@runtime_checkable
class Method(Protocol):
    """How to fit: a frozen configuration object with a `name` ("mle", "map", "bayes", "vb")."""

    name: str

    def fit(self, steps: Any, **context: Any) -> Any: ...


@runtime_checkable
class HasDensity(Protocol):
    """A model with a log density for each row."""

    def score_samples(self, X) -> np.ndarray: ...


@runtime_checkable
class Samples(Protocol):
    """A model that draws addressable rows."""

    def sample(self, n: int = 1, *, rng=None, start: int = 0) -> Any: ...
