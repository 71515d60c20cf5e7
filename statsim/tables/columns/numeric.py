"""Float and integer columns: a margin, point masses, and the rounding of the values."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from statsim.errors import ImpossibleConditionError
from statsim.tables.columns.base import Block, Column, floats_of
from statsim.tables.lattice import to_lattice
from statsim.tables.margins import Margin


@dataclass(frozen=True, kw_only=True)
class NumericColumn(Column):
    """A numeric column.

    Parameters
    ----------
    margin : Margin
        Of the values that are no atom.
    atoms : tuple of float
        Values of probability above zero (the zeros of a zero-inflated column).
    decimals : int or None
        Values are rounded to this many decimals; None keeps full precision.
    step, offset : float
        With decimals 0: values are offset + step * k.
    lower, upper : float or None
        No value is drawn beyond these.
    """

    kind: ClassVar[str] = "numeric"
    _types: ClassVar[dict] = {
        "margin": dict, "atoms": list, "decimals": (int, type(None)), "step": float, "offset": float,
        "lower": (float, type(None)), "upper": (float, type(None)),
    }  # fmt: skip

    margin: Margin
    atoms: tuple = ()
    decimals: int | None = None
    step: float = 1.0
    offset: float = 0.0
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self):
        if self.decimals is not None and not 0 <= self.decimals <= 15:
            raise ValueError(f"decimals must be 0 to 15 or null, got {self.decimals}")
        if not (np.isfinite(self.step) and self.step > 0):
            raise ValueError(f"step must be positive, got {self.step}")
        if self.lower is not None and self.upper is not None and not self.lower < self.upper:
            raise ValueError(f"lower must be below upper, got {self.lower} and {self.upper}")
        if not all(isinstance(atom, (int, float)) and np.isfinite(atom) for atom in self.atoms):
            raise ValueError(f"atoms must be numbers, got {self.atoms}")

    @cached_property
    def _bent(self):
        """The margin with tails that bend towards the bounds; half a rounding step further out, so a bound can be hit."""
        half = 0.0 if self.decimals is None else 0.5 * (self.step if self.decimals == 0 else 1 / 10**self.decimals)  # no pow: rounded right everywhere
        low = -np.inf if self.lower is None else self.lower - half
        high = np.inf if self.upper is None else self.upper + half
        x = self.margin.x_knots
        return Margin(self.margin.z_knots, x, low if low < x[0] else -np.inf, high if high > x[-1] else np.inf)

    def blocks(self):
        if not self.atoms:
            return [Block("continuous", self.nullable)]
        return [Block("discrete", self.nullable, 1 + len(self.atoms)), Block("continuous", False)]

    def encode(self, cells):
        return self.encode_numbers(floats_of(cells))

    def encode_numbers(self, values):
        """`encode` for float64 values (n,), NaN where missing."""
        if not self.atoms:
            return [self._bent.to_z(values)]
        codes = self._atom_codes(values)
        return [codes, self._bent.to_z(np.where(codes == 0, values, np.nan))]

    def _atom_codes(self, values):
        """-1 missing, 0 no atom, j the j-th atom."""
        codes = np.where(np.isnan(values), np.int32(-1), np.int32(0))
        for position, atom in enumerate(self.atoms):
            codes[values == atom] = position + 1
        return codes

    def log_slope(self, cells):
        return self.log_slope_numbers(floats_of(cells))

    def log_slope_numbers(self, values):
        """`log_slope` for float64 values (n,)."""
        out = np.zeros(len(values))
        smooth = ~np.isnan(values) if not self.atoms else self._atom_codes(values) == 0
        out[smooth] = np.log(self._bent.slope(values[smooth]))
        return out

    def decode(self, parts, rows, key):
        import pyarrow as pa

        values = self.decode_numbers(parts)
        missing = np.isnan(values) if self.nullable else None
        if pa.types.is_floating(self.arrow_type):
            return pa.array(values.astype(self.arrow_type.to_pandas_dtype(), copy=False), mask=missing)
        if pa.types.is_decimal(self.arrow_type):
            return pa.array(values, mask=missing).cast(self.arrow_type, safe=False)
        if self.nullable:
            values[missing] = 0.0
        whole = _to_integers(values, np.dtype(self.arrow_type.to_pandas_dtype()))
        return pa.array(whole, mask=missing, type=self.arrow_type)

    def decode_numbers(self, parts):
        """Float64 values (n,), rounded and within the bounds; NaN where missing."""
        exact = self._bent.to_x(parts[-1])
        values = self._rounded(exact)
        if self.lower is not None or self.upper is not None:
            values = np.clip(values, self.lower, self.upper)
        if self.atoms and self.decimals is not None:
            self._leave_atoms(values, exact)
        values += 0.0  # no negative zeros
        if self.atoms:
            points = np.array([np.nan, *self.atoms])
            values = np.where(parts[0] == 0, values, points[np.maximum(parts[0], 0)])
        return values

    def _rounded(self, x):
        if self.decimals is None:
            return x
        return to_lattice(x, self.step, self.offset) if self.decimals == 0 else np.round(x, self.decimals)

    def _leave_atoms(self, values, exact):
        """Move what was rounded onto a frequent value, which has all its rows already, to the nearest value that is none."""
        for atom, (below, above) in self._beside_atoms.items():
            there = np.flatnonzero(values == atom)
            values[there] = np.where(exact[there] - below < above - exact[there], below, above)

    @cached_property
    def _beside_atoms(self):
        """The nearest possible values below and above each atom that are no atoms; infinite where there is none."""
        unit, sides = self.step if self.decimals == 0 else 1 / 10**self.decimals, {}
        for atom in self.atoms:
            ends = []
            for direction, bound in ((-1, self.lower), (1, self.upper)):
                x = atom
                while x in self.atoms:
                    x = float(self._rounded(np.array([x + direction * unit]))[0])
                beyond = bound is not None and direction * x > direction * bound
                ends.append(direction * np.inf if beyond else x)
            sides[atom] = tuple(ends) if np.isfinite(ends).any() else (atom, atom)
        return sides

    def _check_possible(self, value, cells):
        number = floats_of(cells)[0]
        low, high = self.lower, self.upper
        if not np.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
            raise ImpossibleConditionError(f"column {self.name!r} lies in [{low}, {high}] and cannot be {value!r}")

    @classmethod
    def _read(cls, values):
        return {**super()._read(values), "margin": Margin.from_document(values["margin"])}


def _to_integers(values, dtype):
    """Float64 whole numbers as `dtype`, clipped to what it holds."""
    info = np.iinfo(dtype)
    high = float(info.max) if info.bits < 64 else np.nextafter(float(info.max), 0.0)
    return np.clip(values, float(info.min), high).astype(dtype)
