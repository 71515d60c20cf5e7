r"""Autocovariances :math:`\frac1n \sum_i (x_i - \bar x)(x_{i+t} - \bar x)` of sequences.

The divisor is :math:`n` at every lag (biased, and never an indefinite sequence). All lags come from one FFT of at least twice the
length; the first few of a long sequence from dot products, because a chain that mixes needs no more.
"""

import numpy as np

_BLOCK = 1 << 17  # transformed at a time: small rows together, long rows one by one, to spare memory


def centred(rows):
    """Deviations from the mean of each row, and the means (m,); exactly zero where a row has one value."""
    means = np.clip(rows.mean(axis=1), rows.min(axis=1), rows.max(axis=1))
    return rows - means[:, None], means


def pooled_autocovariance(deviations):
    """Mean over the rows of the autocovariances at all lags, from deviations (m, n); an array (n,)."""
    from scipy import fft

    m, n = deviations.shape
    length = fft.next_fast_len(2 * n, real=True)
    power = np.zeros(length // 2 + 1)
    step = max(1, _BLOCK // length)
    for start in range(0, m, step):
        spectrum = fft.rfft(deviations[start : start + step], length, axis=1)
        power += (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
    return fft.irfft(power, length)[:n] / (m * n)


def autocovariances(deviations, lags):
    """The same at the stated lags alone."""
    m, n = deviations.shape
    return np.array([sum(row[t:] @ row[: n - t] for row in deviations) for t in lags]) / (m * n)
