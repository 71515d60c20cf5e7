"""Independent draws of the coefficients and scale of a linear regression under a conjugate prior: Gelman et al. (2013), section 14.8."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def fill_conjugate(key, mean, root, shape, scale, out):
    """out (n, p + 1): coefficients of covariance variance * root root^T about `mean`, and the standard deviation."""
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), state)
    p = mean.size
    z = np.empty(p)
    for i in range(out.shape[0]):
        sd = math.sqrt(scale / standard_gamma(state, shape))
        for j in range(p):
            z[j] = standard_normal(state)
        for j in range(p):
            total = 0.0
            for k in range(p):
                total += root[j, k] * z[k]
            out[i, j] = mean[j] + sd * total
        out[i, p] = sd
