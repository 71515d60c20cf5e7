"""Means and factors of covariances of normal emissions among the coordinates of a target."""

from dataclasses import replace

import numpy as np

from statsim.distributions.covariance import lower_factors
from statsim.errors import ArgumentError
from statsim.kernels.hmm.posterior import gibbs_gaussian
from statsim.kernels.hmm.posterior.gaussian import gaussian_value_and_gradient
from statsim.models.hmm.units import units_of
from statsim.models.hmm.posterior.priors import NormalInverseWishart
from statsim.samplers.supports import Positive, Real

_KINDS = {"full": gibbs_gaussian.FULL, "tied": gibbs_gaussian.TIED, "diag": gibbs_gaussian.DIAG, "spherical": gibbs_gaussian.SPHERICAL}


class GaussianLayout:
    """Coordinates from `begin` on: means (k, d), then the free entries of the lower factors of the covariances."""

    value_and_gradient = staticmethod(gaussian_value_and_gradient)
    sweep = staticmethod(gibbs_gaussian.gaussian_sweep)
    prior_kind = NormalInverseWishart

    def __init__(self, template, k, d, begin):
        self.template, self.shape, self.kind = template, (k, d), template.covariance_type
        self.names, self.support = [f"means[{c},{j}]" for c in range(k) for j in range(d)], [Real(k * d)]
        self.means = begin + np.arange(k * d).reshape(k, d)
        self.factors = self._place_factors(begin + self.means.size)
        self.tables = (self.means, self.factors)

    @classmethod
    def given(cls, template, values, k, begin, prior):
        """The layout for steps `values` (n, d), under `prior`."""
        units_of(values)  # refuses constant columns
        _refuse_partial(values, template.covariance_type)
        layout = cls(template, k, values.shape[1], begin)
        layout.prior = prior.settled(values, k, layout.kind)
        layout._is_complete = int(not np.isnan(values).any())
        return layout

    def _place_factors(self, begin):
        k, d = self.shape
        places = np.full((k, d, d), -1, np.int64)
        if self.kind in ("diag", "spherical"):
            diagonal = np.arange(d)
            places[:, diagonal, diagonal] = begin + (np.arange(k * d).reshape(k, d) if self.kind == "diag" else np.arange(k)[:, None])
            count = k * d if self.kind == "diag" else k
            self.names += [f"deviations[{c},{j}]" for c in range(k) for j in range(d)] if self.kind == "diag" else [f"deviations[{c}]" for c in range(k)]
            self.support.append(Positive(count))
            return places
        for c in range(1 if self.kind == "tied" else k):
            for i in range(d):
                for j in range(i + 1):
                    places[c, i, j] = begin
                    self.names.append(f"factor[{i},{j}]" if self.kind == "tied" else f"factors[{c},{i},{j}]")
                    self.support.append(Positive() if i == j else Real())
                    begin += 1
        return np.repeat(places[:1], k, axis=0) if self.kind == "tied" else places

    def prior_data(self):
        """What the density takes of the prior. The powers of the diagonal of C gather prior, mean and Jacobian; one C for all has the prior once."""
        k, d = self.shape
        shared = k if self.kind == "tied" else 1
        degrees, scale = self.prior.degrees, self.prior.scale / np.sqrt(shared)
        if self.kind in ("full", "tied"):
            powers = -(degrees + np.arange(1.0, d + 1)) / shared - 1.0
        else:
            powers = np.full(d, -(degrees + 1.0) / (1 if self.kind == "diag" else d) - 1.0)
        if self.kind == "spherical":
            scale = np.eye(d) * np.sqrt((scale**2).sum() / d)
        return self.means, self.factors, self.prior.mean, self.prior.weight, scale, powers

    def sweep_data(self):
        """What the sweep takes of the prior."""
        return self.means, self.factors, self.prior.mean, self.prior.weight, self.prior.scale, self.prior.degrees, _KINDS[self.kind], self._is_complete

    def order(self, values, column):
        """What states are put in order by, (..., k), for coordinates `values` (..., dim)."""
        return values[..., self.means[:, column]]

    def law(self, x):
        """The emission at x."""
        k, d = self.shape
        lower = np.where(self.factors >= 0, x[self.factors], 0.0)
        covariances = self.template.kind.from_dense(lower @ lower.transpose(0, 2, 1))
        return replace(self.template, means=x[self.means].copy(), covariances=np.ascontiguousarray(covariances)).checked()

    def mean_law(self, rows):
        """The emission of the posterior means of means and covariances, over draws `rows` (n, dim)."""
        lower = np.where(self.factors >= 0, rows[:, self.factors], 0.0)
        covariances = np.einsum("nkip,nkjp->kij", lower, lower) / len(rows)
        means = rows[:, self.means].mean(axis=0)
        return replace(self.template, means=means, covariances=np.ascontiguousarray(self.template.kind.from_dense(covariances))).checked()

    def place_law(self, law, x):
        """Write an emission to x."""
        lower = lower_factors(np.ascontiguousarray(law.kind.dense(law.covariances, *self.shape)))
        used = self.factors >= 0
        x[self.means], x[self.factors[used]] = law.means, lower[used]

    def place_guess(self, steps, x):
        """Write a guess to x: means at steps (k, d), NaN where missing, and the deviations that the prior expects."""
        k, d = self.shape
        x[self.means] = np.where(np.isnan(steps), self.prior.mean, steps)
        used = self.factors >= 0
        x[self.factors[used]] = np.broadcast_to(self.prior.scale, (k, d, d))[used]
        if self.kind == "spherical":
            x[self.factors[:, 0, 0]] = np.sqrt((self.prior.scale**2).sum() / d)


def _refuse_partial(values, kind):
    gone = np.isnan(values)
    partly = np.flatnonzero(gone.any(axis=1) & ~gone.all(axis=1))
    if partly.size and kind in ("full", "tied"):
        raise ArgumentError(
            f"step {int(partly[0])} of X is missing in part, {values[partly[0]].tolist()}, and the covariances are {kind}: give all of a step or none of it, "
            f"or use Gaussian('diag')"
        )
