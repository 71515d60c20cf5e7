"""Independent draws of conjugate posteriors: Gelman et al., Bayesian Data Analysis (2013), chapter 3 and appendix A."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.standard_gamma import standard_gamma


@kernel
def fill_normal_inverse_gamma(key, mean, mean_precision, shape, scale, out):
    """out (n, 2): location and standard deviation."""
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), state)
    for i in range(out.shape[0]):
        variance = scale / standard_gamma(state, shape)
        out[i, 0] = mean + math.sqrt(variance / mean_precision) * standard_normal(state)
        out[i, 1] = math.sqrt(variance)
