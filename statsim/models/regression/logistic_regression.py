r"""Logistic regression.

D. R. Cox, JRSS B 20 (1958); P. McCullagh, J. Nelder, Generalized Linear Models (1989), chapter 4. Data that a plane separates have no maximum of the likelihood: they are
found out by linear programming and refused by name, with what to do (`statsim.models.regression.separation`).
"""

import numpy as np

from statsim.errors import ArgumentError, FileRefusedError
from statsim.models.regression.family import Bernoulli
from statsim.models.regression.observed import responses
from statsim.models.regression.regression_model import RegressionModel


class LogisticRegression(RegressionModel):
    r"""One of two classes; the log-odds of the second are :math:`x \cdot b + a`.

    Parameters
    ----------
    features : model of rows, optional
        Fitted along, and drawn from by `sample`: `GaussianMixture(3)`, `KernelDensity()`, ... Default: rows of X are drawn again, which a file of the model then holds.
    fit_intercept : bool
    method : str or method object
        "mle": Newton's method with halved steps. "map", `MAP(prior=)` or `MAP(penalty=)` with a penalty of `statsim.penalties`. "bayes": NUTS. "vb": the nearest normal
        law, `VB(family=)`. Priors are a dict by ``coefficients`` (or ``coefficients[j]``) and ``intercept`` (or ``intercept_at_mean``, that at the mean of the columns);
        default: those of Gelman et al. (2008), see `statsim.models.regression.regression_prior`.
    rng : None, int, SeedSequence or Generator
        Seeds the draws of a fit.

    Attributes
    ----------
    classes_ : ndarray (2,)
        The two values of y, sorted; the model is of the second.
    coefficients_ : ndarray (d,)
    intercept_ : float
    covariance_, standard_errors_ : ndarray (p, p) and (p,)
        Of coefficients and intercept, in the order of `parameter_names`: the inverse observed information, of the posterior by "map", that of the draws of a Bayesian fit.
        None and NaN for penalties with absolute values.
    deviance_ : float
    fit_result_ : FitResult
    posterior_ : Draws or None
    features_ : model or None

    Examples
    --------
    >>> import numpy as np
    >>> X, y = np.array([[0.0], [1.0], [2.0], [3.0]]), np.array([0, 1, 0, 1])
    >>> model = LogisticRegression().fit(X, y)
    >>> model.coefficients_.round(4).tolist(), round(float(model.predict_proba(X)[:, 1].sum()), 6)
    ([0.9082], 2.0)
    >>> rows, classes = model.sample(3, rng=0)
    >>> rows.shape, set(classes.tolist()) <= {0, 1}
    ((3, 1), True)
    """

    _family = Bernoulli()
    _estimator_type = "classifier"
    _label_keys = ("classes",)

    @classmethod
    def from_parameters(cls, *, coefficients, intercept=0.0, classes=(0, 1), features=None, fit_intercept=True):
        """A regression with known parameters.

        Parameters
        ----------
        coefficients : array (d,)
        intercept : float
        classes : sequence of two numbers or strings
        features : array (m, d) or fitted model, optional
            Rows to draw again, or a model of them, for `sample`.
        fit_intercept : bool

        Examples
        --------
        >>> LogisticRegression.from_parameters(coefficients=[2.0]).predict_proba([[0.0]]).tolist()
        [[0.5, 0.5]]
        """
        model = cls._from_values(coefficients=coefficients, intercept=intercept, features=features, fit_intercept=fit_intercept)
        labels = np.asarray(classes)
        if labels.shape != (2,) or labels[0] == labels[1]:
            raise ArgumentError(f"classes must be two different values, got {classes!r:.100}")
        model.classes_ = labels
        return model

    def predict_proba(self, X, *, offset=None, parameters=None):
        """Probabilities (n, 2) of the two classes; of a Bayesian fit their means over the posterior."""
        second = self._expected(X, offset, parameters)
        return np.column_stack([1 - second, second])

    def predict(self, X, *, offset=None, parameters=None):
        """The more probable class (n,)."""
        second = self._expected(X, offset, parameters) > 0.5
        return self.classes_[second.astype(np.int64)]

    def decision_function(self, X, *, offset=None):
        """Log-odds (n,) of the second class, at the point estimate."""
        X, offsets = self._features(X, offset)
        return X @ self.coefficients_ + self.intercept_ + offsets

    # ------------------------------------------------------------ classes

    def _coded(self, y, n, *, learn):
        labels = _labels(y, n)
        if learn:
            self._learn_classes(labels)
        wrong = ~np.isin(labels, self.classes_)
        if wrong.any():
            raise ArgumentError(f"y must hold the classes {self.classes_.tolist()}, got y[{int(np.argmax(wrong))}] = {labels[np.argmax(wrong)]!r}")
        return (labels == self.classes_[1]).astype(np.float64)

    def _learn_classes(self, labels):
        classes = np.unique(labels)
        if len(classes) > 2:
            shown = ", ".join(repr(value) for value in classes[:5].tolist())
            raise ArgumentError(
                f"y must have two values, such as 0 and 1, got {len(classes)}: {shown}{', ...' if len(classes) > 5 else ''}. Only binary classification is supported; "
                f"for counts use PoissonRegression, for continuous numbers LinearRegression, for shares of successes two rows each with sample_weight"
            )
        if len(classes) < 2:
            raise ArgumentError(f"y has one class, {classes[0]!r}, in all rows: there is nothing to tell apart; give rows of both classes")
        self.classes_ = classes

    def _shown_response(self, y):
        return self.classes_[y.astype(np.int64)]

    def _labels_document(self):
        return {"classes": self.classes_.tolist()}

    def _read_labels(self, parameters):
        classes = parameters.get("classes")
        kinds = {type(value) for value in classes} if isinstance(classes, list) else set()
        if len(kinds) != 1 or not kinds <= {bool, int, float, str} or len(classes) != 2 or classes[0] == classes[1]:
            raise FileRefusedError(f"classes must be two different numbers or strings, got {str(classes)[:80]}")
        self.classes_ = np.array(classes)

    def __sklearn_tags__(self):
        from sklearn.utils import ClassifierTags

        tags = super().__sklearn_tags__()
        tags.classifier_tags = ClassifierTags(multi_class=False)
        tags.target_tags.required = True
        return tags


def _labels(y, n):
    """y (n,) as labels: numbers, or strings."""
    array = np.asarray(y)
    if y is None or array.dtype.kind not in "OUS":
        responses(y, n)  # finite numbers of the right shape
        return array[:, 0] if array.ndim == 2 else array
    array = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
    if array.shape != (n,):
        raise ArgumentError(f"y must be one-dimensional with a class for each of the {n} rows of X, got shape {array.shape}")
    missing = [value is None or value != value for value in array.tolist()]
    if any(missing):
        raise ArgumentError(f"y contains NaN or None: y[{int(np.argmax(missing))}] = {array[np.argmax(missing)]!r}; remove such rows")
    return array.astype(str) if all(isinstance(value, str) for value in array.tolist()) else np.ascontiguousarray(array, dtype=np.float64)
