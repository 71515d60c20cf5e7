"""The targets of the comparison, each written for statsim (Numba), BlackJAX (JAX) and nutpie (PyMC)."""

import math
from dataclasses import dataclass
from functools import cached_property

import numba
import numpy as np


@dataclass(frozen=True)
class Problem:
    """One target: `numba_function` with its data; `jax_function` of x; `pymc_model` that builds a PyMC model."""

    name: str
    dim: int
    metric: str
    data: tuple = ()
    low_rank: bool = False
    """Whether nutpie is told to learn a low-rank metric (it has no dense one)."""

    def target(self):
        """The target of statsim, its functions made anew so that nothing is compiled yet."""
        from statsim.samplers.targets.target import Target

        return Target(value_and_gradient=self.numba_function(), dim=self.dim, data=self.data)


class IllScaled(Problem):
    @cached_property
    def scales(self):
        return np.logspace(-2, 2, 100)

    def numba_function(self):
        @numba.njit(error_model="numpy")
        def value_and_gradient(x, out, precision):
            value = 0.0
            for i in range(x.size):
                out[i] = -precision[i] * x[i]
                value += 0.5 * x[i] * out[i]
            return value

        return value_and_gradient

    def jax_function(self):
        import jax.numpy as jnp

        return lambda x: -0.5 * jnp.sum((x / self.scales) ** 2)

    def pymc_model(self):
        import pymc as pm

        with pm.Model() as model:
            pm.Normal("x", 0.0, self.scales, shape=100)
        return model


class Correlated(Problem):
    @cached_property
    def covariance(self):
        return np.full((10, 10), 0.9) + 0.1 * np.eye(10)

    def numba_function(self):
        @numba.njit(error_model="numpy")
        def value_and_gradient(x, out, precision):
            value = 0.0
            for i in range(x.size):
                slope = 0.0
                for j in range(x.size):
                    slope -= precision[i, j] * x[j]
                out[i] = slope
                value += 0.5 * x[i] * slope
            return value

        return value_and_gradient

    def numba_log_density(self):
        @numba.njit(error_model="numpy")
        def log_density(x, precision):
            value = 0.0
            for i in range(x.size):
                slope = 0.0
                for j in range(x.size):
                    slope += precision[i, j] * x[j]
                value -= 0.5 * x[i] * slope
            return value

        return log_density

    def jax_function(self):
        import jax.numpy as jnp

        precision = jnp.asarray(self.data[0])
        return lambda x: -0.5 * x @ precision @ x

    def pymc_model(self):
        import pymc as pm

        with pm.Model() as model:
            pm.MvNormal("x", np.zeros(10), chol=np.linalg.cholesky(self.covariance))
        return model


class Funnel(Problem):
    """Neal's funnel, non-centred: standard normals."""

    def numba_function(self):
        @numba.njit(error_model="numpy")
        def value_and_gradient(x, out):
            value = 0.0
            for i in range(x.size):
                out[i] = -x[i]
                value -= 0.5 * x[i] * x[i]
            return value

        return value_and_gradient

    def jax_function(self):
        import jax.numpy as jnp

        return lambda x: -0.5 * jnp.sum(x**2)

    def pymc_model(self):
        import pymc as pm

        with pm.Model() as model:
            v = pm.Normal("v", 0.0, 1.0)
            z = pm.Normal("z", 0.0, 1.0, shape=9)
            pm.Deterministic("x", pm.math.exp(1.5 * v) * z)
        return model


SCHOOLS_Y = np.array([28.0, 8, -3, 7, -1, 1, 18, 12])
SCHOOLS_SIGMA = np.array([15.0, 10, 16, 11, 9, 11, 10, 18])


class EightSchools(Problem):
    """Non-centred, unconstrained: t (8), mu, log tau."""

    def numba_function(self):
        @numba.njit(error_model="numpy")
        def value_and_gradient(x, out, y, sigma):
            mu, tau = x[8], math.exp(x[9])
            square = tau * tau / 25.0
            value = -mu * mu / 50.0 - math.log1p(square) + x[9]
            by_mu, by_tau = -mu / 25.0, 0.0
            for j in range(8):
                residual = (y[j] - mu - tau * x[j]) / (sigma[j] * sigma[j])
                value -= 0.5 * x[j] * x[j] + 0.5 * residual * (y[j] - mu - tau * x[j])
                out[j] = -x[j] + tau * residual
                by_mu += residual
                by_tau += residual * x[j]
            out[8] = by_mu
            out[9] = by_tau * tau + 1.0 - 2.0 * square / (1.0 + square)
            return value

        return value_and_gradient

    def jax_function(self):
        import jax.numpy as jnp

        def log_density(x):
            t, mu, tau = x[:8], x[8], jnp.exp(x[9])
            residual = (SCHOOLS_Y - mu - tau * t) / SCHOOLS_SIGMA
            return -0.5 * jnp.sum(t**2) - 0.5 * jnp.sum(residual**2) - mu**2 / 50 - jnp.log1p(tau**2 / 25) + x[9]

        return log_density

    def pymc_model(self):
        import pymc as pm

        with pm.Model() as model:
            mu, tau, t = pm.Normal("mu", 0.0, 5.0), pm.HalfCauchy("tau", 5.0), pm.Normal("t", 0.0, 1.0, shape=8)
            pm.Normal("y", mu + tau * t, SCHOOLS_SIGMA, observed=SCHOOLS_Y)
        return model


class Logistic(Problem):
    """Logistic regression on the 569 x 30 breast cancer data, standardised, with an intercept; standard normal priors."""

    def target(self):
        from statsim.samplers import likelihoods
        from statsim.samplers.targets.target import Target

        X, y = self.data
        return Target(value_and_gradient=self.numba_function(), dim=self.dim, data=(likelihoods.tiles(X), y))

    def numba_function(self):
        from statsim.samplers import likelihoods

        logistic = likelihoods.logistic

        @numba.njit(error_model="numpy")
        def value_and_gradient(b, out, tiles, y):
            value = 0.0
            for j in range(b.size):
                out[j] = -b[j]
                value -= 0.5 * b[j] * b[j]
            return value + logistic(b, tiles, y, out)

        return value_and_gradient

    def jax_function(self):
        import jax
        import jax.numpy as jnp

        X, y = (jnp.asarray(part) for part in self.data)

        def log_density(b):
            eta = X @ b
            return jnp.sum(y * eta - jax.nn.softplus(eta)) - 0.5 * jnp.sum(b**2)

        return log_density

    def pymc_model(self):
        import pymc as pm

        X, y = self.data
        with pm.Model() as model:
            b = pm.Normal("b", 0.0, 1.0, shape=31)
            pm.Bernoulli("y", logit_p=X @ b, observed=y)
        return model


def cancer():
    """The design matrix (569, 31) and the labels as floats."""
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    return np.column_stack([np.ones(len(X)), (X - X.mean(axis=0)) / X.std(axis=0)]), y.astype(float)


def problems():
    """Every target, in the order of the table."""
    scales = np.logspace(-2, 2, 100)
    covariance = np.full((10, 10), 0.9) + 0.1 * np.eye(10)
    return [
        IllScaled("100-d normal, scales 1e-2..1e2", 100, "diag", (1.0 / scales**2,)),
        Correlated("10-d normal, rho 0.9", 10, "dense", (np.linalg.inv(covariance),)),
        Funnel("funnel 10-d, non-centred", 10, "diag"),
        EightSchools("eight schools, non-centred", 10, "diag", (SCHOOLS_Y, SCHOOLS_SIGMA)),
        Logistic("logistic regression, 569 x 31", 31, "dense", cancer(), low_rank=True),
    ]
