"""Cleaning, explicit and recorded: each step is an object the user names, keeps what it learnt, and says whether it can be undone.

Nothing is cleaned by default. Steps run in the order given, before the schema is learnt and again on rows to score. The
limits a step learns average at least `min_count` rows. Reversible steps are undone when rows are drawn.
"""

import unicodedata
from dataclasses import asdict, dataclass, replace
from typing import ClassVar

import numpy as np

from statsim.errors import ArgumentError, DataError, FileRefusedError
from statsim.tables.columns.base import floats_of
from statsim.tables.frames import place_of


@dataclass(frozen=True)
class Coerce:
    """Turn a column into another type.

    Parameters
    ----------
    column : str
    to : {"float", "integer", "boolean", "text", "date", "timestamp"}
    errors : {"raise", "missing"}
        What a cell that is none becomes: an error naming it, or missing.
    n_changed : int
        Cells that became missing (learnt).
    """

    name: ClassVar[str] = "coerce"
    reversible: ClassVar[bool] = False
    _types: ClassVar[dict] = {"float": "double", "integer": "int64", "boolean": "bool", "text": "large_string",
                              "date": "date32[day]", "timestamp": "timestamp[us]"}  # fmt: skip
    column: str
    to: str
    errors: str = "raise"
    n_changed: int = 0

    def __post_init__(self):
        _check_option(self, "to", tuple(self._types))
        _check_option(self, "errors", ("raise", "missing"))

    def learn(self, cells, min_count):
        """This step with what it learns from the cells of its column."""
        changed = self.apply(cells).null_count - cells.null_count
        return replace(self, n_changed=int(changed))

    def apply(self, cells):
        """The cleaned cells."""
        import pyarrow as pa

        from statsim.tables.types import type_from_text

        target = type_from_text(self._types[self.to])
        try:
            return cells.cast(target)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            return self._cell_by_cell(cells, target)

    def _cell_by_cell(self, cells, target):
        import pyarrow as pa

        out = []
        for row, cell in enumerate(cells):
            try:
                out.append(cell.cast(target).as_py())
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
                if self.errors == "raise":
                    raise DataError(
                        f"column {self.column!r}, {place_of(row)}: {cell.as_py()!r} is no {self.to}; "
                        f"use Coerce({self.column!r}, {self.to!r}, errors='missing') to make such cells missing"
                    ) from None
                out.append(None)
        return pa.array(out, target)


@dataclass(frozen=True)
class NormaliseText:
    """Unify spellings of a text column: Unicode form NFC, surrounding space removed, case folded on request.

    Parameters
    ----------
    column : str
    case : {"keep", "lower", "upper"}
    n_changed : int
        Cells that changed (learnt).
    """

    name: ClassVar[str] = "normalise_text"
    reversible: ClassVar[bool] = False
    column: str
    case: str = "keep"
    n_changed: int = 0

    def __post_init__(self):
        _check_option(self, "case", ("keep", "lower", "upper"))

    def learn(self, cells, min_count):
        """This step with what it learns from the cells of its column."""
        import pyarrow.compute as pc

        return replace(self, n_changed=int(pc.sum(pc.not_equal(self.apply(cells), cells)).as_py() or 0))

    def apply(self, cells):
        """The cleaned cells."""
        import pyarrow as pa

        if not (pa.types.is_string(cells.type) or pa.types.is_large_string(cells.type)):
            raise DataError(f"NormaliseText needs a text column, {self.column!r} is {cells.type}; use Coerce(..., 'text') first")
        change = {"keep": str, "lower": str.lower, "upper": str.upper}[self.case]
        texts = [None if text is None else change(unicodedata.normalize("NFC", text).strip()) for text in cells.to_pylist()]
        return pa.array(texts, cells.type)


@dataclass(frozen=True)
class Outliers:
    """Make values far outside the quartiles missing (Tukey 1977: beyond quartile -/+ k times their distance).

    Parameters
    ----------
    column : str
    k : float
    lower, upper : float or None
        The limits (learnt where None).
    n_changed : int
        Cells that became missing (learnt).
    """

    name: ClassVar[str] = "outliers"
    reversible: ClassVar[bool] = False
    column: str
    k: float = 3.0
    lower: float | None = None
    upper: float | None = None
    n_changed: int = 0

    def learn(self, cells, min_count):
        """This step with what it learns from the cells of its column."""
        values = _present(self, cells, min_count if None in (self.lower, self.upper) else 1)
        low, high = (averaged_quantile(values, q, min_count) for q in (0.25, 0.75))
        reach = self.k * (high - low)
        step = replace(
            self, lower=low - reach if self.lower is None else self.lower, upper=high + reach if self.upper is None else self.upper
        )
        return replace(step, n_changed=int(((values < step.lower) | (values > step.upper)).sum()))

    def apply(self, cells):
        """The cleaned cells."""
        import pyarrow as pa
        import pyarrow.compute as pc

        values = floats_of(cells)
        return pc.if_else(pa.array((values < self.lower) | (values > self.upper)), pa.scalar(None, cells.type), cells)


@dataclass(frozen=True)
class Winsorise:
    """Pull values beyond two quantiles in to them.

    Parameters
    ----------
    column : str
    share : float
        Share of rows at each end, below 0.5.
    lower, upper : float or None
        The limits (learnt where None).
    n_changed : int
        Cells that changed (learnt).
    """

    name: ClassVar[str] = "winsorise"
    reversible: ClassVar[bool] = False
    column: str
    share: float = 0.01
    lower: float | None = None
    upper: float | None = None
    n_changed: int = 0

    def __post_init__(self):
        if not 0 <= self.share < 0.5:
            raise ArgumentError(f"share must be at least 0 and below 0.5, got {self.share!r}")

    def learn(self, cells, min_count):
        """This step with what it learns from the cells of its column."""
        values = _present(self, cells, min_count if None in (self.lower, self.upper) else 1)
        low = averaged_quantile(values, self.share, min_count) if self.lower is None else self.lower
        high = averaged_quantile(values, 1 - self.share, min_count) if self.upper is None else self.upper
        return replace(self, lower=low, upper=high, n_changed=int(((values < low) | (values > high)).sum()))

    def apply(self, cells):
        """The cleaned cells."""
        import pyarrow as pa

        values = floats_of(cells)
        clipped = np.clip(values, self.lower, self.upper)
        if pa.types.is_integer(cells.type):
            clipped = np.rint(clipped)
        return pa.array(clipped, mask=np.isnan(values)).cast(cells.type)


@dataclass(frozen=True)
class Rescale:
    """Model (x - offset) / factor instead of x; undone when rows are drawn.

    Parameters
    ----------
    column : str
        A float column.
    offset, factor : float
    """

    name: ClassVar[str] = "rescale"
    reversible: ClassVar[bool] = True
    column: str
    offset: float = 0.0
    factor: float = 1.0

    def __post_init__(self):
        if not (np.isfinite(self.offset) and np.isfinite(self.factor) and self.factor > 0):
            raise ArgumentError(f"offset must be finite and factor positive, got offset={self.offset!r}, factor={self.factor!r}")

    def learn(self, cells, min_count):
        """This step: nothing is learnt."""
        import pyarrow as pa

        if not pa.types.is_floating(cells.type):
            raise DataError(f"Rescale needs a float column, {self.column!r} is {cells.type}; use Coerce(..., 'float') first")
        return self

    def apply(self, cells):
        """The rescaled cells."""
        import pyarrow.compute as pc

        return pc.divide(pc.subtract(cells, self.offset), self.factor).cast(cells.type)

    def reverse(self, cells):
        """The cells in their own units."""
        import pyarrow.compute as pc

        return pc.add(pc.multiply(cells, self.factor), self.offset).cast(cells.type)


STEPS = {step.name: step for step in (Coerce, NormaliseText, Outliers, Winsorise, Rescale)}
"""Cleaning step by the name it has in a schema file."""


def averaged_quantile(values, probability, min_count):
    """A quantile that no single row decides: the mean of the `min_count` order statistics around it.

    Parameters
    ----------
    values : array (n,), n >= min_count
    probability : float
    min_count : int
    """
    ordered = np.sort(values)
    middle = probability * (len(ordered) - 1)
    first = int(np.clip(round(middle - (min_count - 1) / 2), 0, len(ordered) - min_count))
    return float(ordered[first : first + min_count].mean())


def step_to_document(step):
    """A step as JSON values, with whether it can be undone."""
    return {"step": step.name, "reversible": step.reversible, **asdict(step)}


def step_from_document(document):
    """The step in a document; refuses unknown steps and keys."""
    kind = STEPS.get(str(document.get("step"))) if isinstance(document, dict) else None
    if kind is None:
        raise FileRefusedError(f"a cleaning step is one of {sorted(STEPS)}, got {str(document)[:80]}")
    try:
        return kind(**{key: _read_field(key, value) for key, value in document.items() if key not in ("step", "reversible")})
    except (TypeError, ValueError, OverflowError) as error:
        raise FileRefusedError(f"the cleaning step {kind.name} of the file is impossible: {error}") from error


def _read_field(key, value):
    """The value of a field of a learnt step: text, a count, or a finite number."""
    if key in ("column", "to", "errors", "case"):
        wanted, good = "text", isinstance(value, str)
    elif key == "n_changed":
        wanted, good = "a count", type(value) is int and value >= 0
    else:
        wanted, good = "a finite number", type(value) in (int, float) and np.isfinite(float(value))
        value = float(value) if good else value
    if not good:
        raise ValueError(f"{key} must be {wanted}, got {str(value)[:80]!r}")
    return value


def _present(step, cells, min_count):
    """The present values of a numeric column, refused where a limit would rest on fewer than `min_count` rows."""
    import pyarrow as pa

    if not (pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)):
        raise DataError(f"{type(step).__name__} needs a numeric column, {step.column!r} is {cells.type}")
    values = floats_of(cells)
    values = values[~np.isnan(values)]
    if values.size < max(min_count, 1):
        raise DataError(
            f"{type(step).__name__}: column {step.column!r} has {values.size} value(s), fewer than the {min_count} that its limits "
            f"must rest on (min_count); give lower= and upper=, or leave the step out"
        )
    return values


def _check_option(step, field, options):
    if getattr(step, field) not in options:
        raise ArgumentError(f"{type(step).__name__}: {field} must be one of {', '.join(map(repr, options))}; got {getattr(step, field)!r}")
