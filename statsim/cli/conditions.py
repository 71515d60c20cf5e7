"""Conditions such as `species=Gentoo`, in the types of the model's columns."""

from statsim.errors import ArgumentError


def condition(model, cells):
    """The conditional model, given cells (column, text); the model itself without any.

    Parameters
    ----------
    model : Model
    cells : sequence of (str, str)
        An empty text says that the cell is missing.

    Raises
    ------
    ArgumentError
        When a text is no value of its column, or the model cannot be conditioned.
    ImpossibleConditionError
    """
    if not cells:
        return model
    if hasattr(model, "schema_"):
        return model.given({name: _typed(model.schema_.column(name), text) for name, text in cells})
    raise ArgumentError(f"--given needs a model of a table, this is a {type(model).__name__}; use its method given() in Python")


def _typed(column, text):
    """The value that a text means in a column; None for the empty text."""
    import pyarrow as pa

    try:
        return pa.array([text or None], pa.string()).cast(column.arrow_type)[0].as_py()
    except pa.ArrowException:
        raise ArgumentError(f"--given {column.name}={text}: {text!r} is no value of type {column.dtype}") from None
