"""Single values as JSON and back: numbers, booleans and text as they are, dates and times as integer ticks."""

import numpy as np


def values_to_json(cells):
    """JSON values of an Arrow array without nulls."""
    import pyarrow as pa

    from statsim.tables.columns.temporal import ticks_of

    if pa.types.is_temporal(cells.type):
        return ticks_of(cells)[0].tolist()
    if pa.types.is_decimal(cells.type):
        return cells.cast(pa.string()).to_pylist()
    return cells.to_pylist()


def values_from_json(values, arrow_type):
    """Arrow array of `arrow_type` from JSON values; `ValueError` where one does not fit."""
    import pyarrow as pa

    from statsim.tables.columns.temporal import cells_of

    if pa.types.is_temporal(arrow_type):
        return cells_of(np.array(values, np.int64), None, arrow_type)
    if pa.types.is_decimal(arrow_type):
        return pa.array(values, pa.string()).cast(arrow_type)
    return pa.array(values, arrow_type)
