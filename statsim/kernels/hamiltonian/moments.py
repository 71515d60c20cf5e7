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


@kernel
def covariance(rows, out):
    """Write the covariance of `rows` (n, d), divisor n - 1, into out (d, d); sums in the order of the rows."""
    n, d = rows.shape
    for i in range(d):
        mean = 0.0
        for m in range(n):
            mean += rows[m, i]
        mean /= n
        for m in range(n):
            rows[m, i] -= mean  # centred in place: the caller is done with the rows
    out[:, :] = 0.0
    for m in range(n):
        for i in range(d):
            z = rows[m, i]
            for j in range(i + 1):
                out[i, j] += z * rows[m, j]
    for i in range(d):
        for j in range(i + 1):
            out[i, j] /= n - 1.0
            out[j, i] = out[i, j]
