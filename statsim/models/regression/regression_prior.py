r"""Priors of regressions: what is taken, and the weak ones used when none is given.

A. Gelman, A. Jakulin, M. Pittau, Y. Su, "A weakly informative default prior distribution for logistic and other regression models", Annals of Applied Statistics 2
(2008): coefficients of columns brought to one scale (standard deviation 1/2; a column of two values to a range of 1) have scale 2.5, the intercept at the mean of the
columns 10. Student's t with 7 degrees of freedom takes the place of their Cauchy, under which posterior means need not exist where the data are separated
(J. Ghosh, Y. Li, R. Mitra, Bayesian Analysis 13, 2018). For normal responses the conjugate prior with the same scales, in units of the response's spread.
"""

import numpy as np

from statsim.distributions.priors import ConjugateRegression, Independent, StudentT
from statsim.errors import ArgumentError, ArgumentTypeError
from statsim.kernels.regression.families import BERNOULLI

_COEFFICIENT, _INTERCEPT, _DF = 2.5, 10.0, 7.0
AT_MEAN = "intercept_at_mean"


def coefficient_names(data):
    """Names of the coefficients, the intercept last where there is one."""
    names = tuple(f"coefficients[{j}]" for j in range(data.X.shape[1]))
    return (*names, "intercept") if data.fit_intercept else names


def scales_of(data):
    """By what each column is divided: its range where it has two values, else twice its standard deviation; 1 for a constant one."""
    out = np.empty(data.X.shape[1])
    for j in range(len(out)):
        column = data.X[:, j]
        spread = float(np.ptp(column))
        two = ((column == column.min()) | (column == column.max())).all()
        shares = data.weights / data.total_weight
        out[j] = spread if two else 2 * np.sqrt(shares @ np.square(column - shares @ column))
    return np.where(out > 0, out, 1.0)


def default_independent(data, family):
    """Student's t of each coefficient."""
    scales = scales_of(data)
    priors = {f"coefficients[{j}]": StudentT(0.0, float(f"{_COEFFICIENT / scale:.6g}"), _DF) for j, scale in enumerate(scales)}
    if data.fit_intercept:
        mean = float(data.weights @ data.y / data.total_weight)
        loc = 0.0 if family.code == BERNOULLI else float(f"{np.log(max(mean, 1e-3)):.6g}")
        priors[AT_MEAN] = StudentT(loc, _INTERCEPT, _DF)
    return Independent(priors)


def default_conjugate(data):
    """Normal coefficients with the same scales in units of the noise; the variance of the response counts as one row."""
    shares = data.weights / data.total_weight
    y = data.y - data.offsets
    mean_y, mean_x = float(shares @ y), shares @ data.X
    variance = float(shares @ np.square(y - mean_y))
    d, p = data.X.shape[1], data.n_parameters
    precision = np.diag(np.append(np.square(scales_of(data) / _COEFFICIENT), [1 / _INTERCEPT**2] * (p - d)))
    mean = np.zeros(p)
    if data.fit_intercept:
        turn = np.eye(p)
        turn[d, :d] = mean_x  # the intercept at the mean is intercept + mean_x . b
        precision, mean[d] = turn.T @ precision @ turn, mean_y
    return ConjugateRegression(mean, precision, 0.5, 0.5 * (variance if variance > 0 else 1.0))


def checked_prior(prior, data, names):
    """A dict as `Independent` over the parameters `names`; a conjugate prior of the right size.

    Raises
    ------
    ArgumentError, ArgumentTypeError
    """
    if isinstance(prior, ConjugateRegression):
        if "scale" not in names:
            raise ArgumentTypeError(f"prior={prior!r}: only a linear regression has a conjugate prior; give a dict of priors, such as {{'coefficients': statsim.priors.Normal(0.0, 1.0)}}")
        if len(prior.mean) != data.n_parameters:
            raise ArgumentError(f"prior: mean has {len(prior.mean)} numbers, and the regression {data.n_parameters} coefficients: {', '.join(coefficient_names(data)[-6:])}")
        return prior
    prior = Independent(prior) if isinstance(prior, dict) else prior
    if not isinstance(prior, Independent):
        raise ArgumentTypeError(f"prior={prior!r:.200}: a regression takes a dict of priors by the names {', '.join(names[-4:])}" + (", or a ConjugateRegression" if "scale" in names else ""))
    prior.table(named_for(prior, names))
    return prior


def named_for(prior, names):
    """The names under which `prior` knows the parameters: the intercept may be the one at the mean of the columns."""
    if AT_MEAN in prior.priors and "intercept" in prior.priors:
        raise ArgumentError(f"prior: give 'intercept' or {AT_MEAN!r}, not both")
    return tuple(AT_MEAN if name == "intercept" and AT_MEAN in prior.priors else name for name in names)


def view_of(prior, data, coordinates):
    """The matrix from coefficients of `coordinates` to what `prior` is of: those of the columns as they are, and the intercept there or at the mean of the columns."""
    view = coordinates.turn.copy()
    if AT_MEAN in prior.priors:
        view[-1] = 0.0
        view[-1, -1] = 1.0
        view[-1, :-1] = (data.weights @ data.X / data.total_weight - coordinates.mean) @ coordinates.turn[:-1, :-1]
    return view
