"""Running means and variances of draws and gradients: what a metric is learned from.

Welford (1962), Technometrics 4; `moments` (4, d) holds the means and sums of squares of draws, then of gradients.
"""

from statsim.kernels.jit import kernel


@kernel
def add_to_moments(moments, count, y, gradient):
    """Add one draw; `count` is the number of draws including this one."""
    for i in range(y.size):
        difference = y[i] - moments[0, i]
        moments[0, i] += difference / count
        moments[1, i] += difference * (y[i] - moments[0, i])
        difference = gradient[i] - moments[2, i]
        moments[2, i] += difference / count
        moments[3, i] += difference * (gradient[i] - moments[2, i])

