"""The slow, obvious Gaussian mixture: inverses, determinants and loops, straight from the textbook."""

import numpy as np


def log_normal(x, mean, covariance):
    """Log density of one row x (d,); NaN entries are left out."""
    seen = ~np.isnan(x)
    if not seen.any():
        return 0.0
    difference = (x - mean)[seen]
    block = covariance[np.ix_(seen, seen)]
    _, log_determinant = np.linalg.slogdet(2 * np.pi * block)
    return -0.5 * (log_determinant + difference @ np.linalg.inv(block) @ difference)


def log_joint(X, weights, means, covariances):
    """Log weight plus log density (n, k); covariances (k, d, d)."""
    return np.array([[np.log(w) + log_normal(x, m, S) for w, m, S in zip(weights, means, covariances)] for x in X])


def log_density(X, weights, means, covariances):
    """Log density (n,) of each row."""
    joint = log_joint(X, weights, means, covariances)
    highest = joint.max(axis=1)
    return highest + np.log(np.exp(joint - highest[:, None]).sum(axis=1))


def posterior(X, weights, means, covariances):
    """Probability (n, k) of each component."""
    joint = log_joint(X, weights, means, covariances)
    return np.exp(joint - log_density(X, weights, means, covariances)[:, None])


def completed(x, mean, covariance):
    """E[x | observed] and Cov[x | observed] of one row with NaN, for one component."""
    seen, unseen = ~np.isnan(x), np.isnan(x)
    full, spread = np.where(seen, x, 0.0), np.zeros_like(covariance)
    gain = covariance[np.ix_(unseen, seen)] @ np.linalg.inv(covariance[np.ix_(seen, seen)])
    full[unseen] = mean[unseen] + gain @ (x - mean)[seen]
    spread[np.ix_(unseen, unseen)] = covariance[np.ix_(unseen, unseen)] - gain @ covariance[np.ix_(seen, unseen)]
    return full, spread


def em_step(X, row_weights, weights, means, covariances, kind):
    """Objective at the parameters, and the parameters after one EM step; returns dense covariances (k, d, d)."""
    share = posterior(X, weights, means, covariances) * row_weights[:, None]
    objective = float(row_weights @ log_density(X, weights, means, covariances))
    k, d = means.shape
    new_means, scatter = np.zeros((k, d)), np.zeros((k, d, d))
    for c in range(k):
        rows = [completed(x, means[c], covariances[c]) for x in X]
        new_means[c] = sum(r * row for r, (row, _) in zip(share[:, c], rows)) / share[:, c].sum()
        for r, (row, spread) in zip(share[:, c], rows):
            scatter[c] += r * (np.outer(row - new_means[c], row - new_means[c]) + spread)
    mass = share.sum(axis=0)
    return objective, mass / mass.sum(), new_means, _restricted(scatter, mass, kind)


def _restricted(scatter, mass, kind):
    k, d, _ = scatter.shape
    own = scatter / mass[:, None, None]
    if kind == "tied":
        return np.array([scatter.sum(axis=0) / mass.sum()] * k)
    if kind == "diag":
        return np.array([np.diag(np.diag(S)) for S in own])
    if kind == "spherical":
        return np.array([np.eye(d) * np.trace(S) / d for S in own])
    return own


def conditional(weights, means, covariances, columns, values):
    """Weights, means and covariances of the other columns given `columns` = `values`."""
    k, d = means.shape
    free = [j for j in range(d) if j not in columns]
    row = np.full(d, np.nan)
    row[columns] = values
    new_weights = posterior(row[None], weights, means, covariances)[0]
    pairs = [completed(row, means[c], covariances[c]) for c in range(k)]
    return new_weights, np.array([x[free] for x, _ in pairs]), np.array([S[np.ix_(free, free)] for _, S in pairs])
