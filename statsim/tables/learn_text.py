"""Text and categories: identifiers, levels, and what becomes of rare levels."""

import re

import numpy as np

from statsim.errors import DataError
from statsim.files import MAX_STRING
from statsim.tables.columns import ConstantColumn, DiscreteColumn, IdentifierColumn
from statsim.tables.columns.values import values_to_json
from statsim.tables.frames import place_of
from statsim.tables.patterns import learn_pattern

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_WRITTEN_NUMBER = re.compile(r"[€$£]?[+-]?\d[\d.,']*\s?[%€$£]?")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([ T]\d.*)?")
_LEADING_ZERO = re.compile(r"0\d")
_FEW_CODES = 10  # distinct numbers up to which text may well be meant
_MOSTLY_DISTINCT = 0.9  # share of distinct values from which text is an identifier
_NUMERIC_SHARE = 0.8  # share of numbers from which a text cell that is none counts as junk
_LONGEST_LEVEL = 1000  # characters: text that long is prose, not a level


def learn_text(learning, present, cells):
    """A text column: identifier, constant, or levels."""
    counted = present.value_counts()
    values, counts = counted.field("values"), counted.field("counts").to_numpy(zero_copy_only=False)
    if learning.wanted is None and not learning.is_dictionary:
        _refuse_junk(learning, values, counts, cells)
        _warn_of_unread(learning, values, counts)
    if learning.wanted == "identifier" or (learning.wanted is None and not learning.ordered and _is_identifier(values, counts, learning)):
        return IdentifierColumn(**learning.identity, pattern=learn_pattern(present))
    if learning.wanted in ("numeric", "count"):
        raise DataError(
            f"column {learning.name!r} is text and cannot be {learning.wanted}; "
            f"use cleaning=[Coerce({learning.name!r}, 'float')] (--coerce {learning.name}=float)"
        )
    return learn_levels(learning, present, cells)


def _is_identifier(values, counts, learning):
    import pyarrow.compute as pc

    if pc.max(pc.utf8_length(values)).as_py() > _LONGEST_LEVEL:
        return True
    if len(values) == 1:
        return False
    n, distinct = counts.sum(), len(values)
    if distinct >= _MOSTLY_DISTINCT * n or counts.max() < learning.min_count:
        return True
    special = pc.match_substring_regex(values, r"^[^@\s]+@[^@\s]+\.[^@\s]+$|^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
    return distinct > 0.3 * n and pc.all(special).as_py()


def _refuse_junk(learning, values, counts, cells):
    """A column of numbers with a few cells of text is refused by the first such cell."""
    texts = values.to_pylist()
    is_number = np.array([bool(_NUMBER.fullmatch(text)) for text in texts])
    share = counts[is_number].sum() / counts.sum()
    if share < _NUMERIC_SHARE or is_number.all() or is_number.sum() <= 10:
        return
    junk = {text for text, number in zip(texts, is_number, strict=True) if not number}
    row, value = next((row, cell) for row, cell in enumerate(cells.to_pylist()) if cell in junk)
    raise DataError(
        f"column {learning.name!r} is numbers but for {round((1 - share) * counts.sum())} cell(s): {place_of(row)} is {value!r}. "
        f"Say what it means: missing_values={{{learning.name!r}: [{value!r}]}} with cleaning=[Coerce({learning.name!r}, 'float')], "
        f"cleaning=[Coerce({learning.name!r}, 'float', errors='missing')], or kinds={{{learning.name!r}: 'categorical'}} "
        f"(on the command line --missing-value or --coerce {learning.name}=float, or --kind {learning.name}=categorical)"
    )


def _warn_of_unread(learning, values, counts):
    """Text that is mostly numbers or dates: it may be meant, but is more often a stray word or a way of writing them."""
    texts = values.to_pylist()
    for pattern, what, to in ((_NUMBER, "numbers", "float"), (_WRITTEN_NUMBER, "numbers", None), (_DATE, "dates", "date")):
        reads = np.array([bool(pattern.fullmatch(text)) for text in texts])
        n_reading = int(counts[reads].sum())
        if 2 * n_reading <= counts.sum() or (reads.all() and len(texts) <= _FEW_CODES) or _has_leading_zeros(texts):
            continue
        example = texts[int(np.flatnonzero(reads)[0])]
        strays = [text for text, read in zip(texts, reads, strict=True) if not read][:3]
        others = f"; others are {', '.join(map(repr, strays))}" if strays else ""
        remedy = (
            f"cleaning=[Coerce({learning.name!r}, {to!r}, errors='missing')] (--coerce {learning.name}={to}) reads them"
            if to
            else "write them with digits and a decimal point alone to have them read"
        )
        learning.warn(
            f"{n_reading} of {counts.sum()} cells look like {what} (such as {example!r}{others}) and are taken as text; "
            f"{remedy}, kinds={{{learning.name!r}: 'categorical'}} or 'identifier' says that text is meant"
        )
        return


def _has_leading_zeros(texts):
    return any(_LEADING_ZERO.match(text) for text in texts)


def learn_levels(learning, present, cells):
    """Levels of a column, rare ones merged or refused."""
    counted = present.value_counts()
    values = values_to_json(counted.field("values"))
    counts = dict(zip(values, counted.field("counts").to_pylist(), strict=True))
    if len(counts) == 1:
        _refuse_long(learning, values[0])
        return ConstantColumn(**learning.identity, value=values[0], is_dictionary=learning.is_dictionary, ordered=learning.ordered)
    order = [value for value in _declared(learning) if value in counts] if learning.is_dictionary else sorted(counts)
    kept, merged, refused, other = _thin(order, counts, learning)
    rows_of = lambda some: sum(counts[value] for value in some)  # noqa: E731
    ordered = learning.ordered or learning.wanted == "ordinal" or not isinstance(values[0], (str, bool))
    return DiscreteColumn(
        **learning.identity, levels=tuple(kept), ordered=ordered, other=other,
        n_merged_categories=len(merged), n_merged_rows=rows_of(merged),
        n_refused_categories=len(refused), n_refused_rows=rows_of(refused),
        is_dictionary=learning.is_dictionary, categories=_category_set(learning, counts, kept),
    )  # fmt: skip


def _refuse_long(learning, value):
    """Refuse a constant that a model file cannot hold before anything is fitted."""
    if isinstance(value, str) and len(value) > MAX_STRING:
        raise DataError(
            f"column {learning.name!r} holds one text of {len(value)} characters in every row; a model file keeps texts of at most "
            f"{MAX_STRING}: shorten it, or leave the column out with columns="
        )


def _declared(learning):
    import pyarrow as pa

    from statsim.tables.types import type_from_text

    return values_to_json(pa.array(list(learning.categories), type_from_text(learning.dtype)))


def _thin(order, counts, learning):
    """Split levels into those kept, those merged into "other", and those refused; all three named in a warning."""
    rare = [value for value in order if counts[value] < learning.min_count]
    kept = [value for value in order if counts[value] >= learning.min_count]
    if not rare:
        return kept, [], [], None
    can_merge = isinstance(order[0], str) and not learning.ordered and learning.wanted != "ordinal"
    if can_merge and sum(counts[value] for value in rare) < learning.min_count and "other" not in kept and len(kept) > 2:
        smallest = min(kept, key=counts.get)
        if counts[smallest] < 4 * learning.min_count:
            rare, kept = [*rare, smallest], [value for value in kept if value != smallest]
    total = sum(counts[value] for value in rare)
    shown = ", ".join(repr(value) for value in rare[:10]) + (f" and {len(rare) - 10} more" if len(rare) > 10 else "")
    if can_merge and (total >= learning.min_count or "other" in kept):
        learning.warn(f"{len(rare)} categories of fewer than min_count={learning.min_count} rows each are merged into 'other' ({total} rows): {shown}")
        return [*kept, *([] if "other" in kept else ["other"])], rare, [], "other"
    if not kept:
        raise DataError(
            f"column {learning.name!r}: no level has min_count={learning.min_count} rows, and the levels cannot be merged; "
            f"lower min_count, or leave the column out with columns="
        )
    learning.warn(
        f"{len(rare)} categories rest on too few rows ({total}, min_count={learning.min_count}) and cannot be merged; "
        f"they are refused, their cells taken as not observed: {shown}"
    )
    return kept, [], rare, None


def _category_set(learning, counts, kept):
    """The category set of a categorical type: kept levels in declared order.

    A declared category that no row has is left out: in a frame cut out of a larger one it is somebody else's value.
    """
    if not learning.is_dictionary:
        return ()
    declared = _declared(learning)
    unused = sum(value not in counts for value in declared)
    if unused:
        learning.warn(f"{unused} declared categories that no row has are left out of the schema; pass a schema that names them to keep them")
    return (*(value for value in declared if value in kept), *(value for value in kept if value not in declared))
