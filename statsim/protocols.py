"""The shared contracts: what a layer asks of another without knowing its classes."""

from typing import Any, Protocol

import numpy as np


class BlockFill(Protocol):
    """What a model gives to `statsim.blocks.fill_rows`: writes whole blocks of a data set."""

    def __call__(self, first_block: int, arrays: tuple[np.ndarray, ...]) -> None:
        """Fill `arrays`, whose rows are those of blocks `first_block`, `first_block + 1`, ...; called from several threads."""


class Method(Protocol):
    """How to fit: a frozen configuration object that a string such as "mle" names, and that owns the loop."""

    name: str

    def fit(self, steps: Any, *, key: np.ndarray, first: Any = None) -> tuple[Any, Any]:
        """The best state that `steps` finds no defect in, and the account of the search."""


class Steps(Protocol):
    """The steps that a model supplies to EM."""

    total_weight: float
    rounding: float
    """Error of the objective known to the model, beyond that of a sum of doubles."""

    def em(self, state: Any) -> tuple[float, Any]:
        """Objective at `state`, and the state after one EM step; raises `DegenerateError`."""

    def pack(self, state: Any) -> np.ndarray:
        """`state` as a vector of coordinates of order one."""

    def unpack(self, vector: np.ndarray) -> Any:
        """The state of a vector, or None when it is not a valid one."""


class SearchSteps(Steps, Protocol):
    """The steps that a model supplies to a search from many starts (`statsim.estimators.mle`)."""

    offset: float
    is_simple: bool
    is_crowded: bool
    """Many components and hardly the rows for them: a search whose first starts all fail will not find a usable optimum."""

    bound: float
    bound_reason: str
    remedy: str

    def reduced(self, max_rows: int, key: np.ndarray) -> "SearchSteps":
        """The same problem on a subsample; itself when there are no more rows than that."""

    def start(self, index: int, init: str, key: np.ndarray) -> Any:
        """State number `index` to begin at."""

    def moved(self, state: Any, index: int, key: np.ndarray) -> Any:
        """`state` with one component set down elsewhere."""

    def defect(self, state: Any) -> str | None:
        """Why `state` is no usable optimum, or None."""

    def levels(self) -> Any:
        """The problem unbounded, then under rising bounds."""
