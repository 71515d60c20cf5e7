"""Mutants of the mixture's sampler and of its estimator: what is right passes a check that each of them fails.

The sampler's check sees rows and labels only, and knows the law; the estimator's check is that the slow textbook EM step leaves
the fitted parameters where they are (a maximum is a fixed point), on data where the components overlap.
"""

import numpy as np
import pytest

import statsim as ss
from statsim import testing
from tests.reference import mixture as twin

N = 120_000
BLOCK = 1024
MODEL = ss.GaussianMixture.from_parameters(
    weights=[0.5, 0.3, 0.2],
    means=[[0.0, 0.0, 0.0], [3.0, -2.0, 1.0], [-4.0, 1.0, 2.0]],
    covariances=[
        [[1.0, 0.6, 0.2], [0.6, 2.0, -0.3], [0.2, -0.3, 0.5]],
        [[0.5, 0.0, 0.2], [0.0, 1.0, 0.4], [0.2, 0.4, 1.5]],
        [[2.0, -0.8, 0.1], [-0.8, 1.0, 0.0], [0.1, 0.0, 0.7]],
    ],
)


def check_rows(rows, labels):
    """Shares of the components, whitened residuals, and independence of rows and labels."""
    for k, weight in enumerate(MODEL.weights_):
        testing.assert_probability(int((labels == k).sum()), len(labels), weight, detects=0.015)
    z = _whitened(rows, labels)
    testing.assert_normal(z.ravel())
    for k in range(3):
        testing.assert_mean(z[labels == k, 0], 0.0, sd=1.0, detects=0.08)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        testing.assert_mean(z[:, i] * z[:, j], 0.0, sd=1.0, detects=0.05)
    testing.assert_independent((labels == 0).astype(float), lags=(1, BLOCK))
    testing.assert_independent(z[:, 0], lags=(1, BLOCK))


def _whitened(rows, labels):
    z = np.empty_like(rows)
    for k, covariance in enumerate(MODEL.covariances_):
        mine = labels == k
        z[mine] = np.linalg.solve(np.linalg.cholesky(covariance), (rows[mine] - MODEL.means_[k]).T).T
    return z


def test_the_sampler_passes(seed):
    check_rows(*MODEL.sample(N, rng=seed, return_latent=True))


# ---------------------------------------------------------------- broken samplers


def _draw(rng, *, weights=MODEL.weights_, factors=None, labels=None, z=None):
    factors = np.linalg.cholesky(MODEL.covariances_) if factors is None else factors
    labels = rng.choice(3, N, p=weights) if labels is None else labels
    z = rng.normal(size=(N, 3)) if z is None else z
    return MODEL.means_[labels] + np.einsum("nij,nj->ni", factors[labels], z), labels


def _sticky(rng):
    labels = rng.choice(3, N, p=MODEL.weights_)
    stay = rng.random(N) < 0.05
    for i in np.flatnonzero(stay[1:]) + 1:
        labels[i] = labels[i - 1]
    return labels


def _tilted(rows, labels):
    rows = rows.copy()
    rows[labels == 2, 0] += 0.15
    return rows, labels


def _repeat_rows(rows, labels):
    order = np.arange(N)
    order[1::500] = order[:-1:500][: len(order[1::500])]
    return rows[order], labels[order]


def _cut(z, limit):
    return np.clip(z, -limit, limit)


SAMPLERS = {
    "covariance taken for its factor": lambda g: _draw(g, factors=MODEL.covariances_),
    "transposed factor": lambda g: _draw(g, factors=np.swapaxes(np.linalg.cholesky(MODEL.covariances_), 1, 2)),
    "correlations dropped": lambda g: _draw(g, factors=np.sqrt(MODEL.covariances_ * np.eye(3))),
    "one covariance for all": lambda g: _draw(g, factors=np.linalg.cholesky(np.repeat(MODEL.covariances_[:1], 3, axis=0))),
    "spread 2 % too wide": lambda g: _draw(g, z=1.02 * g.normal(size=(N, 3))),
    "even weights": lambda g: _draw(g, weights=np.full(3, 1 / 3)),
    "weights of two components exchanged": lambda g: _draw(g, weights=MODEL.weights_[[0, 2, 1]]),
    "a component never drawn": lambda g: _draw(g, weights=np.array([0.625, 0.375, 0.0])),
    "rows grouped by component": lambda g: _draw(g, labels=np.sort(g.choice(3, N, p=MODEL.weights_))),
    "labels that stick": lambda g: _draw(g, labels=_sticky(g)),
    "labels one row late": lambda g: (lambda rows, labels: (rows, np.roll(labels, 1)))(*_draw(g)),
    "one normal for all columns": lambda g: _draw(g, z=np.repeat(g.normal(size=(N, 1)), 3, axis=1)),
    "a displacement shared by neighbours": lambda g: _draw(g, z=np.repeat(g.normal(size=(N // 2, 3)), 2, axis=0)),
    "every block from one stream": lambda g: _draw(g, z=np.tile(g.normal(size=(BLOCK, 3)), (N // BLOCK + 1, 1))[:N]),
    "some rows twice": lambda g: _repeat_rows(*_draw(g)),
    "one mean a little off": lambda g: _tilted(*_draw(g)),
    "tails cut at 3": lambda g: _draw(g, z=_cut(g.normal(size=(N, 3)), 3.0)),
    "sums of twelve uniforms": lambda g: _draw(g, z=g.random((N, 3, 12)).sum(axis=2) - 6.0),
    "normals rounded to 1/256": lambda g: _draw(g, z=np.round(g.normal(size=(N, 3)) * 256) / 256),
    "half-normals": lambda g: _draw(g, z=np.abs(g.normal(size=(N, 3)))),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_broken_sampler_fails(name, rng):
    with pytest.raises(testing.StatisticalAssertionError):
        check_rows(*SAMPLERS[name](rng))


# ---------------------------------------------------------------- broken estimators


def _data():
    rows = MODEL.sample(300, rng=5)
    return rows * 0.5  # components overlap, so every share matters


def check_fit(X, weights, means, covariances):
    """The textbook EM step leaves a maximum of the likelihood where it is, to 1e-4 of the data's spread."""
    _, w, m, c = twin.em_step(X, np.ones(len(X)), weights, means, covariances, "full")
    spread = X.std(axis=0)
    assert np.abs(w - weights).max() < 1e-4
    assert (np.abs(m - means) / spread).max() < 1e-4
    assert (np.abs(c - covariances) / np.multiply.outer(spread, spread)).max() < 1e-4


def test_the_estimator_passes():
    model = ss.GaussianMixture(2, rng=0).fit(_data())
    check_fit(_data(), model.weights_, model.means_, model.covariances_)


def _em(X, *, steps=400, shares=None, weigh=None, centre=None, scatter=None, ridge=0.0):
    """A plain EM of two components with places to break it."""
    w, m = np.array([0.5, 0.5]), X[[0, 1]].copy()
    c = np.repeat(np.cov(X.T)[None], 2, axis=0)
    for _ in range(steps):
        r = twin_posterior(X, w, m, c)
        r = r if shares is None else shares(r)
        mass = r.sum(axis=0)
        w = mass / mass.sum() if weigh is None else weigh(mass)
        m = r.T @ X / mass[:, None] if centre is None else centre(r, X, mass)
        c = np.stack([((X - m[k]).T * r[:, k]) @ (X - m[k]) / mass[k] for k in range(2)])
        c = (c if scatter is None else scatter(c, mass)) + ridge * np.eye(X.shape[1])
    return w, m, c


def twin_posterior(X, w, m, c):
    """The posterior of the textbook, in arrays instead of loops (held equal to it below)."""
    joint = np.empty((len(X), len(w)))
    for k in range(len(w)):
        y = np.linalg.solve(np.linalg.cholesky(c[k]), (X - m[k]).T)
        joint[:, k] = np.log(w[k]) - 0.5 * ((y**2).sum(axis=0) + np.linalg.slogdet(c[k])[1])
    joint = np.exp(joint - joint.max(axis=1, keepdims=True))
    return joint / joint.sum(axis=1, keepdims=True)


def _hard(r):
    return (r == r.max(axis=1, keepdims=True)).astype(float)


ESTIMATORS = {
    "hard assignment": lambda X: _em(X, shares=_hard),
    "shares not normalised": lambda X: _em(X, shares=lambda r: r * np.array([1.0, 0.8])),
    "shares tempered": lambda X: _em(X, shares=lambda r: r**0.9 / (r**0.9).sum(axis=1, keepdims=True)),
    "weights never updated": lambda X: _em(X, weigh=lambda mass: np.array([0.5, 0.5])),
    "weights smoothed by one row each": lambda X: _em(X, weigh=lambda mass: (mass + 1) / (mass.sum() + 2)),
    "unbiased covariance": lambda X: _em(X, scatter=lambda c, mass: c * (mass / (mass - 1))[:, None, None]),
    "covariance about nothing": lambda X: _em(X, centre=lambda r, X, mass: 0.99 * r.T @ X / mass[:, None]),
    "tied without saying": lambda X: _em(X, scatter=lambda c, mass: np.repeat(np.tensordot(mass, c, 1)[None] / mass.sum(), 2, axis=0)),
    "correlations dropped": lambda X: _em(X, scatter=lambda c, mass: c * np.eye(3)),
    "an absolute ridge": lambda X: _em(X, ridge=1e-3),
    "stopped after three steps": lambda X: _em(X, steps=3),
    "weights evened out": lambda X: _em(X, weigh=lambda mass: np.sqrt(mass) / np.sqrt(mass).sum()),
}


def test_plain_em_without_a_break_passes():
    w, m, c = _em(_data(), steps=3000)
    assert np.allclose(twin_posterior(_data(), w, m, c), twin.posterior(_data(), w, m, c), rtol=1e-9, atol=1e-12)
    check_fit(_data(), w, m, c)


@pytest.mark.parametrize("name", ESTIMATORS)
def test_broken_estimator_fails(name):
    with pytest.raises(AssertionError):
        check_fit(_data(), *ESTIMATORS[name](_data()))
