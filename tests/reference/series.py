"""Series as one long normal vector: every law, density, smoother and forecast by dense linear algebra, and plain loops for the kernels.

Nothing here is shared with the package: stationary covariances come from the Kronecker equation, not from doubling, and states are
eliminated by conditioning one normal vector on a part of another.
"""

import numpy as np

# ---------------------------------------------------------------- laws of whole sequences


def autoregression_law(coefficients, intercept, slope, noise, n, initial=None):
    """Mean (n k,) and covariance (n k, n k) of n steps: the stationary law, or what follows `initial` (p, k)."""
    A, p, k = np.asarray(coefficients, float), len(coefficients), len(noise)
    if initial is None:
        mean, first = _stationary(A, np.asarray(intercept, float), np.asarray(slope, float), np.asarray(noise, float))
    else:
        mean, first = (lambda t: initial[t + p - 1]), np.zeros((p * k, p * k))
    means = [mean(t) for t in range(1 - p, 1)]
    total = np.zeros(((p + n) * k, (p + n) * k))
    total[: p * k, : p * k] = first
    for t in range(1, n + 1):
        at = (p + t - 1) * k
        means.append(intercept + slope * t + sum((A[i] @ means[p + t - 2 - i] for i in range(p)), np.zeros(k)))
        row = sum((A[i] @ total[at - (i + 1) * k : at - i * k, :at] for i in range(p)), np.zeros((k, at)))
        total[at : at + k, :at], total[:at, at : at + k] = row, row.T
        own = sum((A[i] @ row[:, at - (i + 1) * k : at - i * k].T for i in range(p)), np.zeros((k, k)))
        total[at : at + k, at : at + k] = own + noise
    return np.concatenate(means[p:]), total[p * k :, p * k :]


def _stationary(A, intercept, slope, noise):
    """The mean as a function of t, and the covariance (p k, p k) of p steps in the order of time."""
    p, k = len(A), len(noise)
    total = np.eye(k) - sum(A, np.zeros((k, k)))
    b = np.linalg.solve(total, slope)
    a = np.linalg.solve(total, intercept - sum(((i + 1) * A[i] for i in range(p)), np.zeros((k, k))) @ b)
    F, Q = np.zeros((p * k, p * k)), np.zeros((p * k, p * k))
    if p:
        F[:k] = np.concatenate(list(A), axis=1)
        F[k:, :-k] = np.eye((p - 1) * k)
        Q[:k, :k] = noise
    gamma = np.linalg.solve(np.eye((p * k) ** 2) - np.kron(F, F), Q.ravel()).reshape(p * k, p * k)
    order = np.arange(p * k).reshape(p, k)[::-1].ravel()
    return (lambda t: a + b * t), gamma[np.ix_(order, order)]


def state_space_law(T, Z, Q, H, c, d, a1, P1, n):
    """Mean and covariance of (states of n steps, then values of n steps)."""
    k, m = Z.shape
    mean, spread = np.zeros(n * m), np.zeros((n * m, n * m))
    mean[:m], spread[:m, :m] = a1, P1
    for t in range(1, n):
        at, before = slice(t * m, (t + 1) * m), slice((t - 1) * m, t * m)
        mean[at] = c + T @ mean[before]
        spread[at, : t * m] = T @ spread[before, : t * m]
        spread[: t * m, at] = spread[at, : t * m].T
        spread[at, at] = T @ spread[before, before] @ T.T + Q
    big = np.kron(np.eye(n), Z)
    values = np.tile(d, n) + big @ mean
    cross = big @ spread
    own = cross @ big.T + np.kron(np.eye(n), H)
    return np.concatenate([mean, values]), np.block([[spread, cross.T], [cross, own]])


def arma_autocovariances(ar, ma, noise, n, terms=20_000):
    """Autocovariances (n,) of a stationary ARMA series from its infinite moving average."""
    psi = np.zeros(terms + n)
    for j in range(terms + n):
        psi[j] = (1.0 if j == 0 else ma[j - 1] if j <= len(ma) else 0.0) + sum(ar[i] * psi[j - 1 - i] for i in range(min(len(ar), j)))
    return noise * np.array([psi[:terms] @ psi[h : terms + h] for h in range(n)])


def arma_law_after(ar, ma, intercept, slope, noise, n, initial):
    """Mean and covariance of n steps of an ARMA series after `initial` values, the oldest first, and shocks of zero: equations A y = b + B e, solved."""
    A, B, b = np.eye(n), np.eye(n), intercept + slope * np.arange(1.0, n + 1)
    for t in range(n):
        for i, phi in enumerate(ar):
            if t - 1 - i >= 0:
                A[t, t - 1 - i] -= phi
            else:
                b[t] += phi * initial[len(ar) + t - 1 - i]
        for j, theta in enumerate(ma):
            if t - 1 - j >= 0:
                B[t, t - 1 - j] += theta
    root = np.linalg.solve(A, B)
    return np.linalg.solve(A, b), noise * root @ root.T


def log_density(mean, covariance, values):
    """Log density of the entries of `values` that are not NaN."""
    seen = ~np.isnan(values)
    e, S = (values - mean)[seen], covariance[np.ix_(seen, seen)]
    return -0.5 * (e @ np.linalg.solve(S, e) + np.linalg.slogdet(S)[1] + seen.sum() * np.log(2 * np.pi))


def condition(mean, covariance, values):
    """Law of a normal vector given the entries of `values` that are not NaN (those become exact)."""
    seen = ~np.isnan(values)
    gain = np.linalg.solve(covariance[np.ix_(seen, seen)], covariance[seen]).T
    return mean + gain @ (values - mean)[seen], covariance - gain @ covariance[seen]


def innovations(mean, covariance, values):
    """Standardised one-step-ahead residuals, one entry after the other."""
    seen = ~np.isnan(values)
    out = np.full(len(values), np.nan)
    out[seen] = np.linalg.solve(np.linalg.cholesky(covariance[np.ix_(seen, seen)]), (values - mean)[seen])
    return out


# ---------------------------------------------------------------- plain loops


def windows(parts, weights, p, history, origin, unit):
    """All windows (1, tau, y_{t-p}, ..., y_t) and the weight of each."""
    rows, shares = [], []
    for part, weight in zip(parts, weights, strict=True):
        full = np.concatenate([history, part])
        for t in range(p - len(history), len(part)):
            at = t + len(history)
            rows.append(np.concatenate([[1.0, (t + 1 - origin) / unit], full[at - p : at + 1].ravel()]))
            shares.append(weight)
    return np.array(rows), np.array(shares)


def autoregression_path(normals, coefficients, intercept, slope, factor, start_mean, start_factor, history, before):
    """The sequence that `normals` (n, k) make."""
    n, k = normals.shape
    p = len(coefficients)
    out = np.zeros((n, k))
    early = min(p, n) if len(start_mean) else 0
    drawn = normals[:early].ravel()
    for i in range(early * k):
        out[i // k, i % k] = start_mean[i] + start_factor[i, : len(drawn)] @ drawn
    for t in range(early, n):
        past = [out[t - 1 - i] if t - 1 - i >= 0 else history[p + t - 1 - i] for i in range(p)]
        out[t] = intercept + slope * (before + t + 1) + factor @ normals[t] + sum((A @ y for A, y in zip(coefficients, past, strict=True)), np.zeros(k))
    return out


def diffuse_law(T, Z, Q, H, c, d, a1, P1, infinite, values):
    """(log likelihood, mean, covariance) of the states given `values`, the first state of variance P1 + k times `infinite`, k to infinity.

    Generalised least squares: the infinite directions are coefficients without a prior (de Jong 1991, Annals of Statistics 19). The covariance of the values
    without them must be regular.
    """
    (n, k), m = values.shape, len(T)
    mean, spread = state_space_law(T, Z, Q, H, c, d, a1, P1, n)
    roots, directions = np.linalg.eigh(infinite)
    factor = directions[:, roots > 1e-12] * np.sqrt(roots[roots > 1e-12])
    effect = np.stack([state_space_law(T, Z, Q, H, 0 * c, 0 * d, column, P1, n)[0] for column in factor.T], axis=1)
    seen = np.concatenate([np.zeros(n * m, bool), ~np.isnan(values.ravel())])
    e, V, A = (values.ravel() - mean[n * m :])[seen[n * m :]], spread[np.ix_(seen, seen)], effect[seen]
    S = A.T @ np.linalg.solve(V, A)
    delta = np.linalg.solve(S, A.T @ np.linalg.solve(V, e))
    loglik = -0.5 * (seen.sum() * np.log(2 * np.pi) + np.linalg.slogdet(V)[1] + np.linalg.slogdet(S)[1] + (e - A @ delta) @ np.linalg.solve(V, e))
    gain = np.linalg.solve(V, spread[seen][:, : n * m]).T
    left = effect[: n * m] - gain @ A
    states = mean[: n * m] + gain @ e + left @ delta
    covariance = spread[: n * m, : n * m] - gain @ spread[seen][:, : n * m] + left @ np.linalg.solve(S, left.T)
    return loglik, states.reshape(n, m), covariance.reshape(n, m, n, m)
