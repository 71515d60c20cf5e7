"""The log density that samplers see: of unconstrained y, by one call to the target.

`context` is a tuple (value, value_and_gradient, table, blocks, low, high, scratch, frame): two addresses (0 where the target has
none), the table of its data, the transforms of `statsim.kernels.targets.transforms` (no blocks where x = y), working
memory (2, n) that one chain owns, and the frame of `statsim.kernels.targets.transform_calls`, by which the transforms are called. The value is minus infinity outside the support, and NaN where the target is
wrong: NaN, plus infinity or an exception at a finite point inside the support. A point that overflowed or was rounded onto
a bound is outside.
"""

import math

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.targets.call import call_by_address, call_row_by_address
from statsim.kernels.targets.transform_calls import CONSTRAIN, INSIDE, PULL_BACK


@inlined
def evaluate(context, y, gradient):
    """log p(x(y)) + log |dx/dy|, and its gradient in y written into `gradient`."""
    if context[3].shape[0] == 0:
        value = call_by_address(context[1], y, gradient, context[2])
    else:
        value = _evaluate_constrained(context, y, gradient)
    return value if value < math.inf else _judge(context, y)


@inlined
def evaluate_row(context, points, gradients, row):
    """`evaluate` at one row of `points` (n, d), its gradient into the same row of `gradients`; quicker than on views."""
    if context[3].shape[0] == 0:
        value = call_row_by_address(context[1], points, gradients, row, context[2])
    else:
        value = _evaluate_constrained(context, points[row], gradients[row])
    return value if value < math.inf else _judge(context, points[row])


@kernel
def _judge(context, y):
    """Of a value that is NaN or plus infinity: minus infinity where y is no point inside the support, else NaN."""
    x = context[6][0]
    record(context, y, x)
    for i in range(x.size):
        if not abs(x[i]) < math.inf:
            return -math.inf
    frame = context[7]
    return math.nan if context[3].shape[0] == 0 or call_by_address(frame[INSIDE], x, x, frame) > 0.0 else -math.inf


@kernel
def _evaluate_constrained(context, y, gradient):
    x, gradient_x, frame = context[6][0], context[6][1], context[7]
    jacobian = call_by_address(frame[CONSTRAIN], y, x, frame)
    value = call_by_address(context[1], x, gradient_x, context[2])
    call_by_address(frame[PULL_BACK], y, gradient, frame)  # reads x and its gradient from the working memory
    return value + jacobian


@inlined
def evaluate_value(context, y):
    """log p(x(y)) + log |dx/dy|."""
    if context[3].shape[0] == 0:
        value = call_by_address(context[0], y, context[6][1], context[2])
    else:
        value = _evaluate_value_constrained(context, y)
    return value if value < math.inf else _judge(context, y)


@kernel
def _evaluate_value_constrained(context, y):
    x, gradient_x, frame = context[6][0], context[6][1], context[7]
    jacobian = call_by_address(frame[CONSTRAIN], y, x, frame)
    return call_by_address(context[0], x, gradient_x, context[2]) + jacobian


@kernel
def evaluate_points(context, points, values):
    """log p of each row of `points` (n, d), constrained coordinates, into `values` (n,): no Jacobian."""
    for i in range(points.shape[0]):
        values[i] = call_by_address(context[0], points[i], context[6][1], context[2])


@inlined
def record(context, y, x):
    """Write x(y), what the user sees, into x; return log |dx/dy|."""
    if context[3].shape[0] == 0:
        for i in range(y.size):
            x[i] = y[i]
        return 0.0
    return call_by_address(context[7][CONSTRAIN], y, x, context[7])


@kernel
def call_value_and_gradient(address, x, gradient, table):
    """`call_by_address` for callers outside compiled code."""
    return call_by_address(address, x, gradient, table)


@kernel
def value_at(context, y, gradient, with_gradient):
    """`evaluate` or `evaluate_value` for callers outside compiled code."""
    return evaluate(context, y, gradient) if with_gradient else evaluate_value(context, y)
