r"""Normal-inverse-Wishart laws of means and covariances (Gelman et al. 2013, Bayesian Data Analysis, section 3.6; Beal 2003, chapter 3).

Covariances are told in *blocks* (b, p, p): a matrix of each state, one of all, or variances, p = 1, of each column or of each state. A block has degrees and a
scale; the mean of a state has a place and a weight.
"""

from dataclasses import dataclass, replace

import numpy as np

from statsim.kernels.hmm.posterior.wishart import inverse_wishart_factor
from statsim.kernels.mixture.em import centre_moments
from statsim.kernels.variates.normal import standard_normal

_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, eq=False)
class NormalFactor:
    """mean (k, d), weight (k,), degrees (b,), scale (b, p, p), for covariances of `kind`."""

    kind: str
    mean: np.ndarray
    weight: np.ndarray
    degrees: np.ndarray
    scale: np.ndarray

    @classmethod
    def of_prior(cls, prior, template):
        """The law of a settled `NormalInverseWishart`, the same for each state of `template`."""
        (k, d), kind = template.shape, template.covariance_type
        scale = np.tile(prior.scale @ prior.scale.T, (k, 1, 1))
        blocks = _blocks(kind, scale)[:1] if kind == "tied" else _blocks(kind, scale)
        blocks = blocks / k if kind == "tied" else blocks
        return cls(kind, np.tile(prior.mean, (k, 1)), np.full(k, prior.weight), np.full(len(blocks), prior.degrees), blocks)

    def updated(self, law, sums):
        """The law given the moments that `Gaussian.add_sums` collects about the means of `law`."""
        n, shift, scatter = _moments(law, sums)
        mean, weight = law.means + shift, self.weight + n
        away = (mean - self.mean) * np.sqrt(self.weight * n / weight)[:, None]
        blocks = _blocks(self.kind, scatter + away[:, :, None] * away[:, None, :])
        middle = (self.weight[:, None] * self.mean + n[:, None] * mean) / weight[:, None]
        return replace(self, mean=middle, weight=weight, degrees=self.degrees + _counts(self.kind, n, mean.shape[1]), scale=self.scale + blocks)

    def rescaled(self, centre, scale):
        """The law of centre + scale x (d,); equal scales where one variance is of all columns."""
        k, d = self.mean.shape
        scale = np.broadcast_to(scale, (d,))
        by = {"full": np.outer(scale, scale), "tied": np.outer(scale, scale), "diag": np.tile(scale**2, k)[:, None, None], "spherical": scale[0] ** 2}
        return replace(self, mean=centre + scale * self.mean, scale=self.scale * by[self.kind])

    def reordered(self, order):
        """The law whose state i is state order[i] of this one."""
        k, d = self.mean.shape
        places = {"full": order, "spherical": order, "tied": np.array([0]), "diag": (np.asarray(order)[:, None] * d + np.arange(d)).ravel()}[self.kind]
        return replace(self, mean=self.mean[order], weight=self.weight[order], degrees=self.degrees[places], scale=self.scale[places])

    # ------------------------------------------------------------ the highest density

    def mode(self, law):
        """The emission of the highest density of (mean, covariance)."""
        (k, d), p = self.mean.shape, self.scale.shape[1]
        means = {"full": 1, "tied": k, "diag": 1, "spherical": d}[self.kind]
        return self._emission(law, self.scale / (self.degrees + p + 1 + means)[:, None, None])

    def log_density(self, law):
        """Of the means and covariances of an emission."""
        from scipy.special import multigammaln

        p, dense = self.scale.shape[1], law.kind.dense(law.covariances, *law.shape)
        blocks = _blocks(self.kind, dense, summed=False)
        value = 0.0
        for degrees, scale, block in zip(self.degrees, self.scale, blocks, strict=True):
            value += 0.5 * degrees * (_log_det(scale) - p * np.log(2.0)) - multigammaln(0.5 * degrees, p)
            value -= 0.5 * (degrees + p + 1) * _log_det(block) + 0.5 * np.trace(np.linalg.solve(block, scale))
        for mean, weight, place, sigma in zip(self.mean, self.weight, law.means, dense, strict=True):
            away = place - mean
            value += 0.5 * len(mean) * (np.log(weight) - _LOG_2PI) - 0.5 * _log_det(sigma) - 0.5 * weight * away @ np.linalg.solve(sigma, away)
        return float(value)

    # ------------------------------------------------------------ the variational law

    def expected(self, law):
        """The emission at the mean of the law: expected means and covariances, these at 1 / expected precision where there is no mean."""
        p = self.scale.shape[1]
        return self._emission(law, self.scale / np.where(self.degrees > p + 1, self.degrees - p - 1, self.degrees)[:, None, None])

    def geometric(self, law):
        """An emission and constants (k,): its log density plus these is the expected log density of a step."""
        k, d = self.mean.shape
        emission = self._emission(law, self.scale / self.degrees[:, None, None])
        dense = emission.kind.dense(emission.covariances, k, d)
        return emission, 0.5 * (_log_det(dense) - self._per_state(self._expected_log_det())) - 0.5 * d / self.weight

    def divergence(self, prior):
        """Kullback-Leibler divergence from `prior`."""
        from scipy.special import multigammaln

        p, (k, d) = self.scale.shape[1], self.mean.shape
        n, n0 = self.degrees, prior.degrees
        traces = np.trace(np.linalg.solve(self.scale, prior.scale), axis1=1, axis2=2)
        value = 0.5 * n * (traces - p) + 0.5 * n0 * (_log_det(self.scale) - _log_det(prior.scale)) + 0.5 * (n - n0) * _digammas(n, p)
        value = value.sum() + sum(multigammaln(0.5 * b, p) - multigammaln(0.5 * a, p) for a, b in zip(n, n0, strict=True))
        away, ratio = self.mean - prior.mean, prior.weight / self.weight
        precision = self._dense(self.degrees[:, None, None] * np.linalg.inv(self.scale))
        return float(value + 0.5 * (d * (ratio - 1.0 - np.log(ratio)) + prior.weight * np.einsum("ki,kij,kj->k", away, precision, away)).sum())

    def _expected_log_det(self):
        """E log |block| (b,)."""
        p = self.scale.shape[1]
        return _log_det(self.scale) - p * np.log(2.0) - _digammas(self.degrees, p)

    def _per_state(self, blocks):
        """Log determinants (k,) of the covariances of states, from those (b,) of the blocks."""
        k, d = self.mean.shape
        return {"full": lambda: blocks, "tied": lambda: np.repeat(blocks, k), "diag": lambda: blocks.reshape(k, d).sum(axis=1), "spherical": lambda: d * blocks}[self.kind]()

    def _dense(self, blocks):
        """Matrices (k, d, d) of the states."""
        k, d = self.mean.shape
        if self.kind in ("full", "tied"):
            return np.broadcast_to(blocks, (k, d, d))
        return blocks.reshape(k, -1, 1) * np.eye(d)

    def _emission(self, law, blocks):
        covariances = law.kind.from_dense(np.array(self._dense(blocks)))
        return replace(law, means=self.mean.copy(), covariances=np.ascontiguousarray(covariances))

    # ------------------------------------------------------------ coordinates

    def pack(self):
        """Coordinates for extrapolation: roots of counts, means, scales."""
        return np.concatenate([np.sqrt(self.weight), self.mean.ravel(), self.scale.ravel()])

    def unpack(self, vector, prior):
        """The law of coordinates, or None."""
        k, d = self.mean.shape
        weight, mean, scale = vector[:k] ** 2, vector[k : k + k * d].reshape(k, d), vector[k + k * d :].reshape(self.scale.shape)
        n = weight - prior.weight
        if not np.isfinite(vector).all() or (n < 0).any() or not (np.linalg.eigvalsh(scale) > 0).all():
            return None
        return replace(self, mean=mean, weight=weight, degrees=prior.degrees + _counts(self.kind, n, d), scale=scale)

    # ------------------------------------------------------------ draws, in the coordinates of a `GaussianLayout`

    def draw(self, random, layout, x):
        """Write a draw to x (dim,)."""
        (k, d), p = self.mean.shape, self.scale.shape[1]
        lower, factor, room = np.zeros(self.scale.shape), np.linalg.cholesky(self.scale), np.empty((p, p))
        for degrees, own, out in zip(self.degrees, factor, lower, strict=True):
            inverse_wishart_factor(random, degrees, own, room, out)
        dense = self._dense(lower)
        normal = np.array([standard_normal(random) for _ in range(k * d)]).reshape(k, d)
        x[layout.means] = self.mean + np.einsum("kij,kj->ki", dense, normal) / np.sqrt(self.weight)[:, None]
        used = layout.factors >= 0
        x[layout.factors[used]] = dense[used]

    def log_kernel(self, layout, rows):
        """Log density (n,) at rows (n, dim), up to a constant."""
        p = self.scale.shape[1]
        lower = np.where(layout.factors >= 0, rows[:, layout.factors], 0.0)
        whitened = np.linalg.solve(lower, (rows[:, layout.means] - self.mean)[..., None])[..., 0]
        diagonal = np.log(np.diagonal(lower, axis1=2, axis2=3))
        value = -diagonal.sum(axis=(1, 2)) - 0.5 * ((whitened**2).sum(axis=2) @ self.weight)
        blocks = self._block_factors(lower)
        logs = np.log(np.diagonal(blocks, axis1=2, axis2=3))
        value -= (logs * (self.degrees[:, None] + np.arange(1.0, p + 1))).sum(axis=(1, 2))
        return value - 0.5 * (np.linalg.solve(blocks, np.broadcast_to(np.linalg.cholesky(self.scale), blocks.shape)) ** 2).sum(axis=(1, 2, 3))

    def _block_factors(self, lower):
        """Factors (n, b, p, p) of the blocks from those (n, k, d, d) of the states."""
        if self.kind == "full":
            return lower
        if self.kind == "tied":
            return lower[:, :1]
        if self.kind == "spherical":
            return lower[:, :, :1, :1]
        return np.diagonal(lower, axis1=2, axis2=3).reshape(len(lower), -1, 1, 1)


def _moments(law, sums):
    """Steps (k,), mean less the mean of `law` (k, d), and scatter about the mean (k, d, d) of each state."""
    zeroth, first, second = (part.copy() for part in sums)
    d = law.shape[1]
    safe = np.maximum(zeroth, 1e-300)
    centre_moments(safe, first, second, d)
    shift = np.where(zeroth[:, None] > 0, first / safe[:, None], 0.0)
    if second.shape[1] == 1:
        return zeroth, shift, np.maximum(second[:, 0, :, None], 0.0) * np.eye(d)
    return zeroth, shift, second[:, :d, :d]


def _blocks(kind, dense, summed=True):
    """Blocks (b, p, p) of matrices (k, d, d) of the states: sums over what a block is shared by, or the first of it."""
    if kind == "full":
        return dense
    if kind == "tied":
        return dense.sum(axis=0)[None] if summed else np.array(dense[:1])
    diagonal = np.diagonal(dense, axis1=1, axis2=2)
    if kind == "diag":
        return diagonal.reshape(-1, 1, 1)
    return (diagonal.sum(axis=1) if summed else diagonal[:, 0]).reshape(-1, 1, 1)


def _counts(kind, n, d):
    """What steps n (k,) add to the degrees of the blocks."""
    return {"full": n, "tied": np.array([n.sum()]), "diag": np.repeat(n, d), "spherical": d * n}[kind]


def _log_det(matrices):
    return np.linalg.slogdet(matrices)[1]


def _digammas(degrees, p):
    """sum_i digamma((degrees + 1 - i) / 2), i = 1, ..., p."""
    from scipy.special import digamma

    return digamma(0.5 * (degrees[:, None] - np.arange(p))).sum(axis=1)
