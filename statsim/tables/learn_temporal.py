"""Dates, times, timestamps and durations: an origin and a step that hold all values, and the margin of the index."""

import numpy as np

from statsim.errors import DataError
from statsim.tables.columns import ConstantColumn, TemporalColumn
from statsim.tables.columns.temporal import ticks_of
from statsim.tables.lattice import observed_step
from statsim.tables.learn_numeric import split_atoms
from statsim.tables.learn_text import learn_levels
from statsim.tables.margins import learn_margin

_TICKS_A_DAY = {"s": 86_400, "ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def learn_temporal(learning, present, cells):
    """A temporal column."""
    import pyarrow as pa

    if learning.wanted is not None:
        raise DataError(f"column {learning.name!r} is {learning.dtype} and cannot be {learning.wanted}; leave kinds= out for it")
    ticks, _ = ticks_of(present)
    if ticks.min() == ticks.max():
        return ConstantColumn(**learning.identity, value=int(ticks[0]))
    _refuse_wide(learning, ticks)
    step, offset = observed_step(ticks, min_count=learning.min_count)
    lower, upper = _bounds(ticks, present.type)
    origin = 0 if lower == 0 or pa.types.is_time(present.type) else _averaged_low(ticks, learning.min_count)
    origin = (origin - offset) // step * step + offset
    index = (ticks - origin) / step
    atoms, rest = split_atoms(index, learning.min_count)
    if rest.size < learning.min_count or rest.min() == rest.max():
        return learn_levels(learning, present, cells)
    lower = None if lower is None else float(-(-(lower - origin) // step))
    upper = None if upper is None else float((upper - origin) // step)
    margin = learn_margin(
        rest, min_count=learning.min_count,
        lower=-np.inf if lower is None else lower - 0.5, upper=np.inf if upper is None else upper + 0.5,
    )  # fmt: skip
    return TemporalColumn(**learning.identity, origin=int(origin), step=step, margin=margin, atoms=atoms, lower=lower, upper=upper)


def _refuse_wide(learning, ticks):
    """Refuse points so far apart that a difference of ticks would wrap around."""
    low, high = int(ticks.min()), int(ticks.max())
    if high - low >= 2**63:
        raise DataError(
            f"column {learning.name!r} ({learning.dtype}) spans {high - low} ticks, from {low} to {high}, and a span must stay below 2^63; "
            f"use a coarser unit (pandas: .astype('datetime64[us]'), pyarrow: .cast(pa.timestamp('us')))"
        )


def _averaged_low(ticks, min_count):
    """Mean of the `min_count` lowest ticks, in whole ticks."""
    low = np.sort(ticks)[:min_count]
    return int(low[0]) + int(np.mean((low - low[0]).astype(np.float64)))


def _bounds(ticks, arrow_type):
    """Bounds in ticks that the type or the sign of all values sets: a time of day ends, a duration may be none below 0."""
    import pyarrow as pa

    if pa.types.is_time(arrow_type):
        return 0, _TICKS_A_DAY[arrow_type.unit] - 1
    if pa.types.is_duration(arrow_type) and ticks.min() >= 0:
        return 0, None
    return None, None
