"""What every kind of column does: blocks of arrays it needs, cells to arrays, arrays to cells, and its document."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from functools import cached_property
from typing import ClassVar

import numpy as np

from statsim.errors import DataError, FileRefusedError, ImpossibleConditionError
from statsim.tables.frames import place_of
from statsim.tables.types import type_from_text

FREE = "free"
"""In a condition: nothing is said about this array column."""


@dataclass(frozen=True)
class Block:
    """One array column that a table column takes: "continuous", "discrete" (with `n_levels`) or "counts"."""

    kind: str
    nullable: bool
    n_levels: int = 0


@dataclass(frozen=True, kw_only=True)
class Column(ABC):
    """A column of a table.

    Parameters
    ----------
    name : str
    dtype : str
        Logical type as Arrow writes it.
    native : str
        What the library of the frame calls the type where Arrow cannot say it (pandas "Int64", polars "Enum").
    nullable : bool
        Whether missing cells are modelled and drawn.
    unit : str
        Unit of measurement, for people; never used in a computation.
    """

    kind: ClassVar[str]
    _types: ClassVar[dict] = {}

    name: str
    dtype: str
    native: str = ""
    nullable: bool = False
    unit: str = ""

    @abstractmethod
    def blocks(self):
        """The `Block`s of this column, in the order of `encode` and `decode`; empty when nothing is random."""

    @abstractmethod
    def encode(self, cells):
        """Arrays, one for each block, of an Arrow array of cells."""

    @abstractmethod
    def decode(self, parts, rows, key):
        """Arrow array of cells from the arrays of the blocks.

        Parameters
        ----------
        parts : list of arrays (n,), one for each block
        rows : array (n,) of uint64
            Row numbers in the data set.
        key : array (2,) of uint64
            Names the data set; only identifiers use it.
        """

    def log_slope(self, cells):
        """Log of dx/dz per row (n,): minus it turns a density of z into one in data units; 0 where nothing is continuous."""
        return np.zeros(len(cells))

    @cached_property
    def arrow_type(self):
        """The Arrow type that `dtype` names."""
        return type_from_text(self.dtype)

    # ------------------------------------------------------------ conditions

    def condition(self, value):
        """What a cell of this value (None: missing) says about each block: a code, a number, None (missing) or `FREE`.

        Raises
        ------
        ImpossibleConditionError
            When the column cannot hold the value.
        """
        if value is None:
            if not self.nullable:
                raise ImpossibleConditionError(f"column {self.name!r} is never missing, so it cannot be given as None; give a value")
            return [None, *[FREE] * (len(self.blocks()) - 1)]
        cells = self.cell_array(value)
        self._check_possible(value, cells)
        return [FREE if _is_missing(part[0]) else part[0].item() for part in self.encode(cells)]

    def cell_array(self, value):
        """A one-cell Arrow array of `value`, which must fit the column's type."""
        import pyarrow as pa

        value = value.item() if isinstance(value, np.generic) else value
        if isinstance(value, float) and pa.types.is_integer(self.arrow_type):
            if not value.is_integer():
                raise ImpossibleConditionError(f"column {self.name!r} holds whole numbers and cannot be {value!r}")
            value = int(value)
        try:
            return pa.array([value], type=self.arrow_type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, ValueError, TypeError) as error:
            raise ImpossibleConditionError(f"column {self.name!r} is {self.dtype} and cannot be {value!r}: {error}") from None

    def _check_possible(self, value, cells):
        """Raise `ImpossibleConditionError` where the value has the type but the column never takes it."""

    # ------------------------------------------------------------ documents

    def to_document(self):
        """The column as JSON values."""
        return {"kind": self.kind, **{field.name: _to_json(getattr(self, field.name)) for field in fields(self)}}

    @classmethod
    def from_document(cls, document):
        """The column in a document; refuses unknown or missing keys and wrong types."""
        name = document.get("name")
        expected = {field.name for field in fields(cls)} | {"kind"}
        if set(document) != expected:
            raise FileRefusedError(
                f"column {name!r} lacks {sorted(expected - set(document))} and has the unknown keys "
                f"{sorted(map(str, set(document) - expected))[:10]}"
            )
        values = {key: value for key, value in document.items() if key != "kind"}
        for key, types in {"name": str, "dtype": str, "native": str, "nullable": bool, "unit": str, **cls._types}.items():
            if not _is_one_of(values[key], types):
                raise FileRefusedError(f"column {name!r}: {key} has the wrong type: {str(values[key])[:80]!r}")
        try:
            column = cls(**cls._read(values))
            column.arrow_type  # noqa: B018 - refuses an unknown dtype now, not when sampling
        except (ValueError, TypeError, KeyError) as error:
            raise FileRefusedError(f"column {name!r} of the file is impossible: {error}") from error
        return column

    @classmethod
    def _read(cls, values):
        """Constructor arguments from JSON values."""
        return {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}


def _is_one_of(value, types):
    """isinstance, but a bool is no number, an int is a float, and no int is beyond 64 bits."""
    allowed = types if isinstance(types, tuple) else (types,)
    if isinstance(value, bool):
        return bool in allowed
    if isinstance(value, int) and abs(value) >= 2**63:
        return False
    return isinstance(value, allowed) or (isinstance(value, int) and float in allowed)


def _is_missing(value):
    return value != value or (isinstance(value, np.integer) and value < 0)


def _to_json(value):
    if hasattr(value, "to_document"):
        return value.to_document()
    return list(value) if isinstance(value, tuple) else value


def floats_of(cells):
    """Arrow numbers as float64 (n,), NaN where missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_float64(cells.type):
        cells = pc.cast(cells, pa.float64(), safe=False)
    return cells.to_numpy(zero_copy_only=False)


def refuse_cell(name, row, value, expected):
    """The error for a cell that does not belong."""
    return DataError(f"column {name!r}, {place_of(row)}: {value!r} is not {expected}")
