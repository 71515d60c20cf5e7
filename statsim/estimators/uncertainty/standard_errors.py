r"""Standard errors by the observed information and the delta method.

With information :math:`J` in unconstrained coordinates y and :math:`D = \partial x / \partial y`, the covariance of the estimates is
:math:`D J^{-1} D^\top` (B. Efron, D. V. Hinkley 1978, Biometrika 65). With scores :math:`s_i` of the rows and :math:`K = \sum_i s_i s_i^\top` the sandwich
:math:`D J^{-1} K J^{-1} D^\top` also holds where the model is wrong (P. J. Huber 1967; H. White 1982, Econometrica 50), and
:math:`\operatorname{tr}(J^{-1} K)` is the effective number of parameters (K. Takeuchi 1976).
"""

import warnings
from dataclasses import dataclass

import numpy as np

from statsim import checks
from statsim.errors import ArgumentError, FitWarning
from statsim.estimators.uncertainty.coordinates import Coordinates
from statsim.estimators.uncertainty.curvature import curvature_of

KINDS = ("observed", "sandwich")
_OFF_TOP = 0.1  # standard errors between the estimate and the maximum that the slope there points to


@dataclass(frozen=True, eq=False, repr=False)
class StandardErrors:
    """Standard errors of the parameters of a fit; ``errors["scale"]`` is one of them.

    Parameters
    ----------
    names : tuple of str
    estimates : ndarray (p,)
    errors : ndarray (p,)
    covariance : ndarray (p, p)
        Singular where parameters are tied (probabilities that sum to one).
    kind : {"observed", "sandwich"}
    n_parameters : int
        Free parameters.
    effective_parameters : float
        Close to `n_parameters` where the model is right.
    off_top : float
        Standard errors between the estimate and the maximum of the likelihood that its slope points to.
    """

    names: tuple
    estimates: np.ndarray
    errors: np.ndarray
    covariance: np.ndarray
    kind: str
    n_parameters: int
    effective_parameters: float
    off_top: float

    def __getitem__(self, name):
        """The standard error of one parameter."""
        return float(self.errors[place_of(name, self.names)])

    @property
    def correlation(self):
        """Correlation (p, p) of the estimates."""
        return self.covariance / np.outer(self.errors, self.errors)

    def to_dict(self):
        """Parameter -> {"estimate": ..., "standard_error": ...}."""
        rows = zip(self.names, self.estimates, self.errors, strict=True)
        return {name: {"estimate": float(value), "standard_error": float(error)} for name, value, error in rows}

    def to_frame(self, backend=None):
        """A data frame with a row for each parameter.

        Parameters
        ----------
        backend : {"pandas", "polars", "pyarrow"}, optional
            Default: the first of them that is installed.
        """
        from statsim.samplers.draws.draws_frame import make_frame

        return make_frame({"name": list(self.names), "estimate": self.estimates, "standard_error": self.errors}, backend)

    def __repr__(self):
        width = max(len(name) for name in self.names)
        rows = [f"{name:<{width}}  {value:>12.6g}  {error:>14.3g}" for name, value, error in zip(self.names, self.estimates, self.errors, strict=True)]
        foot = f"{self.kind} information; {self.effective_parameters:.2f} effective parameters of {self.n_parameters}"
        return "\n".join([f"{'':<{width}}  {'estimate':>12}  {'standard error':>14}", *rows, foot])


def standard_errors(model, X, *, kind="observed", sample_weight=None):
    """Standard errors of the parameters of a fit by maximum likelihood.

    Parameters
    ----------
    model : Model
        Fitted; any that has `parameter_names`, `parameter_values`, `parameter_supports` and `with_parameters`.
    X : array, list of sequences or graph
        The data that it was fitted to.
    kind : {"observed", "sandwich"}
        The inverse of the observed information, or the sandwich, which holds where the rows are independent but the model is wrong.
    sample_weight : array (n_samples,), optional
        The weights of the fit; weight 2 is the row twice.

    Returns
    -------
    StandardErrors

    Raises
    ------
    ArgumentError, ArgumentTypeError
        For a model without named parameters, a Bayesian fit, an estimate on the edge of its support.
    FitError
        When the data say nothing about a parameter.

    Warns
    -----
    FitWarning
        When the estimate is no maximum of the likelihood of X: other data, or a fit that has not converged.

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.models.laws.normal import Normal
    >>> X = np.random.default_rng(0).normal(size=400)
    >>> errors = standard_errors(Normal().fit(X), X)
    >>> bool(abs(errors["loc"] - X.std() / 20) < 1e-6)
    True
    """
    checks.choice(kind, "kind", KINDS)
    coordinates = Coordinates(model, X, sample_weight)
    return errors_of(coordinates, curvature_of(coordinates), kind)


def errors_of(coordinates, curvature, kind):
    """`StandardErrors` from derivatives."""
    inverse, spread = curvature.covariance, (curvature.scores.T * coordinates.weights) @ curvature.scores
    off_top = _check_top(coordinates, curvature, inverse)
    inner = inverse if kind == "observed" else inverse @ spread @ inverse
    slopes = coordinates.jacobian()
    covariance = slopes @ inner @ slopes.T
    errors = np.sqrt(np.clip(np.diagonal(covariance), 0.0, None))
    return StandardErrors(
        coordinates.names, coordinates.estimate, errors, covariance, kind, coordinates.n_free, float(np.trace(inverse @ spread)), off_top
    )  # fmt: skip


def _check_top(coordinates, curvature, inverse):
    """Warn where the slope at the estimate points to a maximum elsewhere; the distance in standard errors."""
    slope = coordinates.weights @ curvature.scores
    off = float(np.sqrt(slope @ inverse @ slope))
    if off > _OFF_TOP:
        warnings.warn(
            f"the parameters of this {type(coordinates.model).__name__} are {off:.2g} standard errors off the maximum of the likelihood of X: pass the data (and "
            f"weights) that it was fitted to, or fit with method='mle' and a smaller tol",
            FitWarning, stacklevel=4,
        )  # fmt: skip
    return off


def place_of(name, names):
    """Place of a parameter among `names`.

    Raises
    ------
    ArgumentError
    """
    if name not in names:
        raise ArgumentError(f"there is no parameter {name!r}; the parameters are {', '.join(names[:20])}")
    return names.index(name)
