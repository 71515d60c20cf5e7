"""Families of a response: what the loops ask of them as arrays, beside the kernels that draw."""

from dataclasses import dataclass

import numpy as np

from statsim.kernels.regression.families import BERNOULLI, NORMAL, POISSON


@dataclass(frozen=True)
class Normal:
    """Normal about the linear predictor."""

    code = NORMAL
    has_scale = True

    @staticmethod
    def mean(eta):
        return eta

    @staticmethod
    def variance(mean):
        return np.ones_like(mean)

    @staticmethod
    def log_likelihood(y, eta, weights):
        """Minus half the squared errors: without the scale, and without constants."""
        return -0.5 * float(weights @ np.square(y - eta))

    @staticmethod
    def deviance(y, mean, weights):
        return float(weights @ np.square(y - mean))

    @staticmethod
    def link(mean):
        return mean


@dataclass(frozen=True)
class Bernoulli:
    """0 or 1 with log-odds the linear predictor."""

    code = BERNOULLI
    has_scale = False

    @staticmethod
    def mean(eta):
        from scipy.special import expit

        return expit(eta)

    @staticmethod
    def variance(mean):
        return mean * (1 - mean)

    @staticmethod
    def log_likelihood(y, eta, weights):
        return float(weights @ (y * eta - np.logaddexp(0.0, eta)))

    @staticmethod
    def deviance(y, mean, weights):
        from scipy.special import xlog1py, xlogy

        return float(-2 * weights @ (xlogy(y, mean) + xlog1py(1 - y, -mean)))

    @staticmethod
    def link(mean):
        return np.log(mean) - np.log1p(-mean)


@dataclass(frozen=True)
class Poisson:
    """Counts with log-mean the linear predictor."""

    code = POISSON
    has_scale = False

    @staticmethod
    def mean(eta):
        with np.errstate(over="ignore"):
            return np.exp(eta)

    @staticmethod
    def variance(mean):
        return mean

    @staticmethod
    def log_likelihood(y, eta, weights):
        from scipy.special import gammaln

        with np.errstate(over="ignore"):
            return float(weights @ (y * eta - np.exp(eta) - gammaln(y + 1)))

    @staticmethod
    def deviance(y, mean, weights):
        from scipy.special import xlogy

        return float(2 * weights @ (xlogy(y, np.where(y > 0, y, 1) / mean) - (y - mean)))

    @staticmethod
    def link(mean):
        return np.log(mean)
