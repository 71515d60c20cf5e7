"""The distribution function of a kernel estimate in one column."""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.kde.shapes import kernel_cdf


@kernel
def fill_cdf(x, start, stop, data, weights, factors, bandwidth, kernel, signs, shifts, lowest, out):
    """out[i] = the sum over data and images of weight times mass between `lowest` and x[i], for [start, stop).

    data, weights, factors (n,): places, weights and bandwidth factors; signs, shifts (images,) in units of the data; lowest may be minus infinity.
    """
    for i in range(start, stop):
        total = 0.0
        for m in range(data.size):
            h, inside = bandwidth * factors[m], 0.0
            for k in range(signs.size):
                place = signs[k] * data[m] + shifts[k]
                inside += kernel_cdf(kernel, (x[i] - place) / h)
                if lowest > -np.inf:
                    inside -= kernel_cdf(kernel, (lowest - place) / h)
            total += weights[m] * inside
        out[i] = total
