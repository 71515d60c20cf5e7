"""Draws of a linear Gaussian state space model; symbols as in `statsim.kernels.series.kalman`.

A sequence is one stream. It draws its first state, then at each step the observation's noise and the next state's, so that a longer
sequence begins with the shorter one. All four covariances enter by lower factors, which may be singular.
"""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal


@kernel
def _draw(state, normals):
    for j in range(normals.size):
        normals[j] = standard_normal(state)


@kernel
def _affine(offset, A, x, factor, normals, out):
    """out = offset + A x + factor z, factor lower triangular."""
    for i in range(out.size):
        total = 0.0
        for j in range(x.size):
            total += A[i, j] * x[j]
        noise = 0.0
        for j in range(i + 1):
            noise += factor[i, j] * normals[j]
        out[i] = (offset[i] + total) + noise


@kernel
def fill_state_space(key, first, offsets, T, Z, state_factor, noise_factor, c, d, a1, start_factor, rows, states):
    """Fill whole sequences: `rows` (n_steps, k) and `states` (n_steps, m); sequence number first + i is a stream."""
    k, m = Z.shape
    state, z, e, nothing = np.empty(4, np.uint64), np.empty(m), np.empty(k), np.empty(0)
    for s in range(offsets.shape[0] - 1):
        seed_block(key[0], key[1], np.uint64(first + s), state)
        for t in range(offsets[s], offsets[s + 1]):
            _draw(state, z)
            if t == offsets[s]:
                _affine(a1, T, nothing, start_factor, z, states[t])
            else:
                _affine(c, T, states[t - 1], state_factor, z, states[t])
            _draw(state, e)
            _affine(d, Z, states[t], noise_factor, e, rows[t])
