"""Colours and line styles that tell chains apart, for colour-blind readers and in grey too."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F3C8D", "#333333")
"""The palette of Okabe and Ito (2008) without its yellow, which is faint on white."""

STYLES = ("-", "--", ":", "-.")
MARK = "#B00020"
"""What is wrong: divergences."""

MUTED = "#6B6B6B"


def colour(chain):
    """Colour of a chain; after eight they repeat, with another line style."""
    return COLOURS[chain % len(COLOURS)]


def style(chain):
    """Line style of a chain, so that neighbours differ without colour."""
    return STYLES[chain % len(STYLES)]


def tidy(axes):
    """Take away the frame that says nothing."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def chain_legend(figure, lines, divergent=()):
    """One legend for the figure, to the right of the panels: at most 12 chains, and the mark of divergences if there is one."""
    shown = [*lines[:12], *divergent]
    labels = [str(chain) for chain in range(len(lines[:12]))] + ["divergent"] * len(divergent)
    title = "chain" if len(lines) <= 12 else f"chain, of {len(lines)}"
    figure.legend(handles=shown, labels=labels, title=title, loc="outside right upper", frameon=False)
