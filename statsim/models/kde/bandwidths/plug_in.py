r"""The direct plug-in selector in two stages: Sheather, Jones (1991), JRSS B 53; Wand, Jones (1995), Kernel Smoothing, section 3.6.1.

With :math:`\psi_r = \sum_{ij} w_i w_j \phi_g^{(r)}(x_i - x_j)`: psi_8 of a normal law gives g for psi_6, that one g for psi_4, and that one
:math:`h = (2 \sqrt\pi \psi_4 n)^{-1/5}`. Sums over pairs are sums over lags of linearly binned counts, on a grid that is made finer until g for psi_4 is four cells.
"""

import math

import numpy as np

from statsim.kernels.kde.binning import bin_line

_CELLS = (2**12, 2**14, 2**16, 2**18, 2**20)
_LEAST_CELLS = 4.0  # binning moves a datum by less than a cell, and psi by (cell / g)^2


def direct_plug_in(x, weights, units, n, sd):
    """The bandwidth of a Gaussian kernel for x (n_samples,); None where the finest grid is too coarse for it.

    Parameters
    ----------
    x : (n_samples,)
    weights : (n_samples,)
        Summing to one.
    units : (n_samples,)
        What one row has of its weight: all of it, or 1 / n where a weight counts rows.
    n : float
        The number of rows that count.
    sd : float
        Standard deviation.
    """
    scale = min(sd, _interquartile(x, weights, units) / 1.349) or sd
    psi_8 = 105 / (32 * math.sqrt(math.pi)) / scale**9
    g_6 = (30 / (math.sqrt(2 * math.pi) * psi_8 * n)) ** (1 / 9)
    for cells in _CELLS:
        lags, together = _autocorrelation(x, weights, cells)
        psi_6 = _psi(lags, together, g_6, lambda s: ((s - 15) * s + 45) * s - 15) / g_6**7
        g_4 = (-6 / (math.sqrt(2 * math.pi) * psi_6 * n)) ** (1 / 7)
        if min(g_4, g_6) > _LEAST_CELLS * lags[1]:
            psi_4 = _psi(lags, together, g_4, lambda s: (s - 6) * s + 3) / g_4**5
            return (2 * math.sqrt(math.pi) * psi_4 * n) ** -0.2
    return None


def _interquartile(x, weights, units):
    """The distance between the weighted quartiles, interpolated like NumPy's where weights are equal or count rows."""
    order = np.argsort(x, kind="stable")
    w, unit = weights[order], units[order]
    mass = np.cumsum(w)
    places = np.column_stack([mass - w, mass - unit]).ravel() / (1.0 - unit[-1])  # from the first row of a value to the last; 0 at the smallest, 1 at the largest
    low, high = np.interp([0.25, 0.75], places, np.repeat(x[order], 2))
    return high - low


def _autocorrelation(x, weights, cells):
    """Lags (cells,) and the products of weights at each, both directions counted."""
    from scipy.fft import irfft, rfft

    low, high = float(x.min()), float(x.max())
    step = (high - low) / (cells - 1)
    counts = np.zeros(cells)
    bin_line(x, weights, low, step, counts)
    together = irfft(np.abs(rfft(counts, 2 * cells)) ** 2, 2 * cells)[:cells]
    together[1:] *= 2
    return step * np.arange(cells), together


def _psi(lags, together, g, polynomial):
    squares = (lags / g) ** 2
    return float(together @ (polynomial(squares) * np.exp(-0.5 * squares))) / math.sqrt(2 * math.pi)
