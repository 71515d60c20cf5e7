"""A quick look at all coordinates at once: R-hat and effective sizes of at most 500 draws of each chain.

The formulas are those of `statsim.metrics.r_hat`, `ess_bulk` and `ess_tail`, for many coordinates together and, for longer chains, on
every k-th draw: a chain whose effective size is 100 loses nothing by it. What looks bad here is looked at properly afterwards.
"""

import math

import numpy as np

DRAWS = 500
_BATCH = 1 << 18


def screen(values):
    """R-hat, and the smaller of bulk and tail effective size, of draws (chain, draw, dim); two arrays (dim,), NaN where they say nothing."""
    thinned = values[:, :: max(1, -(-values.shape[1] // DRAWS))]
    dim = values.shape[2]
    r_hat, size = np.full(dim, np.nan), np.full(dim, np.nan)
    step = max(1, _BATCH // max(1, thinned.shape[0] * thinned.shape[1]))
    for start in range(0, dim if thinned.shape[1] >= 4 else 0, step):
        columns = np.ascontiguousarray(np.moveaxis(thinned[:, :, start : start + step], 2, 0))
        moving = np.isfinite(columns).all(axis=(1, 2)) & (columns.min(axis=(1, 2)) < columns.max(axis=(1, 2)))
        if moving.any():
            places = start + np.flatnonzero(moving)
            r_hat[places], size[places] = _screen(_halves(columns[moving]))
    return r_hat, size


def _halves(columns):
    """(k, chain, draw) -> (k, 2 chain, draw // 2)."""
    k, chains, n = columns.shape
    half = n // 2
    return np.concatenate([columns[:, :, :half], columns[:, :, n - half :]], axis=1) if n % 2 else columns.reshape(k, 2 * chains, half)


def _screen(halves):
    """R-hat (k,) and effective size (k,) of halves (k, m, n)."""
    k, m, n = halves.shape
    flat = halves.reshape(k, m * n)
    order = np.argsort(flat, axis=1)
    table = _scores_of_ranks(m * n)
    bulk = _placed(table, order, halves.shape)
    ordered = np.take_along_axis(flat, order, axis=1)
    middle = np.median(ordered[:, (m * n - 1) // 2 : m * n // 2 + 1], axis=1)
    folded = _placed(table, np.argsort(np.abs(flat - middle[:, None]), axis=1), halves.shape)
    low, high = (ordered[:, int((m * n - 1) * p), None, None] for p in (0.05, 0.95))
    sizes = [_effective_sizes(rows) for rows in (bulk, (halves <= low).astype(float), (halves <= high).astype(float))]
    return np.maximum(_r_hats(bulk), _r_hats(folded)), np.min(sizes, axis=0)


def _scores_of_ranks(n):
    from scipy.special import ndtri

    return ndtri((np.arange(1, n + 1) - 0.375) / (n + 0.25))


def _placed(table, order, shape):
    placed = np.empty(order.shape)
    np.put_along_axis(placed, order, np.broadcast_to(table, order.shape), axis=1)
    return placed.reshape(shape)


def _r_hats(rows):
    n = rows.shape[2]
    within = rows.var(axis=2, ddof=1).mean(axis=1)
    between = rows.mean(axis=2).var(axis=1, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(between / within + (n - 1) / n)


def _effective_sizes(rows):
    """Geyer's initial monotone sequence for rows (k, m, n), all k at once."""
    k, m, n = rows.shape
    means = rows.mean(axis=2)
    deviations = rows - means[:, :, None]
    length = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(deviations, length, axis=2)
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=1)
    covariance = np.fft.irfft(power, length, axis=1)[:, :n] / (m * n)
    within = covariance[:, :1] * n / (n - 1)
    spread = covariance[:, :1] + means.var(axis=1, ddof=1)[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        rho = 1 - (within - covariance) / spread
    rho[:, 0] = 1
    pairs = rho[:, : n // 2 * 2].reshape(k, n // 2, 2).sum(axis=2)
    kept = np.logical_and.accumulate(pairs > 0, axis=1)
    tau = -1 + 2 * np.where(kept, np.minimum.accumulate(pairs, axis=1), 0).sum(axis=1)
    return m * n / np.maximum(tau, 1 / math.log10(m * n))
