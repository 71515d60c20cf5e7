"""The parameters of a fitted model in unconstrained reals, and the log-likelihood of data there.

A model serves that has `parameter_names`, `parameter_values` (p,), `parameter_supports` (sets of `statsim.samplers.supports`),
`with_parameters(values)` and `score_samples(X)`, a term of the log-likelihood for each row, sequence or graph.
"""

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError, StatsimError
from statsim.samplers.supports import support_tables

_NEEDED = ("parameter_names", "parameter_values", "parameter_supports", "with_parameters", "score_samples")


class Coordinates:
    """A fitted model's parameters x (p,), reals y (q,) that reach them, and terms of the log-likelihood of X.

    Parameters
    ----------
    model : Model
    X : data as `model.score_samples` takes them
    sample_weight : array (n,), optional
    """

    def __init__(self, model, X, sample_weight=None):
        require_parameters(model, _NEEDED)
        self.model, self.X = model, X
        self.names = tuple(model.parameter_names)
        self.estimate = np.array(model.parameter_values, float)
        self.supports = tuple(model.parameter_supports)
        self._tables = support_tables(list(self.supports), len(self.names))
        self.origin = self._inside(self.estimate)
        self._at_origin = np.asarray(model.score_samples(X), float)
        _check_terms(self._at_origin, model)
        weights = checks.sample_weights(sample_weight, len(self._at_origin))
        self.weights = np.ones(len(self._at_origin)) if weights is None else weights

    @property
    def n_free(self):
        """Number of unconstrained reals: of free parameters."""
        return len(self.origin)

    @property
    def bounds(self):
        """Lowest and highest value of each parameter, two arrays (p,)."""
        return self._tables[1], self._tables[2]

    def parameters(self, y):
        """The parameters (p,) of reals y (q,)."""
        from statsim.kernels.targets.transforms import constrain

        blocks, low, high, _ = self._tables
        y = np.ascontiguousarray(y, float)
        if not len(blocks):
            return y.copy()
        x = np.empty(len(self.names))
        constrain(blocks, low, high, y, x)
        return x

    def reals(self, x):
        """The reals (q,) of parameters x (p,) inside their support."""
        from statsim.kernels.targets.transforms import unconstrain

        blocks, low, high, size = self._tables
        x = np.ascontiguousarray(x, float)
        if not len(blocks):
            return x.copy()
        y = np.empty(size)
        unconstrain(blocks, low, high, x, y)
        return y

    def terms(self, y):
        """Log density (n,) of each row at reals y less that at the estimate; None where the parameters cannot be used."""
        return self.terms_at(self.parameters(y))

    def terms_at(self, x):
        """`terms` of parameters x (p,)."""
        try:
            scores = np.asarray(self.model.with_parameters(x).score_samples(self.X), float)
        except (StatsimError, FloatingPointError):  # beyond what the model takes: a parameter has reached its bound in doubles
            return None
        return scores - self._at_origin

    def rise(self, y):
        """Log-likelihood at reals y less that at the estimate; minus infinity where there is none."""
        return self.rise_at(self.parameters(y))

    def rise_at(self, x):
        """`rise` of parameters x (p,)."""
        terms = self.terms_at(x)
        if terms is None:
            return -np.inf
        total = float(self.weights @ terms)
        return total if total < np.inf else -np.inf

    def jacobian(self):
        """dx/dy (p, q) at the estimate, by differences of fourth order: the maps are smooth and of order one."""
        out, step = np.empty((len(self.names), self.n_free)), 1e-3
        for j in range(self.n_free):
            e = np.eye(self.n_free)[j] * step
            near = self.parameters(self.origin + e) - self.parameters(self.origin - e)
            far = self.parameters(self.origin + 2 * e) - self.parameters(self.origin - 2 * e)
            out[:, j] = (8 * near - far) / (12 * step)
        return out

    def _inside(self, x):
        from statsim.kernels.targets.transforms import is_inside

        blocks, low, high, _ = self._tables
        if not np.isfinite(x).all():
            place = int(np.argmin(np.isfinite(x)))
            raise ArgumentError(f"{self.names[place]} = {x[place]}: a parameter that is not finite has no standard error or interval; fit the model again")
        if len(blocks) and not is_inside(blocks, low, high, x):
            raise ArgumentError(self._edge(x, low, high))
        return self.reals(x)

    def _edge(self, x, low, high):
        at = np.flatnonzero((x <= low) | (x >= high))
        shown = f"{self.names[at[0]]} = {x[at[0]]:g} lies on the edge of its support" if at.size else f"the parameters {x.tolist()[:10]} lie on the edge of their support"
        return f"{shown}, where the log-likelihood has no curvature to measure; use method='bootstrap'"


def require_parameters(model, needed=("parameter_names", "parameter_values")):
    """Refuse, by name, a model that does not name its parameters, has not been fitted, or is a posterior.

    Raises
    ------
    ArgumentTypeError, ArgumentError, NotFittedError
    """
    kind = model if isinstance(model, type) else type(model)
    if isinstance(model, type):
        raise ArgumentTypeError(f"model must be a fitted model, got the class {kind.__name__}; write {kind.__name__}(...).fit(X)")
    lacking = [name for name in needed if not hasattr(kind, name) and name not in vars(model)]
    if lacking:
        raise ArgumentTypeError(f"model must name its parameters, and {kind.__name__} has no {lacking[0]}; needed are {', '.join(needed)}")
    if hasattr(model, "_require_fitted"):
        model._require_fitted()
    if getattr(model, "posterior_", None) is not None:
        raise ArgumentError(
            f"this {kind.__name__} is a Bayesian fit: its posterior says how sure it is; use model.posterior_.summary(), or fit with method='mle'"
        )


def _check_terms(scores, model):
    bad = np.flatnonzero(~np.isfinite(scores))
    if bad.size:
        raise ArgumentError(
            f"X[{bad[0]}] has log density {scores[bad[0]]} under this {type(model).__name__}; pass the data that the model was fitted to, without such rows"
        )
