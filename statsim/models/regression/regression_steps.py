"""What the principles ask of a regression."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from statsim.distributions.penalties import ElasticNet
from statsim.distributions.priors import ConjugateRegression
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.estimators.automatic_variational import AutomaticVariational, family_for
from statsim.estimators.target_climb import climb_target
from statsim.estimators.target_slope import TargetSlope
from statsim.models.regression.conjugate_posterior import ConjugatePosterior
from statsim.models.regression.coordinates import orthonormal
from statsim.models.regression.fitted import Fitted
from statsim.models.regression.linear_steps import ConjugateSteps, LinearSteps
from statsim.models.regression.observed import Observed
from statsim.models.regression.penalised_steps import PenalisedSteps
from statsim.models.regression.regression_prior import checked_prior, coefficient_names, default_conjugate, default_independent
from statsim.models.regression.regression_target import RegressionTarget
from statsim.models.regression.reweighted_steps import ReweightedSteps


@dataclass(frozen=True, eq=False)
class RegressionSteps:
    """Fitting `family` to `data`."""

    data: Observed
    family: Any

    @property
    def names(self):
        """Of the parameters."""
        return coefficient_names(self.data) + (("scale",) if self.family.has_scale else ())

    # ------------------------------------------------------------ the principles

    def likelihood(self):
        """Maximum likelihood: by QR, or by least squares again and again."""
        kind = LinearSteps if self.family.has_scale else ReweightedSteps
        return kind(self.data, self.family, orthonormal(self.data))

    def regularised(self, prior, penalty):
        """The steps of an elastic net, or of the log posterior."""
        if penalty is not None:
            if not isinstance(penalty, ElasticNet):
                hint = f"; write {penalty.__name__}()" if isinstance(penalty, type) else ""
                raise ArgumentTypeError(f"penalty={penalty!r:.100}: a regression takes statsim.penalties.Ridge, Lasso or ElasticNet{hint}")
            if prior is not None:
                raise ArgumentError(f"prior={prior!r:.100} and penalty={penalty!r}: give one of them; a Normal prior is a ridge, a Laplace prior a lasso")
            return PenalisedSteps.of(self.data, self.family, penalty)
        prior = self._checked(prior)
        if isinstance(prior, ConjugateRegression):
            return ConjugateSteps(self.data, prior, ConjugatePosterior(self.data, prior, self.names))
        refuse_exact(self.data, self.family)
        return PosteriorClimb(RegressionTarget(self.data, self.family, prior), prior)

    def posterior(self, prior):
        """In closed form under the conjugate prior, else a target with its gradient."""
        prior = self._checked(prior)
        if isinstance(prior, ConjugateRegression):
            return ConjugatePosterior(self.data, prior, self.names)
        return RegressionTarget(self.data, self.family, prior).about_the_mode()

    def variational(self, prior, family=None):
        """The nearest normal law of coefficients and log scale."""
        family = family_for(family, len(self.names))
        prior = default_independent_with_scale(self.data, self.family) if prior is None else self._checked(prior)
        if isinstance(prior, ConjugateRegression):
            raise ArgumentTypeError("the posterior under a ConjugateRegression prior is known in closed form: use method=Bayes(prior=...); VB takes a dict of priors")
        refuse_exact(self.data, self.family)
        target = RegressionTarget(self.data, self.family, prior).about_the_mode()
        return AutomaticVariational(target, target.mode_start(), family, prior)

    def _checked(self, prior):
        if prior is None:
            return default_conjugate(self.data) if self.family.has_scale else default_independent(self.data, self.family)
        return checked_prior(prior, self.data, self.names)


def refuse_exact(data, family):
    """Raise where a normal response is fitted exactly: under independent priors the density rises without bound as the scale goes to 0."""
    if not family.has_scale:
        return
    y = data.y - data.offsets
    residual = y - data.design @ np.linalg.lstsq(data.design, y, rcond=None)[0]
    if np.abs(residual).max() <= 1e-12 * max(np.abs(y).max(), 1e-300):
        raise ArgumentError(
            f"the {len(y)} rows are fitted exactly by {data.n_parameters} coefficients: under independent priors the posterior density rises without bound as the scale goes to 0; "
            f"use the conjugate prior (method='map' or 'bayes' without a prior), or more rows"
        )


def default_independent_with_scale(data, family):
    """The default prior as independent ones, with the scale's where there is one."""
    from statsim.distributions.priors import HalfStudentT, Independent, StudentT

    prior = default_independent(data, family)
    if not family.has_scale:
        return prior
    y = data.y - data.offsets
    mean = float(data.weights @ y / data.total_weight)
    spread = float(np.sqrt(data.weights @ np.square(y - mean) / data.total_weight)) or 1.0
    scaled = {name: StudentT(0.0, float(f"{one.scale * spread:.6g}"), one.df) for name, one in prior.priors.items()}
    if data.fit_intercept:
        scaled["intercept_at_mean"] = StudentT(float(f"{mean:.6g}"), float(f"{10 * spread:.6g}"), 7.0)
    return Independent({**scaled, "scale": HalfStudentT(float(f"{spread:.6g}"), 3.0)})


@dataclass(frozen=True, eq=False)
class PosteriorClimb:
    """The mode of a log posterior by its gradient."""

    target: RegressionTarget
    prior: Any

    loop = "climbs"
    criterion = "log posterior"

    def starts(self, count, key):
        """One: all effects 0. Under weak priors there is one mode."""
        return [self.target.start()]

    def climb(self, start, *, max_iter, tol):
        """The mode as `Fitted`."""
        found, p = climb_target(TargetSlope(self.target, jacobian=False), start, max_iter=max_iter, tol=tol), len(self.target.centre)
        values = self.target.shown_rows(self.target.constrain(found.y)[None])[0]
        turn = self.target.turn
        covariance = None if found.covariance is None else turn @ found.covariance[:p, :p] @ turn.T
        return Fitted(values, covariance, found.value, found.result)
