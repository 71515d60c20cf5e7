r"""The direct plug-in selector in two stages: Sheather, Jones (1991), JRSS B 53; Wand, Jones (1995), Kernel Smoothing, section 3.6.1.

With :math:`\psi_r = \sum_{ij} w_i w_j \phi_g^{(r)}(x_i - x_j)`: psi_8 of a normal law gives g for psi_6, that one g for psi_4, and that one
:math:`h = (2 \sqrt\pi \psi_4 n)^{-1/5}`. Sums over pairs are sums over lags of linearly binned counts.
"""

import math

import numpy as np

from statsim.kernels.kde.binning import bin_line

_CELLS = 2**12


def direct_plug_in(x, weights, n, sd):
    """The bandwidth of a Gaussian kernel for x (n_samples,), `weights` summing to one, effective number n and standard deviation `sd`."""
    scale = min(sd, _interquartile(x, weights) / 1.349) or sd
    lags, together = _autocorrelation(x, weights)
    psi_8 = 105 / (32 * math.sqrt(math.pi)) / scale**9
    g_6 = (30 / (math.sqrt(2 * math.pi) * psi_8 * n)) ** (1 / 9)
    psi_6 = _psi(lags, together, g_6, lambda s: ((s - 15) * s + 45) * s - 15) / g_6**7
    g_4 = (-6 / (math.sqrt(2 * math.pi) * psi_6 * n)) ** (1 / 7)
    psi_4 = _psi(lags, together, g_4, lambda s: (s - 6) * s + 3) / g_4**5
    return (2 * math.sqrt(math.pi) * psi_4 * n) ** -0.2


def _interquartile(x, weights):
    """The distance between the weighted quartiles, interpolated like NumPy's where weights are equal."""
    order = np.argsort(x, kind="stable")
    mass = np.cumsum(weights[order])
    places = (mass - weights[order]) / (1.0 - weights[order][-1])  # 0 at the smallest value, 1 at the largest
    low, high = np.interp([0.25, 0.75], places, x[order])
    return high - low


def _autocorrelation(x, weights):
    """Lags (cells,) and the products of weights at each, both directions counted."""
    from scipy.fft import irfft, rfft

    low, high = float(x.min()), float(x.max())
    step = (high - low) / (_CELLS - 1)
    counts = np.zeros(_CELLS)
    bin_line(x, weights, low, step, counts)
    together = irfft(np.abs(rfft(counts, 2 * _CELLS)) ** 2, 2 * _CELLS)[:_CELLS]
    together[1:] *= 2
    return step * np.arange(_CELLS), together


def _psi(lags, together, g, polynomial):
    squares = (lags / g) ** 2
    return float(together @ (polynomial(squares) * np.exp(-0.5 * squares))) / math.sqrt(2 * math.pi)
