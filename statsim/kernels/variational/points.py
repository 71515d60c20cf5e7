"""A target at rows of unconstrained reals, the log-Jacobian included."""

from statsim.kernels.jit import kernel
from statsim.kernels.targets.evaluate import evaluate_row, evaluate_value, record


@kernel
def values_and_gradients(context, points, values, gradients):
    """Log density and gradient at each row of `points` (n, d), C-contiguous."""
    for i in range(values.size):
        values[i] = evaluate_row(context, points, gradients, i)


@kernel
def values_at(context, points, values):
    """Log density at each row."""
    for i in range(values.size):
        values[i] = evaluate_value(context, points[i])


@kernel
def constrain_rows(context, points, rows):
    """What the user sees of each row of `points`, into `rows` (n, dim)."""
    for i in range(points.shape[0]):
        record(context, points[i], rows[i])
