"""The target at many points: in its own coordinates, outside the support minus infinity; or in unconstrained reals."""

import math

from statsim.kernels.jit import kernel
from statsim.kernels.targets.call import call_by_address
from statsim.kernels.targets.evaluate import evaluate_value, record
from statsim.kernels.targets.transforms import is_inside


@kernel
def values_inside(context, points, values):
    """log p of each row of points (n, dim), constrained coordinates, into values (n,); the target is not asked outside its support."""
    for i in range(points.shape[0]):
        inside = context[3].shape[0] == 0 or is_inside(context[3], context[4], context[5], points[i])
        values[i] = call_by_address(context[0], points[i], context[6][1], context[2]) if inside else -math.inf


@kernel
def values_of_reals(context, reals, values, points):
    """log p with log-Jacobian of each row of reals (n, m) into values (n,), and the constrained points into points (n, dim)."""
    for i in range(reals.shape[0]):
        values[i] = evaluate_value(context, reals[i])
        record(context, reals[i], points[i])


@kernel
def points_of_reals(context, reals, points):
    """The constrained points (n, dim) of reals (n, m)."""
    for i in range(reals.shape[0]):
        record(context, reals[i], points[i])
