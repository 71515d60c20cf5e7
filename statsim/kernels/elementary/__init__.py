"""One import for the elementary functions; each is defined, with its method and accuracy, in the file it comes from."""

from statsim.kernels.elementary.exponential import exp, expm1
from statsim.kernels.elementary.gamma_function import log_gamma
from statsim.kernels.elementary.logarithm import log, log1p
from statsim.kernels.elementary.normal_functions import normal_cdf, normal_quantile
from statsim.kernels.elementary.power import power
from statsim.kernels.elementary.trigonometric import cos, sin

__all__ = ["cos", "exp", "expm1", "log", "log1p", "log_gamma", "normal_cdf", "normal_quantile", "power", "sin"]
