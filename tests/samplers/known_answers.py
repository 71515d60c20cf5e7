"""Targets whose moments and quantiles are known exactly, with gradients, and what is known of them."""

import math

import numba
import numpy as np
from scipy import integrate, optimize, special, stats

from statsim.samplers.supports import CorrelationCholesky, Ordered, Simplex
from statsim.samplers.targets.target import Target
from tests.samplers.agreement import Truth

PROBABILITIES = (0.01, 0.25, 0.5, 0.9)


def truth_of(laws):
    """A `Truth` from frozen SciPy laws, one for each quantity."""
    quantiles = {p: np.array([law.ppf(p) for law in laws]) for p in PROBABILITIES}
    return Truth(np.array([law.mean() for law in laws]), np.array([law.std() for law in laws]), quantiles)


@numba.njit
def _scaled(x, out, scale):
    value = 0.0
    for i in range(x.size):
        z = x[i] / scale[i]
        out[i] = -z / scale[i]
        value -= 0.5 * z * z
    return value


def scaled_normal(scale):
    """Independent normals with standard deviations `scale` (d,)."""
    scale = np.asarray(scale, float)
    return Target(value_and_gradient=_scaled, dim=scale.size, data=[scale])


@numba.njit
def _funnel(x, out):
    v, n = x[0], x.size - 1
    total, shrunk = 0.0, math.exp(-v)
    for i in range(1, n + 1):
        total += x[i] * x[i]
        out[i] = -x[i] * shrunk
    out[0] = -v / 9.0 - 0.5 * n + 0.5 * total * shrunk
    return -v * v / 18.0 - 0.5 * n * v - 0.5 * total * shrunk


def funnel(d=10):
    """Neal (2003), Slice sampling, section 8: v ~ Normal(0, sd 3), the others Normal(0, sd e^(v / 2)); centred."""
    return Target(value_and_gradient=_funnel, dim=d)


def funnel_scales(d=10):
    """Standard deviations of the non-centred funnel (v, z), whose x is z e^(v / 2)."""
    return np.array([3.0] + [1.0] * (d - 1))


# log |x| = v / 2 + log |z|; the log of a chi-squared over two has these first two moments
LOG_FUNNEL = Truth(mean=np.array([-(np.euler_gamma + math.log(2.0)) / 2.0]), sd=np.array([math.sqrt(math.pi**2 / 8.0 + 2.25)]))


@numba.njit
def _banana(x, out, bend, width):
    z = (x[1] - bend * (x[0] * x[0] - 1.0)) / width
    out[0] = -x[0] + 2.0 * bend * x[0] * z / width
    out[1] = -z / width
    return -0.5 * (x[0] * x[0] + z * z)


class Banana:
    """x0 ~ Normal(0, 1), x1 ~ Normal(bend (x0^2 - 1), sd width): Rosenbrock's valley with known moments."""

    def __init__(self, bend=2.0, width=0.5):
        self.bend, self.width = bend, width
        self.target = Target(value_and_gradient=_banana, dim=2, data=[bend, width])

    def draw(self, rng, n):
        """Exact draws (n, 2)."""
        x0, z = rng.normal(size=n), rng.normal(size=n)
        return np.column_stack([x0, self.bend * (x0**2 - 1.0) + self.width * z])

    def cdf(self, values):
        """Distribution function of x1 at `values`, by a rule of 201 points on an analytic integrand."""
        x0 = np.linspace(0.0, 8.0, 201)
        weights = 2.0 * stats.norm.pdf(x0) * (x0[1] - x0[0])
        weights[0] /= 2.0
        above = (np.asarray(values)[..., None] - self.bend * (x0**2 - 1.0)) / self.width
        return np.clip(special.ndtr(above) @ weights, 0.0, 1.0)

    @property
    def truth(self):
        first = truth_of([stats.norm()])
        second = {p: optimize.brentq(lambda x, p=p: float(self.cdf(x)) - p, -10.0, 100.0) for p in PROBABILITIES}
        quantiles = {p: np.append(first.quantiles[p], second[p]) for p in PROBABILITIES}
        return Truth(np.zeros(2), np.array([1.0, math.sqrt(2.0 * self.bend**2 + self.width**2)]), quantiles)


@numba.njit
def _students(x, out, freedom):
    value = 0.0
    for i in range(x.size):
        square = x[i] * x[i] / freedom
        out[i] = -(freedom + 1.0) * x[i] / freedom / (1.0 + square)
        value -= 0.5 * (freedom + 1.0) * math.log1p(square)
    return value


def students(d, freedom):
    """Independent Student's t."""
    return Target(value_and_gradient=_students, dim=d, data=[float(freedom)])


@numba.njit
def _dirichlet(x, out, concentration):
    value = 0.0
    for i in range(x.size):
        out[i] = (concentration[i] - 1.0) / x[i]
        value += (concentration[i] - 1.0) * math.log(x[i])
    return value


def dirichlet(concentration):
    """Dirichlet on a simplex."""
    concentration = np.asarray(concentration, float)
    return Target(value_and_gradient=_dirichlet, dim=concentration.size, data=[concentration], support=Simplex(concentration.size))


def dirichlet_laws(concentration):
    total = sum(concentration)
    return [stats.beta(a, total - a) for a in concentration]


def sorted_normals(d):
    """The order statistics of d standard normals."""
    return Target(value_and_gradient=_scaled, dim=d, data=[np.ones(d)], support=Ordered(d))


def sorted_normals_truth(d):
    def cdf(k, x):
        return float(stats.binom.sf(k, d, stats.norm.cdf(x)))

    def moment(k, power):
        def density(x):
            return x**power * stats.beta.pdf(stats.norm.cdf(x), k + 1, d - k) * stats.norm.pdf(x)

        return integrate.quad(density, -12.0, 12.0, epsabs=1e-12)[0]

    mean = np.array([moment(k, 1) for k in range(d)])
    second = np.array([moment(k, 2) for k in range(d)])
    quantiles = {p: np.array([optimize.brentq(lambda x, k=k, p=p: cdf(k, x) - p, -10, 10) for k in range(d)]) for p in PROBABILITIES}
    return Truth(mean, np.sqrt(second - mean**2), quantiles)


@numba.njit
def _lkj(x, out, eta, order):
    value = 0.0
    out[:] = 0.0
    for k in range(1, order):
        power = order - 1 - k + 2.0 * eta - 2.0
        value += power * math.log(x[k * order + k])
        out[k * order + k] = power / x[k * order + k]
    return value


def lkj(order, eta):
    """The Cholesky factor of a correlation matrix with density det^(eta - 1) (Lewandowski, Kurowicka, Joe 2009)."""
    return Target(value_and_gradient=_lkj, dim=order**2, data=[float(eta), order], support=CorrelationCholesky(order))


def correlations(values, order):
    """The correlations below the diagonal of factors (..., order^2)."""
    L = values.reshape(*values.shape[:-1], order, order)
    return (L @ np.swapaxes(L, -1, -2))[..., *np.tril_indices(order, -1)]


def lkj_laws(order, eta):
    a = eta + order / 2.0 - 1.0
    return [stats.beta(a, a, loc=-1.0, scale=2.0)] * (order * (order - 1) // 2)
