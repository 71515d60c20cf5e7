"""Small SVG drawings: elements as strings, every label escaped, colours only by class so that both themes work."""

from html import escape
from math import ceil, floor, log10


def svg(width, height, parts, *, alt, css=""):
    """An SVG element that scales with its box and says what it shows to those who cannot see it."""
    return (
        f'<svg class="{css}" viewBox="0 0 {width:g} {height:g}" role="img" aria-label="{escape(alt)}">'
        f"<title>{escape(alt)}</title>{''.join(parts)}</svg>"
    )


def rect(x, y, width, height, css, *, opacity=None, tip=None, radius=0):
    """A rectangle; `tip` appears when pointed at."""
    extra = f' fill-opacity="{opacity:.3g}"' if opacity is not None else ""
    extra += f' rx="{radius:g}"' if radius else ""
    inside = f"<title>{escape(tip)}</title>" if tip else ""
    return f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{max(width, 0):.1f}" height="{max(height, 0):.1f}"{extra}>{inside}</rect>'


def line(x1, y1, x2, y2, css):
    """A straight line."""
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def path(data, css):
    """A path from its data string."""
    return f'<path class="{css}" d="{data}"/>'


def text(x, y, content, css="", *, anchor="start"):
    """A label, escaped."""
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(str(content))}</text>'


def dots(points, css):
    """Many points as one path (zero-length strokes with round ends): a tenth of the bytes of circles."""
    return path("".join(f"M{x:.1f} {y:.1f}h0" for x, y in points), css)


def short(label, longest):
    """A label cut to `longest` characters."""
    label = str(label)
    return label if len(label) <= longest else label[: longest - 1] + "…"


def ticks(low, high, *, most=5):
    """Round numbers within [low, high], at most `most`."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10, 20) if (high - low) / (unit * factor) <= most)
    first = ceil(low / step - 1e-9)
    return [step * k for k in range(first, floor(high / step + 1e-9) + 1)]


def tick_label(value, step):
    """A tick as text, with the decimals its step needs."""
    if value == 0:
        return "0"
    if not 1e-4 <= abs(value) < 1e6:
        return f"{value:.3g}"
    comma = "," if abs(value) >= 10_000 else ""
    return f"{value:{comma}.{max(0, min(6, ceil(-log10(step) - 1e-9) + (1 if f'{step:e}'.startswith('2.5') else 0)))}f}"
