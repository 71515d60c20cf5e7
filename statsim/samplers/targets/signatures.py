"""What the arguments of a target must be: which functions go together, what a gradient takes, how coordinates are named."""

import inspect
import math

from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.samplers.targets.compilation import is_compilable


def checked_functions(log_density, gradient, value_and_gradient):
    """The functions of a target by name; all Numba functions, or all plain ones."""
    functions = {"log_density": log_density, "gradient": gradient, "value_and_gradient": value_and_gradient}
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise ArgumentTypeError(f"{name} must be a function, got {function!r} of type {type(function).__name__}")
    if log_density is None and value_and_gradient is None:
        raise ArgumentError("a target needs log_density= or value_and_gradient=")
    kinds = {is_compilable(function) for function in functions.values() if function is not None}
    if len(kinds) > 1:
        raise ArgumentTypeError("of log_density and gradient one is a Numba function and the other plain Python; decorate both with @numba.njit, or none")
    return functions


def check_arity(functions, n_data):
    """Refuse a log density that does not take as many items of data as there are.

    Raises
    ------
    ArgumentError
    """
    for name, leading in (("log_density", 1), ("value_and_gradient", 2)):
        function = functions[name]
        counts = None if function is None else _positional(getattr(function, "py_func", function))
        if counts is not None and not counts[0] <= leading + n_data <= counts[1]:
            form = "(x, *data)" if leading == 1 else "(x, out, *data)"
            raise ArgumentError(
                f"{name} {function.__name__}{inspect.signature(function)} is called as {form}, and data has {n_data} item(s); "
                f"give data=[...], one item for each argument after {'x' if leading == 1 else 'out'}"
            )


def _positional(function):
    """Fewest and most arguments that can be given by position, or None where that is not known."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    by_place = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    star = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    return sum(p.default is p.empty for p in by_place), math.inf if star else len(by_place)


def fills_buffer(gradient, n_data):
    """True when `gradient` takes (x, out, *data), False when it takes (x, *data)."""
    function = getattr(gradient, "py_func", gradient)
    try:
        count = len([p for p in inspect.signature(function).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)])
    except (TypeError, ValueError):
        return False
    if count not in (1 + n_data, 2 + n_data):
        raise ArgumentError(
            f"gradient takes {count} arguments; with {n_data} items of data it must take {1 + n_data}: (x, *data), returning an array, "
            f"or {2 + n_data}: (x, out, *data), filling out"
        )
    return count == 2 + n_data


def checked_names(names, dim):
    """One name for each coordinate."""
    if names is None:
        return tuple(f"x[{i}]" for i in range(dim))
    names = tuple(str(name) for name in names)
    if len(names) != dim or len(set(names)) < dim:
        raise ArgumentError(f"names must be {dim} different names, got {list(names)[:20]!r}")
    return names
