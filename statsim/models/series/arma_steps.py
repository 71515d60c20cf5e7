"""What a climb of the exact likelihood asks of an ARMA series.

Coordinates are the inverse hyperbolic tangents of the partial autocorrelations of both parts, so that the search stays stationary and
invertible (Monahan 1984, Biometrika 71; Jones 1980, Technometrics 22), the mean and the logarithm of the noise's standard deviation, each about its start
and times the root of n. The gradient is by central differences.
"""

import numpy as np

from statsim.errors import ArgumentError
from statsim.models.series.arma_law import ArmaLaw, from_partial, to_partial
from statsim.models.series.gaps import filled

_STEP = 1e-5
_LARGEST = 0.95  # size of the partial autocorrelations to begin with
_OUTSIDE = 18.0  # inverse hyperbolic tangents beyond this are 1 in doubles


class ArmaSteps:
    """The problem of fitting orders (p, q) to `parts` [(n, 1), ...] in units where values are of order one."""

    resolution = 1e-8  # differences for derivatives

    def __init__(self, parts, weights, orders, *, centred, offset):
        self.parts, self.weights, self.orders, self.centred, self.offset = parts, weights, orders, centred, offset
        self.root_n = np.sqrt(sum(w * len(part) for part, w in zip(parts, weights, strict=True)))
        ar, ma, mean, self.noise = _hannan_rissanen([filled(part)[:, 0] for part in parts], weights, orders, centred)
        self.first = np.concatenate([np.arctanh(_inside(to_partial(ar))), np.arctanh(_inside(to_partial(-ma))), [mean, 0.0]])
        self.first = self.first if centred else np.delete(self.first, -2)

    @property
    def n_coordinates(self):
        return len(self.first)

    def from_vector(self, vector):
        """The law of a vector."""
        p, q = self.orders
        theta = self.first + np.asarray(vector) / self.root_n
        ar, ma = from_partial(np.tanh(theta[:p])), -from_partial(np.tanh(theta[p : p + q]))
        mean = theta[-2] if self.centred else 0.0
        return ArmaLaw(ar, ma, float(mean * (1.0 - ar.sum())), float(self.noise * np.exp(2 * theta[-1])))

    def value_and_gradient(self, vector):
        """Log-likelihood of `parts` and its gradient; (-inf, None) at the border."""
        value = self._value(vector)
        if not np.isfinite(value):
            return -np.inf, None
        gradient, step = np.empty(len(vector)), _STEP * self.root_n
        for i in range(len(vector)):
            move = np.zeros(len(vector))
            move[i] = step
            gradient[i] = (self._value(vector + move) - self._value(vector - move)) / (2 * step)
        return (value, gradient) if np.isfinite(gradient).all() else (-np.inf, None)

    def _value(self, vector):
        if np.abs((self.first + vector / self.root_n)[: sum(self.orders)]).max(initial=0.0) > _OUTSIDE:
            return -np.inf
        try:
            form = self.from_vector(vector).form()
            total = sum(w * form.filtered(part, keep=False).densities.sum() for part, w in zip(self.parts, self.weights, strict=True))
        except ArgumentError:
            return -np.inf
        return float(total)


def _inside(partial):
    return np.clip(partial, -_LARGEST, _LARGEST)


def _hannan_rissanen(parts, weights, orders, centred):
    """(ar, ma, mean, noise variance) by regression on the residuals of a long autoregression. Hannan, Rissanen (1982), Biometrika 69."""
    p, q = orders
    mean = sum(w * part.sum() for part, w in zip(parts, weights, strict=True)) / sum(w * len(part) for part, w in zip(parts, weights, strict=True))
    parts = [part - (mean if centred else 0.0) for part in parts]
    longest = max(len(part) for part in parts)
    long = min(max(p + q + 4, int(2 * np.log(longest))), max((longest - 1) // 2, 0))
    shocks = [np.concatenate([np.zeros(min(long, len(part))), _regress([part], [None], long, 0)[1]]) for part in parts]
    slopes, residual = _regress(parts, shocks, p, q)
    return slopes[:p], slopes[p:], float(mean if centred else 0.0), float(max(residual @ residual / max(len(residual), 1), 1e-12))


def _regress(parts, shocks, p, q):
    """Slopes (p + q,) on p past values and q past shocks, and the residuals."""
    rows, targets, lost = [], [], max(p, q)
    for part, shock in zip(parts, shocks, strict=True):
        n = len(part)
        if n > lost:
            past = [part[lost - i : n - i] for i in range(1, p + 1)] + [shock[lost - j : n - j] for j in range(1, q + 1)]
            rows.append(np.array(past).T.reshape(n - lost, p + q))
            targets.append(part[lost:])
    if not rows:
        return np.zeros(p + q), np.concatenate(parts)
    X, y = np.concatenate(rows), np.concatenate(targets)
    slopes = np.linalg.lstsq(X, y, rcond=None)[0]
    return slopes, y - X @ slopes
