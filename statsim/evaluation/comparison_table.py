"""A comparison as a table for a terminal."""

import math

WIDTH = 110
HEADS = ("model", "", "error", "difference", "error", "weight", "parameters")


def shown(value, error=None):
    """A number to two digits of its error, at least to the units; a dash where there is none."""
    if value is None or math.isnan(value):
        return "-"
    if not math.isfinite(value):
        return "infinite" if value > 0 else "-infinite"
    if error is None or not (math.isfinite(error) and error > 0):
        return f"{value:.2f}"
    return f"{value:.{min(max(1 - math.floor(math.log10(error)), 0), 6)}f}"


def cells_of(comparison):
    """The cells of the table as text, a list for each model."""
    return [_cells(row) for row in comparison.rows()]


def _cells(row):
    error, spread = row["standard_error"], row["difference_error"]
    parameters = row["parameters"]
    count = "-" if parameters is None else f"{parameters:d}" if isinstance(parameters, int) else f"{parameters:.1f}"
    weight = "-" if math.isnan(row["weight"]) else f"{row['weight']:.3f}"
    return [row["model"], shown(row["value"], error), shown(error, error), shown(row["difference"], spread), shown(spread, spread), weight, count]


def caption(comparison):
    """What the columns are, and what was warned of."""
    direction = "higher is better" if comparison.higher_is_better else "lower is better"
    said = [f"{name}: {note}" for name, notes in zip(comparison.names, comparison.notes, strict=True) for note in notes]
    return [f"{comparison.criterion}: {direction}; weights: {comparison.weighting}", *said]


def terminal_table(comparison):
    """A `rich` table; what was warned of stands below."""
    from rich.table import Table

    said = caption(comparison)
    table = Table(box=None, pad_edge=False, header_style="bold", caption="\n".join(said), caption_justify="left", caption_style="dim")
    for place, head in enumerate(HEADS):
        table.add_column(head or comparison.criterion, justify="right" if place else "left", no_wrap=place > 0, overflow="fold", style="bold" if place == 1 else None)
    for cells in cells_of(comparison):
        table.add_row(*cells)
    return table


def terminal_text(table):
    """The table as plain text."""
    import io

    from rich.console import Console

    page = io.StringIO()
    Console(file=page, width=WIDTH, color_system=None, force_terminal=False, highlight=False, markup=False).print(table)
    return "\n".join(line.rstrip() for line in page.getvalue().rstrip("\n").split("\n"))
