"""Date, time, timestamp and duration columns: ticks of the type's unit on a grid, with the margin of their grid index."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from statsim.errors import ImpossibleConditionError
from statsim.tables.columns.base import Column
from statsim.tables.columns.numeric import NumericColumn
from statsim.tables.margins import Margin


@dataclass(frozen=True, kw_only=True)
class TemporalColumn(Column):
    """A column of points in time or of durations.

    Parameters
    ----------
    origin, step : int
        Values are origin + step * index, in ticks of the type (days, or the unit in brackets of `dtype`).
    margin : Margin
        Of the index.
    atoms : tuple of float
        Indices of probability above zero.
    lower, upper : float or None
        Bounds of the index.
    """

    kind: ClassVar[str] = "temporal"
    _types: ClassVar[dict] = {
        "origin": int, "step": int, "margin": dict, "atoms": list, "lower": (float, type(None)), "upper": (float, type(None)),
    }  # fmt: skip

    origin: int
    step: int
    margin: Margin
    atoms: tuple = ()
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self):
        if self.step < 1 or abs(self.origin) >= 2**63 or self.step >= 2**62:
            raise ValueError(f"step must be positive and origin and step 64-bit, got step={self.step}, origin={self.origin}")
        self._index  # noqa: B018 - checks bounds and atoms

    @cached_property
    def _index(self):
        """The numeric column of grid indices."""
        return NumericColumn(
            name=self.name, dtype="int64", nullable=self.nullable, margin=self.margin, atoms=self.atoms,
            decimals=0, lower=self.lower, upper=self.upper,
        )  # fmt: skip

    def blocks(self):
        return self._index.blocks()

    def _indices(self, cells):
        ticks, missing = ticks_of(cells)
        away = ticks - np.int64(self.origin)
        wrapped = (away < 0) != (ticks < self.origin)
        far = ticks.astype(np.float64) - float(self.origin)
        return np.where(missing, np.nan, np.where(wrapped, far, away) / self.step)

    def encode(self, cells):
        return self._index.encode_numbers(self._indices(cells))

    def log_slope(self, cells):
        """In ticks of the type."""
        indices = self._indices(cells)
        smooth = ~np.isnan(indices) & ~np.isin(indices, self.atoms)
        return self._index.log_slope_numbers(indices) + np.where(smooth, np.log(self.step), 0.0)

    def decode(self, parts, rows, key):
        indices = self._index.decode_numbers(parts)
        missing = np.isnan(indices) if self.nullable else None
        if self.nullable:
            indices[missing] = 0.0
        reach = (2**63 - 1 - abs(self.origin)) // self.step  # no wrap-around, however far a tail goes
        whole = np.clip(indices, -float(reach) * (1 - 2**-52), float(reach) * (1 - 2**-52)).astype(np.int64)
        return cells_of(self.origin + self.step * whole, missing, self.arrow_type)

    def _check_possible(self, value, cells):
        index = self._indices(cells)[0]
        if (self.lower is not None and index < self.lower) or (self.upper is not None and index > self.upper):
            raise ImpossibleConditionError(f"column {self.name!r} cannot be {value!r}: it lies beyond the column's bounds")

    @classmethod
    def _read(cls, values):
        return {**super()._read(values), "margin": Margin.from_document(values["margin"])}


def _is_narrow(arrow_type):
    import pyarrow as pa

    return pa.types.is_date32(arrow_type) or pa.types.is_time32(arrow_type)


def ticks_of(cells):
    """Int64 ticks (n,) of temporal cells, and which are missing (ticks 0 there)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    whole = cells.cast(pa.int32() if _is_narrow(cells.type) else pa.int64()).cast(pa.int64())
    missing = whole.is_null().to_numpy(zero_copy_only=False)
    return pc.fill_null(whole, 0).to_numpy(zero_copy_only=False), missing


def cells_of(ticks, missing, arrow_type):
    """Arrow array of `arrow_type` from int64 ticks (n,)."""
    import pyarrow as pa

    if _is_narrow(arrow_type):
        return pa.array(np.clip(ticks, -(2**31), 2**31 - 1).astype(np.int32), mask=missing).cast(arrow_type)
    return pa.array(ticks, mask=missing).cast(arrow_type)
