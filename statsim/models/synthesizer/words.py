"""A model of a table in words: one line a column, and what sets each component apart."""

from dataclasses import dataclass

from statsim.tables.columns import ConstantColumn, CountColumn, DiscreteColumn, IdentifierColumn, NumericColumn, TemporalColumn


@dataclass(frozen=True)
class TableDescription:
    """Columns and components in words; prints as text.

    Attributes
    ----------
    columns : tuple of (str, str)
        Name and what it is.
    components : tuple of (float, tuple of str)
        Weight and what sets it apart, the largest difference first.
    given : tuple of str
        Conditions, where the model is a conditional one.
    """

    columns: tuple
    components: tuple
    given: tuple = ()

    @property
    def lines(self):
        """Lines of text."""
        width = max(len(name) for name, _ in self.columns)
        lines = [f"{len(self.columns)} columns", *(f"  {name:<{width}}  {words}" for name, words in self.columns)]
        lines += ["given " + ", ".join(self.given)] if self.given else []
        lines += ["", f"{len(self.components)} component(s)"]
        for number, (weight, words) in enumerate(self.components, start=1):
            alike = "like the whole" if len(self.components) > 1 else "one law for all rows"
            lines.append(f"  {number}. {weight:.1%} of rows: " + ("; ".join(words) or alike))
        return lines

    def to_document(self):
        """The same as JSON values."""
        return {
            "columns": [{"name": name, "is": words} for name, words in self.columns],
            "components": [{"weight": weight, "differs": list(words)} for weight, words in self.components],
            "given": list(self.given),
        }

    def __str__(self):
        return "\n".join(self.lines)


def describe(schema, mixture, fixed, top):
    """The `TableDescription` of a schema and a mixture (None: nothing is random)."""
    columns = tuple((column.name, _column_words(column)) for column in schema.columns)
    at = {place: (column, index) for column in schema.columns for index, place in enumerate(schema.places[column.name])}
    components = () if mixture is None else tuple(
        (summary.weight, tuple(_difference_words(difference, *at[difference.block, difference.column]) for difference in summary.differences))
        for summary in mixture.describe(top=top)
    )  # fmt: skip
    return TableDescription(columns, components, tuple(f"{name} = {value!r}" for name, value in fixed.items()))


def _column_words(column):
    """What a column is, in words."""
    words = {
        NumericColumn: _numeric_words,
        TemporalColumn: lambda column: f"{column.dtype}, about {_value(column, column.margin.x_knots[0])} to {_value(column, column.margin.x_knots[-1])}",
        CountColumn: lambda column: "count",
        DiscreteColumn: _discrete_words,
        ConstantColumn: lambda column: "always missing" if column.value is None else f"always {column.value!r}",
        IdentifierColumn: lambda column: "identifier, " + ("a running number" if column.pattern is None else f"like {_shape(column.pattern)}"),
    }[type(column)](column)
    unit = f" ({column.unit})" if column.unit else ""
    return words + unit + ("; sometimes missing" if column.nullable and getattr(column, "value", 0) is not None else "")


def _numeric_words(column):
    rounding = "number" if column.decimals is None else "whole number" if column.decimals == 0 else f"number of {column.decimals} decimal(s)"
    if column.decimals == 0 and column.step != 1:
        rounding += f" in steps of {column.step:g}"
    atoms = f", often exactly {', '.join(f'{atom:g}' for atom in column.atoms)}" if column.atoms else ""
    return f"{rounding}, about {column.margin.x_knots[0]:.6g} to {column.margin.x_knots[-1]:.6g}{atoms}"


def _discrete_words(column):
    shown = ", ".join(str(level) for level in column.levels[:8]) + (", ..." if len(column.levels) > 8 else "")
    merged = f"; {column.n_merged_categories} rare ones merged into {column.other!r}" if column.n_merged_categories else ""
    refused = f"; {column.n_refused_categories} rare ones refused" if column.n_refused_categories else ""
    return f"{len(column.levels)} {'ordered levels' if column.ordered else 'categories'}: {shown}{merged}{refused}"


def _shape(pattern):
    return "".join(characters * repeat if len(characters) == 1 else _mark(characters) * repeat for characters, repeat in pattern.runs)


def _mark(characters):
    if characters.isdigit():
        return "9"
    return "a" if characters.islower() else "A" if characters.isupper() else "x"


def _difference_words(difference, column, index):
    """One difference of a component from the whole."""
    name = column.name
    if difference.kind == "missing":
        return f"{name} missing in {difference.component:.0%} ({difference.whole:.0%} overall)"
    if difference.kind == "level":
        return f"{name} {_level(column, difference.level)} in {difference.component:.0%} ({difference.whole:.0%} overall)"
    direction = "higher" if difference.component > difference.whole else "lower"
    if difference.block == "counts":
        return f"{name} {direction}: mean {difference.component:.3g} ({difference.whole:.3g} overall)"
    return f"{name} {direction}: around {_at_z(column, difference.component)} ({_at_z(column, difference.whole)} overall)"


def _level(column, code):
    if isinstance(column, DiscreteColumn):
        return f"is {column.levels[code]}"
    if isinstance(column, (NumericColumn, TemporalColumn)):
        return "is no usual point" if code == 0 else f"is exactly {_value(column, column.atoms[code - 1])}"
    return "is present"


def _at_z(column, z):
    """The value of a column at a normal score, in words."""
    import numpy as np

    return _value(column, column.margin.to_x(np.array([z]))[0])


def _value(column, x):
    if not isinstance(column, TemporalColumn):
        return f"{x:.6g}" if column.decimals is None else f"{round(float(x), column.decimals):g}"
    from statsim.tables.columns.values import values_from_json

    return str(values_from_json([column.origin + column.step * round(float(x))], column.arrow_type)[0].as_py())
