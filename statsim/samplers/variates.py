"""Random variates for conditionals written as Numba functions: each takes the state of a stream first and advances it.

The same functions work in plain Python. They call no mathematics library, so their values are the same on every machine.

Examples
--------
>>> import numba
>>> from statsim.samplers import variates
>>> @numba.njit
... def update(x, random, precision):
...     x[0] = 0.5 * x[1] + variates.standard_normal(random) / precision**0.5
"""

from statsim.kernels.streams import uniform, uniform_open
from statsim.kernels.variates.beta import beta
from statsim.kernels.variates.binomial import binomial
from statsim.kernels.variates.bounded_integers import integer_below
from statsim.kernels.variates.dirichlet import dirichlet
from statsim.kernels.variates.normal import standard_normal
from statsim.kernels.variates.poisson import poisson
from statsim.kernels.variates.standard_exponential import standard_exponential
from statsim.kernels.variates.standard_gamma import log_standard_gamma, standard_gamma
from statsim.kernels.variates.truncated_normal import truncated_normal
from statsim.kernels.variates.weighted_category import categorical, log_categorical

__all__ = [
    "beta",
    "binomial",
    "categorical",
    "dirichlet",
    "integer_below",
    "log_categorical",
    "log_standard_gamma",
    "poisson",
    "standard_exponential",
    "standard_gamma",
    "standard_normal",
    "truncated_normal",
    "uniform",
    "uniform_open",
]
