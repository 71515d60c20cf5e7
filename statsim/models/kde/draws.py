"""How an estimate fills blocks of rows: the alias table of its weights and the tables of its columns, made once a request."""

import numpy as np

from statsim.blocks import BLOCK_ROWS
from statsim.kernels.kde.boundary import least_mass
from statsim.kernels.kde.sampling import CATEGORICAL, CIRCULAR, REAL, REFLECTED, RENORMALISED, fill_gaussian, fill_product, fill_radial
from statsim.kernels.variates.categorical import alias_table
from statsim.models.kde.columns import Categorical, Circular, Interval

_SLACK = 1e-9  # the least mass inside is taken a little too small: rounding of two distribution functions


def block_fill(law, key):
    """The function (first_block, (rows, numbers of data)) that fills whole blocks of the data set named by `key`."""
    weights = law.mixture_weights
    equal = (weights == weights[0]).all()
    threshold, alias = (np.zeros(0), np.zeros(0, np.int64)) if equal else alias_table(weights)
    factors = np.zeros(0) if law.factors is None else law.factors
    number = law.kernel.number
    if law.is_full:
        lower = np.ascontiguousarray(law.lower)

        def fill(first_block, arrays):
            fill_radial(key, first_block, BLOCK_ROWS, law.rows, factors, threshold, alias, number, lower, *arrays)

        return fill
    data = _drawn_from(law)
    if law.is_real and law.kernel.name == "gaussian" and law.factors is None:
        return lambda first_block, arrays: fill_gaussian(key, first_block, BLOCK_ROWS, data, threshold, alias, law.bandwidth, *arrays)
    tables = _column_tables(law)
    tables = [np.array(column) for column in zip(*tables, strict=True)]

    def fill_cells(first_block, arrays):
        fill_product(key, first_block, BLOCK_ROWS, data, factors, threshold, alias, number, *tables, *arrays)
        _name_levels(law, arrays[0])

    return fill_cells


def _column_tables(law):
    """(kind, bandwidth, low, high, least mass inside) of each column."""
    return [_column_table(law, j, kind, float(law.bandwidth[j])) for j, kind in enumerate(law.columns)]


def _column_table(law, j, kind, h):
    if isinstance(kind, Categorical):
        return CATEGORICAL, h, 0.0, float(len(kind.values)), 1.0
    if isinstance(kind, Circular):
        return CIRCULAR, h, float(kind.low), float(kind.high), 1.0
    if not isinstance(kind, Interval):
        return REAL, h, -np.inf, np.inf, 1.0
    if law.boundary == "reflect":
        return REFLECTED, h, kind.low, kind.high, 1.0
    return RENORMALISED, h, kind.low, kind.high, least_mass(law.kernel.number, h, kind.low, kind.high) * (1 - _SLACK)


def _drawn_from(law):
    """The rows, categories as the numbers of their levels."""
    if not any(isinstance(kind, Categorical) for kind in law.columns):
        return np.ascontiguousarray(law.rows)
    return np.column_stack([law.data[:, j] if isinstance(kind, Categorical) else law.rows[:, j] for j, kind in enumerate(law.columns)])


def _name_levels(law, rows):
    """Numbers of levels become the values they stand for, in place."""
    for j, kind in enumerate(law.columns):
        if isinstance(kind, Categorical):
            rows[:, j] = np.asarray(kind.values, np.float64)[rows[:, j].astype(np.int64)]
