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
_GIVEN = 1.0 - 1e-9  # the same where a search begins at given coefficients
_FAR = 100.0  # a noise of e^100 times its standard deviation is no maximum
_OUTSIDE = 18.0  # inverse hyperbolic tangents beyond this are 1 in doubles


class ArmaSteps:
    """The problem of fitting orders (p, q) with a trend ("n", "c" or "ct") to `Prepared` sequences.

    After known values the AR coefficients are coordinates themselves, so that they may be explosive, and the location is the intercept instead of the mean.
    """

    resolution = 1e-8  # differences for derivatives

    def __init__(self, rows, orders, trend, *, initial=None, coefficients=None):
        self.rows, self.orders, self.initial, self.offset = rows, orders, initial, -rows.log_scale_total()
        self.parts, self.weights, self.n_terms = rows.parts(), rows.weights, ("n", "c", "ct").index(trend)
        self.root_n = np.sqrt(sum(w * len(part) for part, w in zip(self.parts, self.weights, strict=True)))
        line = _line([filled(part)[:, 0] for part in self.parts], self.weights, [self._times(part) for part in self.parts], self.n_terms)
        flat = [filled(part)[:, 0] - line[0] - line[1] * self._times(part) for part in self.parts]
        ar, ma, self.noise = _hannan_rissanen(flat, orders)
        largest = _LARGEST
        if coefficients is not None:
            (ar, ma), largest = coefficients, _GIVEN
        if initial is None:
            first = np.arctanh(_inside(to_partial(ar), largest))
        else:
            first, line = ar, _intercept_line(ar, line)
        self.first = np.concatenate([first, np.arctanh(_inside(to_partial(-ma), largest)), line[: self.n_terms], [0.0]])
        self.basis = np.eye(len(self.first)) / self.root_n
        if initial is not None:
            self.basis = self._information_basis()

    def _information_basis(self):
        """Directions in which the information at the start is the identity: the inverse root of J'J for the innovations' slopes J, and 2 n for the noise.

        Where a series may grow, coefficients and trend are known to very different digits, and all but as one.
        """
        size = len(self.first) - 1
        moves = 1e-6 * self.root_n * np.eye(size + 1)[:size]  # 1e-6 of a coordinate
        slopes = np.stack([(self._innovations(move) - self._innovations(-move)) / 2e-6 for move in moves], axis=1)
        information = np.diag(np.append(np.zeros(size), 2.0 * self.root_n**2))
        information[:size, :size] = slopes.T @ slopes
        values, vectors = np.linalg.eigh(information)
        return vectors / np.sqrt(np.maximum(values, 1e-12 * values.max()))

    def _innovations(self, vector):
        """Standardised innovations of all sequences, times the roots of the weights."""
        return np.concatenate([np.sqrt(w) * form.filtered(part, keep=False).innovations[~np.isnan(part)] for form, part, w in self._centred(vector)])

    def _times(self, part):
        """Time tau of each step."""
        return (np.arange(1.0, len(part) + 1) - self.rows.origin) / self.rows.unit

    @property
    def n_coordinates(self):
        return len(self.first)

    def _read(self, vector):
        """ar, ma, location and slope in tau, noise variance."""
        p, q = self.orders
        theta = self.first + self.basis @ np.asarray(vector)
        ar = from_partial(np.tanh(theta[:p])) if self.initial is None else theta[:p]
        line = np.append(theta[p + q : p + q + self.n_terms], np.zeros(2 - self.n_terms))
        return ar, -from_partial(np.tanh(theta[p : p + q])), line, float(self.noise * np.exp(2 * theta[-1]))

    def from_vector(self, vector):
        """The law of a vector, of the standardised values; its steps count from 1."""
        ar, ma, (level, slope), noise = self._read(vector)
        level, slope = level - slope * self.rows.origin / self.rows.unit, slope / self.rows.unit
        if self.initial is None:
            level, slope = _intercept_line(ar, (level, slope))
        return ArmaLaw(ar, ma, float(level), noise, float(slope), self.initial)

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
        bounded = slice(0 if self.initial is None else self.orders[0], sum(self.orders))
        theta = self.first + self.basis @ vector
        if np.abs(theta[bounded]).max(initial=0.0) > _OUTSIDE or abs(theta[-1]) > _FAR:
            return -np.inf
        try:
            return float(sum(w * form.filtered(part, keep=False).densities.sum() for form, part, w in self._centred(vector)))
        except ArgumentError:
            return -np.inf

    def _centred(self, vector):
        """(form, values, weight) of each sequence; a stationary law is that of deviations from the mean, which need no state for the time."""
        if self.initial is not None:
            form = self.from_vector(vector).form()
            return [(form, part, w) for part, w in zip(self.parts, self.weights, strict=True)]
        ar, ma, (level, slope), noise = self._read(vector)
        form = ArmaLaw(ar, ma, 0.0, noise).form()
        return [(form, part - (level + slope * self._times(part))[:, None], w) for part, w in zip(self.parts, self.weights, strict=True)]


def _inside(partial, largest):
    return np.clip(partial, -largest, largest)


def _intercept_line(ar, line):
    """(c, delta) of a series whose mean is line[0] + line[1] t."""
    level, slope = line
    rest = 1.0 - ar.sum()
    return np.array([rest * level + (np.arange(1.0, len(ar) + 1) @ ar) * slope, rest * slope])


def _line(parts, weights, times, n_terms):
    """Mean at time zero and slope (2,) by least squares, zero where the trend has none."""
    roots = np.sqrt(np.repeat(weights, [len(part) for part in parts]))
    tau = np.concatenate(times)
    design = np.stack([np.ones(len(tau)), tau], axis=1)[:, :n_terms] * roots[:, None]
    return np.append(np.linalg.lstsq(design, np.concatenate(parts) * roots, rcond=None)[0], np.zeros(2 - n_terms))


def _hannan_rissanen(parts, orders):
    """(ar, ma, noise variance) by regression on the residuals of a long autoregression. Hannan, Rissanen (1982), Biometrika 69."""
    p, q = orders
    longest = max(len(part) for part in parts)
    long = min(max(p + q + 4, int(2 * np.log(longest))), max((longest - 1) // 2, 0))
    shocks = [np.concatenate([np.zeros(min(long, len(part))), _regress([part], [None], long, 0)[1]]) for part in parts]
    slopes, residual = _regress(parts, shocks, p, q)
    return slopes[:p], slopes[p:], float(max(residual @ residual / max(len(residual), 1), 1e-12))


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
