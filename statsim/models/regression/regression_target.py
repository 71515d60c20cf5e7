"""The posterior of a regression as a target: any sampler draws it, VB approximates it, MAP climbs it.

It moves in coordinates in which it is near the standard normal law (`statsim.kernels.regression.posteriors`): the mode and the curvature there are found first.
"""

import numpy as np

from statsim.estimators.target_climb import climb_target
from statsim.estimators.target_slope import TargetSlope
from statsim.models.regression.coordinates import standardised
from statsim.models.regression.regression_prior import coefficient_names, default_conjugate, named_for, view_of
from statsim.samplers.draws.draws import Draws
from statsim.samplers.supports import Positive, Real
from statsim.samplers.targets.target import Target


class RegressionTarget(Target):
    """Log posterior of `data` under independent priors; chains start about the mode.

    `root` (p, p) and `centre` (p,) make the coefficients of centred and scaled columns, centre + root @ theta.
    """

    def __init__(self, data, family, prior, *, centre=None, root=None, coordinates=None):
        self.prior, self._data_of, self._family = prior, data, family
        names = coefficient_names(data) + (("scale",) if family.has_scale else ())
        self._coordinates = standardised(data) if coordinates is None else coordinates
        p = data.n_parameters
        self.centre = np.zeros(p) if centre is None else centre
        self.root = np.eye(p) if root is None else root
        self.log_volume = float(np.linalg.slogdet(self.root)[1] + np.linalg.slogdet(self._coordinates.turn)[1])
        function, tables = _likelihood(data, family, self._coordinates.rows)
        last = view_of(prior, data, self._coordinates), prior.table(named_for(prior, names))
        super().__init__(
            value_and_gradient=function, dim=len(names), data=(*_head(family, tables), self.centre, self.root, *tables, *last), names=names,
            support=[Real(p), Positive()] if family.has_scale else None, interpreted=True,
        )  # fmt: skip

    def start(self):
        """Reals to climb from: all effects 0, the spread of the response."""
        data, y = self._data_of, np.zeros(self.dim)
        level = _level(data, self._family)
        theta = np.linalg.solve(self.root, np.append(np.zeros(data.X.shape[1]), [level] * data.fit_intercept) - self.centre)
        y[: len(theta)] = theta
        if self._family.has_scale:
            spread = np.sqrt(data.weights @ np.square(data.y - data.offsets - level) / data.total_weight)
            y[-1] = np.log(spread if spread > 0 else 1.0)
        return y

    # ------------------------------------------------------------ coordinates

    @property
    def turn(self):
        """Slopes (p, p) of the coefficients as the user knows them in this target's coordinates."""
        return self._coordinates.turn @ self.root

    def shown_rows(self, rows):
        """Coefficients (and scale) of rows (n, dim) in this target's coordinates."""
        p = len(self.centre)
        return np.concatenate([(self.centre + rows[:, :p] @ self.root.T) @ self._coordinates.turn.T, rows[:, p:]], axis=1)

    def placed(self, initial):
        """This target's coordinates of coefficients; the inverse of `shown_rows`."""
        if initial is None:
            return None
        rows, p = np.atleast_2d(np.asarray(initial, float)), len(self.centre)
        theta = np.linalg.solve(self.root, np.linalg.solve(self._coordinates.turn, rows[:, :p].T) - self.centre[:, None]).T
        placed = np.concatenate([theta, rows[:, p:]], axis=1)
        return placed if np.ndim(initial) == 2 else placed[0]

    def shown(self, draws):
        values = self.shown_rows(draws.values.reshape(-1, self.dim)).reshape(draws.values.shape)
        made = object.__new__(type(draws)) if isinstance(draws, Draws) else None
        for name in draws.__dataclass_fields__:
            object.__setattr__(made, name, values if name == "values" else getattr(draws, name))
        return made

    # ------------------------------------------------------------ for samplers

    def default_method(self):
        """NUTS."""
        from statsim.samplers.hamiltonian.nuts import NUTS

        return NUTS()

    def draw_start(self, random):
        """Near the mode, in units of the spread there."""
        y = super().draw_start(random)
        if self._family.has_scale:
            y[-1] = self._log_scale + 0.1 * y[-1]
        return y

    _log_scale = 0.0

    def about_the_mode(self):
        """The same posterior in coordinates about its mode, scaled by the curvature there; for normal responses about that of a weak conjugate posterior, which always has one."""
        p = len(self.centre)
        if self._family.has_scale:
            y, covariance = self._conjugate_mode()
        else:
            found = climb_target(TargetSlope(self, jacobian=False), self.start(), max_iter=500, tol=1e-12)
            y, covariance = found.y, np.eye(p) if found.covariance is None else found.covariance
        values, vectors = np.linalg.eigh(covariance)
        root = self.root @ (vectors * np.sqrt(np.maximum(values, 1e-300))) @ vectors.T
        centre = self.centre + self.root @ y[:p]
        target = RegressionTarget(self._data_of, self._family, self.prior, centre=centre, root=root, coordinates=self._coordinates)
        if self._family.has_scale:
            target._log_scale = float(y[-1])
        return target

    def _conjugate_mode(self):
        """Reals, and the covariance of the coefficients, under the default conjugate prior."""
        data = self._data_of
        design, y, prior = data.design, data.y - data.offsets, default_conjugate(data)
        weighted = data.weights[:, None] * design
        law = prior.updated(design.T @ weighted, weighted.T @ y, float(data.weights @ np.square(y)), data.total_weight)
        variance, inverse = law.scale / (law.shape + 0.5), np.linalg.inv(self.turn)
        covariance = variance * inverse @ np.linalg.inv(law.precision) @ inverse.T
        theta = np.linalg.solve(self.root, self._coordinates.theta(law.mean) - self.centre)
        return np.append(theta, 0.5 * np.log(variance)), (covariance + covariance.T) / 2

    def mode_start(self):
        """Reals of the mode of a target made by `about_the_mode`."""
        y = np.zeros(self.unconstrained_dim)
        if self._family.has_scale:
            y[-1] = self._log_scale
        return y


def _level(data, family):
    """The linear predictor of a model without effects."""
    mean = float(data.weights @ (data.y - (0 if family.code else data.offsets)) / data.total_weight)
    return float(family.link(np.clip(mean, 1e-3, 1 - 1e-3) if family.code == 1 else max(mean, 1e-3) if family.code else mean))


def _head(family, tables):
    """What stands before the centre: the family, where the kernel serves two."""
    return (family.code,) if len(tables) == 5 and not family.has_scale else ()


def _likelihood(data, family, design):
    """The kernel of the log posterior, and the tables of data that it takes."""
    from statsim.kernels.regression import posteriors

    if family.has_scale:
        return posteriors.linear, _linear_tables(data, design)
    if family.code == 1 and data.is_plain:
        from statsim.samplers.likelihoods import tiles

        return posteriors.logistic, (tiles(design), data.y)
    from scipy.special import gammaln

    constant = -float(data.weights @ gammaln(data.y + 1)) if family.code == 2 else 0.0
    return posteriors.weighted, (design, data.offsets, data.y, data.weights, constant)


def _linear_tables(data, design):
    """R, the least-squares coefficients, the sum of squares left, and the sum of weights."""
    weighted = np.sqrt(data.weights)[:, None] * design
    y = np.sqrt(data.weights) * (data.y - data.offsets)
    best = np.linalg.lstsq(weighted, y, rcond=None)[0]
    p = data.n_parameters
    triangle = np.zeros((p, p))
    found = np.linalg.qr(weighted, mode="r")
    triangle[: len(found)] = found
    return triangle, best, float(np.square(y - weighted @ best).sum()), data.total_weight
