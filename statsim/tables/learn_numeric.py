"""Numbers: identifiers, a few levels, counts, or a margin with point masses and rounding."""

import re

import numpy as np

from statsim.errors import DataError
from statsim.tables.columns import ConstantColumn, CountColumn, IdentifierColumn, NumericColumn
from statsim.tables.columns.base import floats_of
from statsim.tables.columns.values import values_to_json
from statsim.tables.lattice import observed_decimals, observed_step
from statsim.tables.learn_text import learn_levels
from statsim.tables.margins import learn_margin
from statsim.tables.patterns import learn_digits

_IDENTIFIER_NAME = re.compile(r"(^|.*[_\W])(id|ids|uuid|guid|key|nr|no|number|ssn|phone)$|.*[a-z](Id|ID|Nr|Key)$|^(index|row|rowid)$", re.IGNORECASE)
_MOST_LEVELS = 20  # distinct numbers up to which they may be levels
_ROWS_A_LEVEL = 10  # rows on average that a level needs, or the numbers go through a margin
_MOST_ATOMS = 5
_ATOM_SHARE = 0.05  # least share of rows at a point mass ...
_ATOM_EXCESS = 5.0  # ... and how many times as frequent as the values beside it


def learn_numeric(learning, present, cells):
    """A numeric column."""
    import pyarrow as pa

    values = floats_of(present)
    whole = pa.types.is_integer(present.type)
    distinct = np.unique(values)
    if distinct.size == 1:
        _check_constant(present, learning, whole)
        return ConstantColumn(**learning.identity, value=values_to_json(present.slice(0, 1))[0])
    if learning.wanted == "identifier" or (learning.wanted is None and _is_identifier(values, distinct, learning)):
        return _identifier(values, learning, present.type)
    if learning.wanted is None and _is_levels(values, distinct, learning):
        return learn_levels(learning, present, cells)
    if learning.wanted == "count" or (learning.wanted is None and whole and _is_count(values)):
        return CountColumn(**learning.identity)
    return _through_margin(values, present, cells, learning, whole)


def _check_constant(present, learning, whole):
    """Refuse whole numbers that only look constant as doubles, and those that a model file cannot hold."""
    import pyarrow.compute as pc

    if whole and (pc.count_distinct(present).as_py() > 1 or not -(2**63) <= present[0].as_py() < 2**63):
        raise DataError(
            f"column {learning.name!r} holds whole numbers near {float(present[0].as_py()):.6g}, too large for double precision to "
            f"tell apart or for a model file to hold; subtract an offset, turn the column into text, or leave it out"
        )


def _is_identifier(values, distinct, learning):
    """All (or nearly all) different whole numbers that run on, are named like one, or fill the range of a digit count."""
    n = values.size
    if n < 2 * learning.min_count or distinct.size < 0.9 * n or (values != np.rint(values)).any():
        return False
    if _IDENTIFIER_NAME.match(learning.name):
        return True
    if distinct.size < n:
        return False
    if np.ptp(distinct) == n - 1:
        return n >= 20
    digits = len(str(int(distinct[-1]))) if distinct[0] > 0 else 0
    same_length = digits >= 6 and distinct[0] >= 10.0 ** (digits - 1)
    return n >= 50 and same_length and np.ptp(distinct) > 0.9 * 9 * 10.0 ** (digits - 1) and bool((np.diff(values) < 0).mean() > 0.3)


def _identifier(values, learning, arrow_type):
    """A running number from 0 or 1, or numbers of the usual digit count, or of one less where the type would not hold all of them."""
    first = values.min()
    if first in (0.0, 1.0) and np.ptp(values) == values.size - 1:
        return IdentifierColumn(**learning.identity, first=int(first))
    largest = np.sort(np.abs(values))[-learning.min_count :].mean()
    digits = min(len(str(int(largest))), _most_digits(arrow_type))
    return IdentifierColumn(**learning.identity, pattern=learn_digits(digits))


def _most_digits(arrow_type):
    """Digits up to which every whole number has a place in the type, at most 17."""
    import pyarrow as pa

    if pa.types.is_floating(arrow_type):
        return {16: 3, 32: 7, 64: 15}[arrow_type.bit_width]
    if pa.types.is_integer(arrow_type):
        return min(len(str(np.iinfo(arrow_type.to_pandas_dtype()).max)) - 1, 17)
    return max(1, min(arrow_type.precision - arrow_type.scale, 17))


def _is_levels(values, distinct, learning):
    if distinct.size > _MOST_LEVELS or values.size < _ROWS_A_LEVEL * distinct.size:
        return False
    counts = np.unique(values, return_counts=True)[1]
    return bool(counts.min() >= learning.min_count)


def _is_count(values):
    """Small counts whose spread a Poisson or negative binomial mixture can follow."""
    mean, variance = values.mean(), values.var()
    return bool(values.min() >= 0 and mean <= 15 and 0.5 * mean <= variance <= 10 * mean and values.max() <= 200)


def _through_margin(values, present, cells, learning, whole):
    atoms, rest = split_atoms(values, learning.min_count)
    if rest.size < learning.min_count or rest.min() == rest.max():
        return learn_levels(learning, present, cells)
    decimals, step, offset = _rounding(values, present, whole, learning.min_count)
    half = 0.0 if decimals is None else 0.5 * (step if decimals == 0 else 10.0**-decimals)
    lower, upper = support(values)
    margin = learn_margin(
        rest, min_count=learning.min_count,
        lower=-np.inf if lower is None else lower - half, upper=np.inf if upper is None else upper + half,
    )  # fmt: skip
    return NumericColumn(
        **learning.identity, margin=margin, atoms=atoms, decimals=decimals, step=float(step), offset=float(offset), lower=lower, upper=upper
    )


def _rounding(values, present, whole, min_count):
    """Decimals, and for whole numbers their step and offset."""
    import pyarrow as pa

    if pa.types.is_decimal(present.type):
        return present.type.scale, 1, 0
    decimals = 0 if whole else observed_decimals(
        values if not pa.types.is_float32(present.type) else present.to_numpy(zero_copy_only=False)
    )
    if decimals != 0 or np.abs(values).max() >= 2.0**53:
        return decimals, 1, 0
    return decimals, *observed_step(values.astype(np.int64), min_count=min_count)


def support(values):
    """Bounds that the sign of all values suggests: 0 where none is below (or above), 1 where they are shares that near it."""
    low, high = values.min(), values.max()
    if low >= 0:
        share = high <= 1 and low < 0.25 and high > 0.75 and not np.isin(values, (0.0, 1.0)).all()
        return 0.0, 1.0 if share else None
    return None, 0.0 if high <= 0 else None


def split_atoms(values, min_count):
    """Point masses of a column and the values that are none.

    A value is a point mass when at least 5 % (and `min_count`) of the rows hold it and it is five times as frequent as the
    ten distinct values on either side are on average.

    Returns
    -------
    atoms : tuple of float
    rest : array
    """
    distinct, counts = np.unique(values, return_counts=True)
    frequent = np.flatnonzero(counts >= max(_ATOM_SHARE * values.size, min_count))
    atoms = [position for position in frequent if _stands_out(counts, position, frequent)]
    atoms = sorted(atoms, key=lambda position: -counts[position])[:_MOST_ATOMS]
    points = tuple(sorted(float(distinct[position]) for position in atoms))
    return points, values[~np.isin(values, points)]


def _stands_out(counts, position, frequent):
    beside = [i for i in range(max(0, position - 10), min(counts.size, position + 11)) if i != position and i not in set(frequent)]
    return bool(beside) and counts[position] >= _ATOM_EXCESS * counts[beside].mean()
