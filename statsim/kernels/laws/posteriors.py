"""Independent draws of conjugate posteriors: Gelman et al., Bayesian Data Analysis (2013), chapter 3 and appendix A."""

import math

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.dirichlet import dirichlet
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


@kernel
def fill_normal_times_inverse_gamma(key, mean, sd, shape, scale, out):
    """out (n, 2): a normal location and, independent of it, the root of an inverse gamma variance."""
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), state)
    for i in range(out.shape[0]):
        out[i, 0] = mean + sd * standard_normal(state)
        out[i, 1] = math.sqrt(scale / standard_gamma(state, shape))


@kernel
def fill_gamma(key, shape, rate, out):
    """out (n, 1): gamma, mean shape / rate."""
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), state)
    for i in range(out.shape[0]):
        out[i, 0] = standard_gamma(state, shape) / rate


@kernel
def fill_inverse_gamma(key, shape, scale, out):
    """out (n, 1): one over a gamma of rate `scale`."""
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), state)
    for i in range(out.shape[0]):
        out[i, 0] = scale / standard_gamma(state, shape)


@kernel
def fill_beta(key, a, b, out):
    """out (n, 1): beta."""
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), state)
    for i in range(out.shape[0]):
        out[i, 0] = beta(state, a, b)


@kernel
def fill_dirichlet(key, alpha, out):
    """out (n, k): Dirichlet."""
    state = np.empty(4, np.uint64)
    seed_block(key[0], key[1], np.uint64(0), state)
    for i in range(out.shape[0]):
        dirichlet(state, alpha, out[i])
