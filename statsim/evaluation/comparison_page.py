"""A comparison as HTML."""

from html import escape

from statsim.evaluation.comparison_table import HEADS, caption, cells_of

_STYLE = "border-collapse:collapse;font:13px system-ui,sans-serif;font-variant-numeric:tabular-nums"


def comparison_page(comparison):
    """A table that needs no style sheet; every text is escaped."""
    heads = "".join(_cell("th", head or comparison.criterion, place) for place, head in enumerate(HEADS))
    lines = [f"<tr>{''.join(_cell('td', text, place) for place, text in enumerate(cells))}</tr>" for cells in cells_of(comparison)]
    notes = "<br>".join(escape(text) for text in caption(comparison))
    foot = f'<caption style="caption-side:bottom;text-align:left;color:#6B6B6B;padding-top:.5em">{notes}</caption>'
    return f'<table style="{_STYLE}">{foot}<thead><tr>{heads}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def _cell(tag, text, place):
    return f'<{tag} style="text-align:{"right" if place else "left"};padding:.2em .8em">{escape(text)}</{tag}>'
