"""Data shipped with the package."""

from pathlib import Path

from statsim.checks import choice

PENGUINS = Path(__file__).with_name("penguins.csv")
"""Path of the penguins table."""


def load_penguins(as_frame="pyarrow"):
    """Measurements of 344 penguins of three species, with missing cells (CC0; see LICENSE-penguins.txt).

    Parameters
    ----------
    as_frame : {"pyarrow", "pandas", "polars"}

    Returns
    -------
    A table of that kind with the columns species, island, bill_length_mm, bill_depth_mm, flipper_length_mm,
    body_mass_g, sex, year.

    Examples
    --------
    >>> load_penguins().shape
    (344, 8)
    """
    from statsim.tables.frames import KINDS, arrow_to_frame
    from statsim.tables.reading import read_table

    choice(as_frame, "as_frame", KINDS)
    return arrow_to_frame(read_table(PENGUINS), as_frame)
