r"""The conjugate posterior of an autoregression, given its first values (all steps count where `initial` is known).

A. Zellner, An Introduction to Bayesian Inference in Econometrics (1971), chapter 8; M. Banbura, D. Giannone, L. Reichlin, Journal of Applied Econometrics 25 (2010).
Everything is computed in the units of the fit, about residuals rather than raw squares.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from statsim.distributions.penalties import ElasticNet, Ridge
from statsim.distributions.priors import Flat, MatrixNormalInverseWishart, Minnesota
from statsim.errors import ArgumentError, ArgumentTypeError, FitError
from statsim.models.series.autoregressive_steps import AutoregressiveSteps
from statsim.models.series.parameter_table import ParameterTable, spectral_radii
from statsim.models.series.penalised_regression import PenalisedRegression
from statsim.models.series.prepared import Prepared
from statsim.models.series.regression_units import TERMS, RegressionUnits
from statsim.models.series.series_moments import windows

DEFAULT = Minnesota(tightness=1.0, own_first_lag=0.0)
_LEAST_SHARE = 0.01  # of draws with a stationary law, below which drawing them again is refused


@dataclass(frozen=True, eq=False)
class PrincipleSteps:
    """What `MAP` and `Bayes` ask of an autoregression of order p with a trend, fitted to `Prepared` values without gaps."""

    rows: Prepared
    table: ParameterTable

    def regularised(self, prior, penalty):
        """The steps of a penalty, or of the mode under a prior."""
        if prior is not None and penalty is not None:
            raise ArgumentError(f"give a prior or a penalty, not both: prior={prior!r:.80}, penalty={penalty!r:.80}")
        if penalty is not None and not isinstance(penalty, ElasticNet):
            raise ArgumentTypeError(f"penalty={penalty!r:.200}: an autoregression takes statsim.penalties.Ridge, Lasso or ElasticNet")
        steps = AutoregressiveSteps(self.rows, self.table.order, self.table.trend)
        if isinstance(prior, Flat):
            return PenalisedRegression(steps, Ridge(strength=0.0))
        return ConjugateRegression(steps, self.table, self._checked(prior)) if penalty is None else PenalisedRegression(steps, penalty)

    def posterior(self, prior):
        """The posterior, which `Exact()` draws."""
        steps = AutoregressiveSteps(self.rows, self.table.order, self.table.trend)
        return ConjugateRegression(steps, self.table, self._checked(prior))

    def _checked(self, prior):
        prior = DEFAULT if prior is None else prior
        if isinstance(prior, Minnesota):
            return prior
        if not isinstance(prior, MatrixNormalInverseWishart):
            raise ArgumentTypeError(f"prior={prior!r:.200}: an autoregression takes statsim.priors.Minnesota or MatrixNormalInverseWishart")
        units = RegressionUnits(self.rows, self.table.order, self.table.trend)
        wanted = units.terms + units.order * units.width, units.width
        if prior.mean.shape != wanted:
            raise ArgumentError(
                f"the mean of the prior has shape {prior.mean.shape}, but order={units.order}, trend={units.trend!r} and {units.width} column(s) have {wanted[0]} "
                f"regressor(s) and {wanted[1]} response(s): {wanted}"
            )
        return prior


@dataclass(frozen=True, eq=False)
class ConjugateRegression:
    """The posterior of `AutoregressiveSteps` under `prior`: steps of its mode, and a target that makes its own draws."""

    steps: AutoregressiveSteps
    table: ParameterTable
    prior: Any

    loop = "closed form"
    criterion = "log posterior"

    @property
    def names(self):
        """Of the coordinates of draws."""
        return self.table.names

    @cached_property
    def units(self):
        """The change of units."""
        return RegressionUnits(self.steps.rows, self.table.order, self.table.trend)

    @cached_property
    def law(self):
        """The prior in the units of the fit."""
        if isinstance(self.prior, MatrixNormalInverseWishart):
            return self.units.prior_of_fit(self.prior)
        rows, found = self.steps.rows, windows(self.steps.rows, self.table.order)
        middle = found.second[0, -self.units.width :] / found.count
        prior = self.prior.conjugate(residual_spreads(self.steps), middle + rows.centre / rows.scale, order=self.table.order, terms=self.units.terms)
        return _about(prior, middle, self.units) if self.units.terms else prior

    @cached_property
    def _after(self):
        """The posterior in the units of the fit, and the weight of the windows."""
        xx, xy, count = self.steps.cross_products()
        turn = self.units.from_windows
        products, moments = turn(turn(xx).T), turn(xy)
        prior = np.linalg.inv(self.law.row_covariance)
        precision = prior + products
        mean = np.linalg.solve(precision, prior @ self.law.mean + moments)
        left = turn(self.steps.residual_products(turn(mean))[0])
        mean = mean + np.linalg.solve(precision, left - prior @ (mean - self.law.mean))
        squares, away = self.steps.residual_products(turn(mean))[1], mean - self.law.mean
        return self.law.with_residuals(precision, mean, squares + away.T @ prior @ away, count), count

    def solve(self):
        """The point of the highest density of coefficients and noise covariance, and the log posterior there: log-likelihood given the first values and log prior."""
        coefficients, noise = self._after[0].mode()
        point = self.steps.from_regression(self.units.from_windows(coefficients), noise)
        rows, k = self.steps.rows, self.units.width
        squares = self.steps.residual_products(self.units.from_windows(coefficients))[1]
        count, factor = self._after[1], np.linalg.cholesky(noise)
        logs = count * (0.5 * k * np.log(2 * np.pi) + np.log(np.diagonal(factor)).sum() + np.log(rows.scale).sum())
        likelihood = -logs - 0.5 * np.sum(np.linalg.inv(noise) * squares)
        return point, float(likelihood + self.units.log_density_in_data(self.law, coefficients, noise))

    def log_evidence(self):
        """Log marginal likelihood of the steps after the first values; NaN for a prior cut off to stationary laws, whose mass is not known."""
        if self.prior.stationary:
            return float("nan")
        after, count = self._after
        return self.law.log_evidence(after, count) - float(count * np.log(self.steps.rows.scale).sum())

    # ------------------------------------------------------------ draws

    def default_method(self):
        """Independent draws."""
        from statsim.samplers.exact import Exact

        return Exact()

    def shown(self, draws):
        """As they are."""
        return draws

    def exact_draws(self, n, key):
        """Independent draws (n, p) in the units of the data."""
        if not self.prior.stationary:
            return self._draws(key, 0, n)
        kept, first, found = [], 0, 0
        while found < n:
            batch = self._draws(key, first, max(n, 256))
            first += len(batch)
            batch = batch[spectral_radii(self.table.parts(batch)[0]) < 1.0 - 1e-10]
            kept.append(batch)
            found += len(batch)
            if found < _LEAST_SHARE * first:
                raise FitError(
                    f"stationary=True: {found} of {first} draws of the posterior have a stationary law, too few to draw from; the data look explosive: pass initial= "
                    f"with the {self.table.order} value(s) before the first step, and stationary=False"
                )
        return np.concatenate(kept)[:n]

    def _draws(self, key, first, n):
        from statsim.kernels.series.posteriors import fill_matrix_normal_inverse_wishart

        law, (r, k) = self._after[0], self.law.mean.shape
        coefficients, covariances = np.empty((n, r, k)), np.empty((n, k, k))
        factors = np.linalg.cholesky(law.row_covariance), np.linalg.cholesky(law.scale)
        fill_matrix_normal_inverse_wishart(key, first, np.ascontiguousarray(law.mean), *factors, law.df, coefficients, covariances)
        s = self.steps.rows.scale
        return self.table.rows(self.units.to_data(coefficients), covariances * s[:, None] * s)


def _about(prior, middle, units):
    """The prior of values less `middle` (k,) as one of the values."""
    turn, away = np.eye(len(prior.mean)), np.zeros_like(prior.mean)
    turn[0, units.terms :], away[0] = np.tile(middle, units.order), middle
    back = np.linalg.inv(turn)
    covariance = back @ prior.row_covariance @ back.T
    return MatrixNormalInverseWishart(back @ (prior.mean + away), (covariance + covariance.T) / 2, prior.scale, prior.df, prior.stationary)


def residual_spreads(steps):
    """Residual standard deviation (k,) of a least-squares autoregression of each column on its own past, of the same order, in the units of the fit."""
    found, k, p = windows(steps.rows, steps.order), steps.width, steps.order
    spreads = np.empty(k)
    for j in range(k):
        terms = np.concatenate([np.arange(TERMS[steps.trend]), 2 + j + k * np.arange(p)])
        last, second = 2 + p * k + j, found.second
        b = np.linalg.lstsq(second[np.ix_(terms, terms)], second[terms, last], rcond=1e-12)[0]
        rest = second[last, last] - second[terms, last] @ b
        free = max(found.count - len(terms), 1.0)
        spreads[j] = np.sqrt(rest / free) if rest > 1e-10 * second[last, last] else np.sqrt(second[last, last] / found.count)
    return spreads
