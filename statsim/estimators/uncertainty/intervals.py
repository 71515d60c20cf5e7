"""Intervals of parameters: one door to the three methods, and their table."""

from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, ArgumentTypeError


@dataclass(frozen=True, eq=False, repr=False)
class Intervals:
    """Intervals of parameters; ``found["scale"]`` is (low, high) of one.

    Parameters
    ----------
    names : tuple of str
    estimates, low, high : ndarray (m,)
        `low` or `high` is the bound of the support where the interval is open on that side.
    level : float
    method : object
        The method object with its settings.
    low_error, high_error : ndarray (m,)
        Monte Carlo standard errors of the ends; 0 for methods that draw nothing.
    notes : tuple of str
        What should be known: ends that are open, replications that failed.
    replications : ndarray (b, p) or None
        Estimates of a bootstrap, all parameters.
    """

    names: tuple
    estimates: np.ndarray
    low: np.ndarray
    high: np.ndarray
    level: float
    method: object
    low_error: np.ndarray
    high_error: np.ndarray
    notes: tuple = ()
    replications: np.ndarray | None = None

    def __getitem__(self, name):
        """(low, high) of one parameter."""
        if name not in self.names:
            raise ArgumentError(f"there is no interval of {name!r}; there are {', '.join(self.names[:20])}")
        place = self.names.index(name)
        return float(self.low[place]), float(self.high[place])

    def _columns(self):
        return {"estimate": self.estimates, "low": self.low, "high": self.high, "low_error": self.low_error, "high_error": self.high_error}

    def to_dict(self):
        """Parameter -> {column: number}."""
        return {name: {key: float(column[place]) for key, column in self._columns().items()} for place, name in enumerate(self.names)}

    def to_frame(self, backend=None):
        """A data frame with a row for each parameter.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
            Default: the first of them that is installed.
        """
        from statsim.samplers.draws.draws_frame import make_frame

        return make_frame({"name": list(self.names), **self._columns()}, backend)

    def __repr__(self):
        width = max(len(name) for name in self.names)
        drawn = bool((self.low_error > 0).any() or (self.high_error > 0).any())
        heads = f"{'':<{width}}  {'estimate':>11}  {'low':>11}  {'high':>11}" + ("   Monte Carlo errors" if drawn else "")
        lines = [self._line(place, width, drawn) for place in range(len(self.names))]
        return "\n".join([heads, *lines, f"{self.level:.6g} intervals by {self.method!r}", *self.notes])

    def _line(self, place, width, drawn):
        numbers = f"{self.names[place]:<{width}}  {self.estimates[place]:>11.6g}  {self.low[place]:>11.6g}  {self.high[place]:>11.6g}"
        return numbers + (f"   {self.low_error[place]:.2g}, {self.high_error[place]:.2g}" if drawn else "")


def intervals(model, X, *, method="wald", level=0.9, names=None, sample_weight=None, rng=None, num_threads=None, progress=None):
    """Intervals of the parameters of a fit by maximum likelihood.

    Parameters
    ----------
    model : Model
        Fitted; any that has `parameter_names`, `parameter_values`, `parameter_supports` and `with_parameters` (a bootstrap needs the first two).
    X : array, data frame or list of sequences
        The data that it was fitted to.
    method : {"wald", "profile", "bootstrap"} or method object
        `Wald(kind=)` from the curvature of the likelihood; `Profile()` from its shape, the other parameters fitted anew at each value;
        `Bootstrap(replications=, kind=, resample=)` from fits to data drawn again. "bootstrap" is BCa with 2000 replications of the rows.
    level : float
        Probability to cover, between 0 and 1.
    names : sequence of str, optional
        Parameters wanted; default all. A profile of one is as many times quicker.
    sample_weight : array (n_samples,), optional
        The weights of the fit. A bootstrap takes none.
    rng : None, int, SeedSequence or Generator
        Of a bootstrap: an integer means the same replications every time.
    num_threads : int, optional
        Of a bootstrap; never changes the values.
    progress : bool, optional
        Of a bootstrap: None shows a bar in a terminal when it takes longer than a second; True at once; False never.

    Returns
    -------
    Intervals

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For a model without named parameters, a Bayesian fit, an estimate on the edge of its support (Wald, profile).
    FitError
        When the data say nothing about a parameter.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.models.laws.normal import Normal
    >>> X = np.random.default_rng(0).normal(size=400)
    >>> low, high = intervals(Normal().fit(X), X, method="profile", level=0.95)["scale"]
    >>> bool(low < X.std() < high)
    True
    """
    method = _method_of(method)
    level = checks.real(level, "level", minimum=0.0, open_minimum=True)
    if level >= 1:
        hint = f"; write level={level / 100:g}" if 1 < level < 100 else ""
        raise ArgumentError(f"level must be below 1, a probability, got {level!r}{hint}")
    names = [names] if isinstance(names, str) else names
    if names is not None and not len(names):
        raise ArgumentError("names is empty; name a parameter, or leave names out for all of them")
    if sample_weight is not None and method.name == "bootstrap":
        raise ArgumentError("sample_weight: a bootstrap draws rows, and weights do not say how many there are; repeat the rows, or use method='profile'")
    return method.find(model, X, level=level, names=names, sample_weight=sample_weight, rng=rng, num_threads=num_threads, progress=progress)


def _method_of(method):
    from statsim.estimators.uncertainty.bootstrap import Bootstrap
    from statsim.estimators.uncertainty.profile import Profile
    from statsim.estimators.uncertainty.wald import Wald

    kinds = {kind.name: kind for kind in (Wald, Profile, Bootstrap)}
    if isinstance(method, str):
        return kinds[checks.choice(method, "method", tuple(kinds))]()
    if isinstance(method, tuple(kinds.values())):
        return method
    hint = f"; write {method.__name__}()" if isinstance(method, type) else ""
    raise ArgumentTypeError(f"method must be 'wald', 'profile', 'bootstrap', Wald(), Profile() or Bootstrap(), got {method!r:.100}{hint}")


def places_of(names, known):
    """Places of the parameters wanted, all where `names` is None."""
    from statsim.estimators.uncertainty.standard_errors import place_of

    return list(range(len(known))) if names is None else [place_of(name, known) for name in names]
