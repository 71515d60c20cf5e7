"""How results look: aligned plain text that a terminal, a log and a diff all take, or one JSON object."""

import json
import math
import re

from statsim.cli.streams import write_line

_NUMBER = re.compile(r"[-+]?[\d,]*\.?\d*(e[-+]?\d+)?\s?%?")


def result(as_json, document, lines):
    """Print `document` as JSON, or the text `lines`."""
    if as_json:
        write_line(json.dumps(_finite(document), indent=2, ensure_ascii=False))
    else:
        write_line("\n".join(lines))


def pairs(rows):
    """Lines of `name  value`, the values aligned."""
    rows = [(name, str(value)) for name, value in rows]
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{name:<{width}}  {value}".rstrip() for name, value in rows]


def table(header, rows, *, indent=""):
    """Lines of a table: columns of numbers to the right, of words to the left."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [list(header), *cells]) for i in range(len(header))]
    right = [bool(cells) and all(_NUMBER.fullmatch(line[i]) for line in cells) for i in range(len(header))]
    lines = [list(header), *cells]
    return [
        indent
        + "  ".join(
            cell.rjust(width) if flush else cell.ljust(width) for cell, width, flush in zip(line, widths, right, strict=True)
        ).rstrip()
        for line in lines
    ]


def number(value):
    """A value for reading: floats to six digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def size(nbytes):
    """Bytes in words."""
    value = float(nbytes)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.3g} {unit}"
        value /= 1000
    return f"{value:.3g} TB"


def seconds(duration):
    """A duration in words."""
    return f"{duration:.1f} s" if duration < 120 else f"{duration / 60:.1f} min"


def _finite(value):
    """JSON has no NaN or infinity: null instead."""
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
