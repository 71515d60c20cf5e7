"""The E step of a mixture over mixed-type rows, and the sums its M step needs.

Symbols: K components, n rows, C coded columns, p continuous columns, G patterns of missing continuous cells. Rows are
sorted by pattern: pattern g holds rows starts[g] to starts[g + 1] - 1 and observes the columns observed[g]. Everything is
stored column by column (x is (p, n), responsibilities are (K, n)), so that the inner loops run over rows.

Ghahramani & Jordan (1994), Supervised learning from incomplete data via an EM approach, NIPS 6.
"""

import math

import numpy as np

from statsim.kernels.cholesky import cholesky, invert_lower
from statsim.kernels.jit import kernel, kernel_reassociated

CHUNK = 256
_LOG_2PI = math.log(2.0 * math.pi)


@kernel
def add_coded_log_density(codes, offsets, table, start, stop, out):
    """out[k, i] += sum over c of table[k, offsets[c] + codes[c, i]], start <= i < stop; codes (C, n), table (K, T), out (K, n)."""
    for lo in range(start, stop, CHUNK):
        hi = min(lo + CHUNK, stop)
        for k in range(out.shape[0]):
            for c in range(codes.shape[0]):
                for i in range(lo, hi):
                    out[k, i] += table[k, offsets[c] + codes[c, i]]


@kernel
def coded_sums(codes, offsets, responsibilities, start, stop, out):
    """out[k, offsets[c] + codes[c, i]] += responsibilities[k, i], for every k, c and start <= i < stop; out (K, T)."""
    for k in range(responsibilities.shape[0]):
        for c in range(codes.shape[0]):
            for i in range(start, stop):
                out[k, offsets[c] + codes[c, i]] += responsibilities[k, i]


@kernel
def split_pattern(observed, covariance, seen, unseen):
    """Columns with positive variance that a pattern observes into `seen`, the others into `unseen`; returns their counts."""
    n_seen, n_unseen = 0, 0
    for j in range(observed.shape[0]):
        if covariance[j, j] > 0.0:
            if observed[j]:
                seen[n_seen] = j
                n_seen += 1
            else:
                unseen[n_unseen] = j
                n_unseen += 1
    return n_seen, n_unseen


@kernel
def inverse_factor(covariance, seen, m, block, factor, inverse):
    """Inverse Cholesky factor of covariance[seen][:, seen] into `inverse` (1, p, p); returns its log determinant.

    Returns NaN when the block is not positive definite.
    """
    for a in range(m):
        for b in range(a + 1):
            block[0, a, b] = covariance[seen[a], seen[b]]
    if cholesky(block[:, :m, :m], 0.0, factor[:, :m, :m]) >= 0:
        return math.nan
    invert_lower(factor[:, :m, :m], inverse[:, :m, :m])
    total = 0.0
    for a in range(m):
        total += math.log(inverse[0, a, a])
    return total


@kernel
def _add_quadratic(x, lo, hi, mean, seen, m, inverse, constant, centred, line, out):
    """out[i] += constant - |inverse (x_i - mean)|^2 / 2 for rows lo to hi - 1."""
    width = hi - lo
    for a in range(m):
        column, shift = x[seen[a]], mean[seen[a]]
        for i in range(width):
            centred[a, i] = column[lo + i] - shift
    for i in range(width):
        out[lo + i] += constant
    for a in range(m):
        for i in range(width):
            line[i] = inverse[a, 0] * centred[0, i]
        for b in range(1, a + 1):
            weight = inverse[a, b]
            for i in range(width):
                line[i] += weight * centred[b, i]
        for i in range(width):
            out[lo + i] -= 0.5 * line[i] * line[i]


@kernel
def _exclude_misses(x, lo, hi, observed, mean, covariance, out):
    """A column of variance 0 is a point mass: out[i] is -inf in rows that miss the point."""
    for j in range(observed.shape[0]):
        if observed[j] and covariance[j, j] == 0.0:
            for i in range(lo, hi):
                if x[j, i] != mean[j]:
                    out[i] = -math.inf


@kernel
def add_gaussian_log_density(x, starts, observed, means, covariances, out):
    """Add to out (K, n) the Gaussian log density of the observed coordinates of each row under each component.

    x (p, n) with anything in missing cells; starts (G + 1,), observed (G, p) bool, means (K, p), covariances (K, p, p).
    """
    p = x.shape[0]
    seen, unseen = np.empty(p, np.int64), np.empty(p, np.int64)
    block, factor, inverse = np.empty((1, p, p)), np.empty((1, p, p)), np.empty((1, p, p))
    centred, line = np.empty((p, CHUNK)), np.empty(CHUNK)
    for g in range(starts.shape[0] - 1):
        for k in range(means.shape[0] if starts[g] < starts[g + 1] else 0):
            m, _ = split_pattern(observed[g], covariances[k], seen, unseen)
            constant = inverse_factor(covariances[k], seen, m, block, factor, inverse) - 0.5 * m * _LOG_2PI
            for lo in range(starts[g], starts[g + 1], CHUNK):
                hi = min(lo + CHUNK, starts[g + 1])
                _add_quadratic(x, lo, hi, means[k], seen, m, inverse[0], constant, centred, line, out[k])
                _exclude_misses(x, lo, hi, observed[g], means[k], covariances[k], out[k])


@kernel
def normalise(log_joint, start, stop, log_density):
    """Turn rows `start` to `stop` - 1 of log_joint (K, n) into responsibilities in place; log_density (n,) gets the log of the sum.

    A row that is impossible under every component keeps density -inf and responsibilities 0; NaN stays NaN.
    """
    top, total = np.empty(CHUNK), np.empty(CHUNK)
    for lo in range(start, stop, CHUNK):
        _normalise_rows(log_joint, lo, min(lo + CHUNK, stop), top, total, log_density)


@kernel
def _normalise_rows(log_joint, lo, hi, top, total, log_density):
    n_components = log_joint.shape[0]
    for i in range(lo, hi):
        top[i - lo] = log_joint[0, i]
        total[i - lo] = 0.0
    for k in range(1, n_components):
        for i in range(lo, hi):
            if not log_joint[k, i] <= top[i - lo]:
                top[i - lo] = log_joint[k, i]
    for k in range(n_components):
        for i in range(lo, hi):
            share = 0.0 if top[i - lo] == -math.inf else math.exp(log_joint[k, i] - top[i - lo])
            log_joint[k, i] = share
            total[i - lo] += share
    for i in range(lo, hi):
        log_density[i] = top[i - lo] + math.log(total[i - lo]) if total[i - lo] > 0.0 else top[i - lo] + total[i - lo]
        total[i - lo] = 1.0 / total[i - lo] if total[i - lo] > 0.0 else 1.0
    for k in range(n_components):
        for i in range(lo, hi):
            log_joint[k, i] *= total[i - lo]


@kernel_reassociated
def observed_moments(x, lo, hi, mean, seen, m, weight, centred, weighted, first, second):
    """Weighted sums of x - mean and its products over rows lo to hi - 1, into first (m,) and second (m, m) lower."""
    for start in range(lo, hi, CHUNK):
        width = min(CHUNK, hi - start)
        for a in range(m):
            column, shift = x[seen[a]], mean[seen[a]]
            for i in range(width):
                centred[a, i] = column[start + i] - shift
                weighted[i] = centred[a, i] * weight[start + i]
            total = 0.0
            for i in range(width):  # a loop that also stored would be summed in an order that depends on addresses
                total += weighted[i]
            first[a] += total
            for b in range(a + 1):
                total = 0.0
                for i in range(width):
                    total += weighted[i] * centred[b, i]
                second[a, b] += total


@kernel
def _regression(covariance, seen, m, unseen, u, inverse, slopes):
    """slopes (p, m): E[x - mean | seen] = slopes (x_seen - mean_seen); identity rows for seen columns."""
    for a in range(m):
        for b in range(m):
            slopes[seen[a], b] = 1.0 if a == b else 0.0
    for v in range(u):
        j = unseen[v]
        for b in range(m):
            slopes[j, b] = 0.0
        for a in range(m):  # covariance[j, seen] inverse' inverse, one row of `inverse` at a time
            projection = 0.0
            for b in range(a + 1):
                projection += inverse[a, b] * covariance[j, seen[b]]
            for b in range(a + 1):
                slopes[j, b] += projection * inverse[a, b]


@kernel
def _add_completed(covariance, seen, m, unseen, u, slopes, mass, first, second, sums, products):
    """Map sums over the seen columns to expected sums over all columns with positive variance."""
    p = covariance.shape[0]
    active = np.empty(m + u, np.int64)
    active[:m], active[m:] = seen[:m], unseen[:u]
    mapped = np.zeros((p, m))
    for i in active:
        for a in range(m):
            sums[i] += slopes[i, a] * first[a]
            total = 0.0
            for b in range(m):
                total += slopes[i, b] * (second[b, a] if b >= a else second[a, b])
            mapped[i, a] = total
    for i in active:
        for j in active:
            total = 0.0
            for a in range(m):
                total += mapped[i, a] * slopes[j, a]
            products[i, j] += total
    for i in unseen[:u]:
        for j in unseen[:u]:
            explained = 0.0
            for a in range(m):
                explained += slopes[i, a] * covariance[seen[a], j]
            products[i, j] += mass * (covariance[i, j] - explained)


@kernel
def gaussian_moments(x, starts, observed, means, covariances, responsibilities, sums, products):
    """Expected sums of x - mean and of its products under each component, given the observed coordinates.

    responsibilities (K, n) hold the row weights; sums (K, p) and products (K, p, p) are added to.
    """
    p = x.shape[0]
    seen, unseen = np.empty(p, np.int64), np.empty(p, np.int64)
    block, factor, inverse = np.empty((1, p, p)), np.empty((1, p, p)), np.empty((1, p, p))
    centred, weighted, slopes = np.empty((p, CHUNK)), np.empty(CHUNK), np.empty((p, p))
    for g in range(starts.shape[0] - 1):
        for k in range(means.shape[0] if starts[g] < starts[g + 1] else 0):
            m, u = split_pattern(observed[g], covariances[k], seen, unseen)
            inverse_factor(covariances[k], seen, m, block, factor, inverse)
            first, second = np.zeros(m), np.zeros((m, m))
            weight = responsibilities[k]
            observed_moments(x, starts[g], starts[g + 1], means[k], seen, m, weight, centred, weighted, first, second)
            mass = 0.0
            for i in range(starts[g], starts[g + 1]):
                mass += weight[i]
            _regression(covariances[k], seen, m, unseen, u, inverse[0], slopes)
            _add_completed(covariances[k], seen, m, unseen, u, slopes, mass, first, second, sums[k], products[k])
