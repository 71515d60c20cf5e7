r"""Generalised Pareto law of exceedances: the fit of Zhang and Stephens (2009, Technometrics 51), and quantiles.

The likelihood is profiled to one parameter :math:`b = -k / \sigma` and averaged over a grid under a prior from the data, so
there is no optimiser to fail. The shape is then drawn towards 1/2 as by ten more observations (Vehtari et al. 2024).
"""

import numpy as np

_PRIOR_SHAPE, _PRIOR_WEIGHT = 0.5, 10


def fit_generalised_pareto(exceedances):
    r"""Shape and scale of :math:`1 - (1 + k x / \sigma)^{-1/k}`; heavy tails have positive shape.

    Parameters
    ----------
    exceedances : array (n,)
        Ascending and not negative, the first quartile positive; n at least 5.

    Returns
    -------
    shape, scale : float

    Examples
    --------
    >>> import numpy as np
    >>> from statsim.metrics.chains.generalised_pareto import fit_generalised_pareto, generalised_pareto_quantile
    >>> p = (np.arange(2000) + 0.5) / 2000
    >>> shape, scale = fit_generalised_pareto(generalised_pareto_quantile(p, shape=0.7, scale=2.0))
    >>> round(shape, 2), round(scale, 1)
    (0.7, 2.0)
    """
    n = exceedances.size
    m = 30 + int(np.sqrt(n))
    quartile, largest = exceedances[int(n / 4 + 0.5) - 1], exceedances[-1]
    b = 1 / largest + (1 - np.sqrt(m / (np.arange(m) + 0.5))) / (3 * quartile)
    k = np.log1p(-b[:, None] * exceedances).mean(axis=1)
    log_profile = n * (np.log(-b / k) - k - 1)
    weights = np.exp(log_profile - log_profile.max())
    weights[weights < 10 * np.finfo(float).eps * weights.sum()] = 0
    b_mean = (b * weights).sum() / weights.sum()
    k_mean = np.log1p(-b_mean * exceedances).mean()
    shape = (n * k_mean + _PRIOR_WEIGHT * _PRIOR_SHAPE) / (n + _PRIOR_WEIGHT)
    return float(shape), float(-k_mean / b_mean)


def generalised_pareto_quantile(probability, *, shape, scale):
    """Quantiles of the exceedances.

    Parameters
    ----------
    probability : array
        In [0, 1).
    shape, scale : float

    Returns
    -------
    array

    Examples
    --------
    >>> from statsim.metrics.chains.generalised_pareto import generalised_pareto_quantile
    >>> round(float(generalised_pareto_quantile(0.5, shape=1.0, scale=2.0)), 12)
    2.0
    """
    log_survival = np.log1p(-np.asarray(probability))
    return -scale * log_survival if shape == 0 else scale * np.expm1(-shape * log_survival) / shape
