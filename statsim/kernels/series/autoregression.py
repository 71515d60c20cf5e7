r"""Vector autoregressions: draws, and innovations of given values.

:math:`y_t = c + \delta t + \sum_{i=1}^{p} A_i y_{t-i} + L z_t`. The first p steps have the stationary law, drawn through the factor of its
covariance in the order of time, or follow p known values. A sequence is one stream and uses k normals a step, so a longer one
begins with the shorter. Lütkepohl (2005), New Introduction to Multiple Time Series Analysis, section 2.1.

A step sums its terms four columns of y at a time, which is one vector instruction: noise, then lags from the oldest on, so that the
processor has all but the last lag done before the step before is.
"""

import numpy as np

from statsim.kernels.jit import inlined, kernel
from statsim.kernels.streams import seed_block
from statsim.kernels.variates.normal import standard_normal

LANES = 4


def pack_terms(coefficients, factor):
    """Coefficients (p, k, k) and noise factor (k, k) as (ceil(k / 4), k + p k, 4): noise first, then lags from the oldest on."""
    p, k, _ = coefficients.shape
    groups = -(-k // LANES)
    terms = np.zeros((groups * LANES, k + p * k))
    terms[:k, :k] = factor
    for lag in range(p):
        terms[:k, k + lag * k : k + (lag + 1) * k] = coefficients[p - 1 - lag]
    return np.ascontiguousarray(terms.reshape(groups, LANES, -1).transpose(0, 2, 1))


@inlined
def _step(row, lags, normals, intercept, slope, time, packed, sums):
    """row (k,) = intercept + slope * time + noise + lagged values `lags` (p k,), the oldest first."""
    k = normals.size
    for group in range(packed.shape[0]):
        noise = packed[group]
        lanes = noise[k:]
        s0 = s1 = s2 = s3 = 0.0
        for j in range(k):
            z = normals[j]
            s0 += noise[j, 0] * z
            s1 += noise[j, 1] * z
            s2 += noise[j, 2] * z
            s3 += noise[j, 3] * z
        for j in range(lags.size):
            y = lags[j]
            s0 += lanes[j, 0] * y
            s1 += lanes[j, 1] * y
            s2 += lanes[j, 2] * y
            s3 += lanes[j, 3] * y
        base = LANES * group
        sums[base], sums[base + 1], sums[base + 2], sums[base + 3] = s0, s1, s2, s3
    for i in range(k):
        row[i] = (intercept[i] + slope[i] * time) + sums[i]


@inlined
def _fill_normals(state, normals):
    for j in range(normals.size):
        normals[j] = standard_normal(state)


@kernel
def _begin_stationary(state, start_mean, start_factor, steps, drawn, out):
    """The first `steps` values of `out` (flat, k a step) from the stationary law; `drawn` holds the normals."""
    for i in range(steps):
        drawn[i] = standard_normal(state)
        total = 0.0
        for j in range(i + 1):
            total += start_factor[i, j] * drawn[j]
        out[i] = start_mean[i] + total


@kernel
def fill_autoregression(key, first, offsets, start_mean, start_factor, history, intercept, slope, before, packed, rows):
    """Fill whole sequences.

    Parameters
    ----------
    key : (2,) uint64
    first : int64
        Number of the first sequence.
    offsets : (n_sequences + 1,) int64
    start_mean, start_factor : (p k,), (p k, p k)
        Stationary law of the first p steps; of no rows where they follow `history`.
    history : (p, k)
        Values before the first step, the oldest first.
    intercept, slope : (k,)
    before : int64
        Number of the step before the first one.
    packed : from `pack_terms`
    rows : (n_steps, k)
        Filled.
    """
    k, p = rows.shape[1], history.shape[0]
    state, normals, sums = np.empty(4, np.uint64), np.empty(k), np.empty(packed.shape[0] * LANES)
    window, drawn = np.empty(2 * p * k), np.empty(p * k)
    flat = rows.reshape(rows.size)
    for s in range(offsets.shape[0] - 1):
        seed_block(key[0], key[1], np.uint64(first + s), state)
        begin, n = offsets[s], offsets[s + 1] - offsets[s]
        early = min(p, n)
        if start_mean.size > 0:
            _begin_stationary(state, start_mean, start_factor, early * k, drawn, flat[begin * k : (begin + early) * k])
        elif early > 0:
            window[: p * k] = history.reshape(p * k)
            for t in range(early):
                _fill_normals(state, normals)
                lags, row = window[t * k : (t + p) * k], window[(t + p) * k : (t + p + 1) * k]
                _step(row, lags, normals, intercept, slope, float(before + t + 1), packed, sums)
            flat[begin * k : (begin + early) * k] = window[p * k : (p + early) * k]
        for t in range(early, n):
            _fill_normals(state, normals)
            at = (begin + t) * k
            _step(flat[at : at + k], flat[at - p * k : at], normals, intercept, slope, float(before + t + 1), packed, sums)


@kernel
def _solve_lower(L, x, d):
    """Replace x[:d] by L^-1 x."""
    for i in range(d):
        value = x[i]
        for j in range(i):
            value -= L[i, j] * x[j]
        x[i] = value / L[i, i]


@kernel
def whiten_autoregression(values, offsets, start_mean, start_factor, history, intercept, slope, before, coefficients, factor, out):
    """Write the standardised one-step-ahead innovations of `values` (n_steps, k) into `out`; other arguments as `fill_autoregression`."""
    k, p = values.shape[1], history.shape[0]
    for s in range(offsets.shape[0] - 1):
        begin, n = offsets[s], offsets[s + 1] - offsets[s]
        early = 0
        if start_mean.size > 0:
            early = min(p, n)
            flat = out[begin : begin + early].reshape(early * k)
            for i in range(early * k):
                flat[i] = values[begin + i // k, i % k] - start_mean[i]
            _solve_lower(start_factor, flat, early * k)
        for t in range(early, n):
            row = out[begin + t]
            for i in range(k):
                value = values[begin + t, i] - (intercept[i] + slope[i] * float(before + t + 1))
                for lag in range(p):
                    back = t - 1 - lag
                    past = values[begin + back] if back >= 0 else history[p + back]
                    for j in range(k):
                        value -= coefficients[lag, i, j] * past[j]
                row[i] = value
            _solve_lower(factor, row, k)
