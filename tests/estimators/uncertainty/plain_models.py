"""Models of a few lines of NumPy that name their parameters: what the uncertainty of a fit is asked of, beside the package's own."""

import numpy as np
from scipy import stats

from statsim.errors import FitError
from statsim.row_model import RowModel
from statsim.samplers.supports import Bounded, Ordered, Positive, Real, Simplex


class Plain(RowModel):
    """A subclass gives `parameter_names`, `parameter_supports`, `_log_density(x, X)` and `_solve(X)`."""

    parameter_names = ()
    parameter_supports = ()

    def __init__(self, rng=None):
        self.rng = rng

    @property
    def parameter_values(self):
        self._require_fitted()
        return np.array(self.values_, float)

    def with_parameters(self, values):
        model = type(self)()
        model.values_ = np.array(values, float)
        return model

    def fit(self, X, y=None):
        self.values_ = np.atleast_1d(np.asarray(self._solve(np.asarray(X)), float))
        return self

    def score_samples(self, X):
        return self._log_density(self.values_, np.asarray(X))

    def sample(self, n=1, *, rng=None):
        return self._draw(np.random.default_rng(rng), n)


class Exponential(Plain):
    parameter_names = ("rate",)
    parameter_supports = (Positive(),)

    def _solve(self, X):
        return 1 / X.mean()

    def _log_density(self, x, X):
        return np.log(x[0]) - x[0] * X

    def _draw(self, rng, n):
        return rng.exponential(1 / self.values_[0], n)


class Poisson(Plain):
    parameter_names = ("mean",)
    parameter_supports = (Positive(),)

    def _solve(self, X):
        return X.mean()

    def _log_density(self, x, X):
        return stats.poisson.logpmf(X, x[0])


class Bernoulli(Plain):
    parameter_names = ("p",)
    parameter_supports = (Bounded(0.0, 1.0),)

    def _solve(self, X):
        return X.mean()

    def _log_density(self, x, X):
        return np.where(X == 1, np.log(x[0]), np.log1p(-x[0]))


class Categories(Plain):
    """Probabilities of the letters 0, 1, 2, 3."""

    parameter_names = ("p[0]", "p[1]", "p[2]", "p[3]")
    parameter_supports = (Simplex(4),)

    def _solve(self, X):
        return np.bincount(X, minlength=4) / len(X)

    def _log_density(self, x, X):
        return np.log(x)[X]


class Tails(Plain):
    """Student's t about 0 of scale 1: its likelihood never falls to zero on the way to the normal law."""

    parameter_names = ("df",)
    parameter_supports = (Positive(),)

    def _solve(self, X):
        from scipy.optimize import minimize_scalar

        found = minimize_scalar(lambda t: -stats.t.logpdf(X, np.exp(t)).sum(), bounds=(-3, 12), method="bounded", options={"xatol": 1e-10})
        return np.exp(found.x)

    def _log_density(self, x, X):
        return stats.t.logpdf(X, x[0])


class Line(Plain):
    """Normal regression on the first column: intercept, slope and scale; the nuisance parameters of each are correlated."""

    parameter_names = ("a", "b", "scale")
    parameter_supports = (Real(2), Positive())

    def _solve(self, X):
        design = np.column_stack([np.ones(len(X)), X[:, 0]])
        ab = np.linalg.lstsq(design, X[:, 1], rcond=None)[0]
        return [*ab, np.sqrt(np.mean((X[:, 1] - design @ ab) ** 2))]

    def _log_density(self, x, X):
        return stats.norm.logpdf(X[:, 1], x[0] + x[1] * X[:, 0], x[2])


class Twins(Plain):
    """Normal of mean a + b: the data cannot tell a from b."""

    parameter_names = ("a", "b")
    parameter_supports = (Real(2),)

    def _solve(self, X):
        return [X.mean(), 0.0]

    def _log_density(self, x, X):
        return stats.norm.logpdf(X, x[0] + x[1], 1.0)


class Idle(Plain):
    """A parameter that nothing depends on."""

    parameter_names = ("loc", "idle")
    parameter_supports = (Real(), Real())

    def _solve(self, X):
        return [X.mean(), 0.0]

    def _log_density(self, x, X):
        return stats.norm.logpdf(X, x[0], 1.0)


class Steps(Plain):
    """Two normal means in order."""

    parameter_names = ("low", "high")
    parameter_supports = (Ordered(2),)

    def _solve(self, X):
        return [X[:, 0].mean(), X[:, 1].mean()]

    def _log_density(self, x, X):
        return stats.norm.logpdf(X[:, 0], x[0]) + stats.norm.logpdf(X[:, 1], x[1])


class Moody(Exponential):
    """Refuses data of a mean above the limit."""

    limit = 2.9

    def _solve(self, X):
        if X.mean() > self.limit:
            raise FitError(f"the mean is above {self.limit}")
        return super()._solve(X)
