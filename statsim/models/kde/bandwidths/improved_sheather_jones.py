r"""The improved Sheather-Jones selector: Botev, Grotowski, Kroese (2010), Kernel density estimation via diffusion, Annals of Statistics 38.

With the bandwidth :math:`\sqrt t` the mean squared error is least where :math:`t = \xi \gamma^{[l]}(t)`, their equation 29: a chain of l = 7 plug-in
bandwidths, each from the norm of a derivative of the one before, all read off the cosine transform of the counts on a grid. No reference to a normal
law enters. The smallest root is taken. A cosine transform reflects at the ends of the grid, so that a bound of the column is where the grid ends, and elsewhere a
tenth of the range is added.
"""

import math

import numpy as np

from statsim.kernels.kde.binning import count_line, line_range

_STAGES = 7
_CELLS = (2**12, 2**14, 2**16, 2**18)
_LEAST_CELLS = 8.0  # a bandwidth narrower than this many cells asks for a finer grid


def improved_sheather_jones(x, weights, n, lowest=-math.inf, highest=math.inf):
    """The bandwidth of a Gaussian kernel for x (n_samples,) with `weights` (empty for equal ones) and effective number n; None where the equation has no root.

    lowest, highest are bounds at which the estimate is reflected.
    """
    low, high = line_range(x)
    margin = (high - low) / 10
    low, high = max(low - margin, lowest), min(high + margin, highest)
    width = high - low
    for cells in _CELLS:
        counts = np.zeros(cells)
        count_line(x, weights, low, width / cells, counts)
        t = _root(_squares(counts / counts.sum()), n)
        if t is None or math.sqrt(t) * cells > _LEAST_CELLS:
            break
    lost = t is None or math.sqrt(t) * cells < 1.0  # narrower than the finest cell: the data are a few values, over and over
    return None if lost else math.sqrt(t) * width


def _squares(shares):
    """Squares of the cosine coefficients from the first frequency on, halved as in the paper's reference code."""
    from scipy.fft import dct

    return (0.5 * dct(shares)[1:]) ** 2


def _norm(s, t, frequencies, squares):
    """The squared norm of the s-th derivative of the estimate with bandwidth sqrt(t)."""
    last = int(math.sqrt((s + 60.0) / t) / math.pi) + 2 if t > 0 else len(squares)  # beyond, terms are below rounding
    k, a = frequencies[:last], squares[:last]
    return 2 * math.pi ** (2 * s) * float((k**s * a) @ np.exp(-k * (math.pi**2 * t)))


def _excess(t, n, frequencies, squares):
    """t - xi gamma(t)."""
    norm = _norm(_STAGES, t, frequencies, squares)
    for s in range(_STAGES - 1, 1, -1):
        odd = math.prod(range(1, 2 * s, 2)) / math.sqrt(2 * math.pi)
        constant = (1 + 0.5 ** (s + 0.5)) / 3
        if not 0 < norm < math.inf:
            return math.nan
        norm = _norm(s, (2 * constant * odd / (n * norm)) ** (2 / (3 + 2 * s)), frequencies, squares)
    return t - (2 * n * math.sqrt(math.pi) * norm) ** -0.4 if norm > 0 else math.nan


def _root(squares, n):
    """The smallest t with t = xi gamma(t): the interval grows until the sign changes."""
    from scipy.optimize import brentq

    frequencies = np.arange(1.0, len(squares) + 1) ** 2
    high = 1e-12 + 0.01 * (min(max(n, 50.0), 1050.0) - 50.0) / 1000
    high = max(high, 1e-5)
    below = _excess(0.0, n, frequencies, squares)
    while high < 0.5 and below < 0:
        above = _excess(high, n, frequencies, squares)
        if above > 0:
            return brentq(_excess, 0.0, high, args=(n, frequencies, squares), xtol=1e-16, rtol=1e-10)
        high *= 2
    return None
