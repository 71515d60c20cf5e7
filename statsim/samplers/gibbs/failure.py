"""Why a sweep ended: the move, the chain, the point."""

import numpy as np

from statsim.errors import SamplerError, TargetError
from statsim.kernels.targets.transforms import is_inside
from statsim.samplers.gibbs.conditional import Conditional, DiscreteMove


def sweep_error(chain, move, status):
    """The error for a `status` of `statsim.kernels.gibbs.advance` about `move`."""
    if status == 2:
        return _misplaced(chain, move)
    if isinstance(move, Conditional):
        return _raised(chain, move)
    return _zero_everywhere(chain, move) if isinstance(move, DiscreteMove) else _no_slice(chain, move)


def _where(chain):
    return f"x = {chain.state['x'].tolist()[:20]}, met by chain {chain.number}"


def _misplaced(chain, move):
    """x is not finite, or outside the support."""
    x, target = chain.state["x"], chain.target
    bad = np.flatnonzero(~np.isfinite(x))
    if bad.size:
        return SamplerError(f"coordinate {target.names[bad[0]]} became {x[bad[0]]} in {move.name}, {_where(chain)}")
    return SamplerError(
        f"{move.name} left the support {target.support!r}, {_where(chain)}; draw from the law cut to the support, or declare the support that is meant"
    )


def _raised(chain, move):
    """A conditional raised; plain Python says what."""
    data = chain.target.data if move.data is None else move.data
    update = getattr(move.update, "py_func", move.update)
    try:
        update(chain.state["x"].copy(), chain.state["random"].copy(), *data)
    except Exception as raised:
        error = TargetError(f"the conditional {move.name} raised {type(raised).__name__}: {raised} at {_where(chain)}")
        error.__cause__ = raised
        return error
    return TargetError(f"the conditional {move.name} raised an exception at or near {_where(chain)}")


def _zero_everywhere(chain, move):
    """The target is wrong at one of the values, or zero at all."""
    point = chain.state["x"].copy()
    for value in move.values:
        point[move.coordinate] = value
        if _log_density(chain, point) is None:
            return chain.target.error_at(point, f", met by chain {chain.number} in {move.name}")
    return SamplerError(
        f"{move.name}: all listed values {list(move.values)[:20]} have density zero at {_where(chain)}; list every value that the "
        f"coordinate can have, and see that the other moves stay where the density is positive"
    )


def _no_slice(chain, move):
    """The target is wrong at x, or zero there."""
    if _log_density(chain, chain.state["x"]) == -np.inf:
        return SamplerError(f"{move.name}: the density is zero where an earlier move of the sweep put the chain, {_where(chain)}")
    return chain.target.error_at(chain.state["x"], f", met by chain {chain.number} in {move.name}")


def _log_density(chain, x):
    """Log density at x, minus infinity off the support, None where the target is wrong."""
    if not is_inside(*chain.context[3:6], x):
        return -np.inf
    try:
        return chain.target.log_density(x)
    except TargetError:
        return None
