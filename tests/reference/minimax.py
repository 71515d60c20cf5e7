"""Minimax polynomials by the Remez exchange in multiple precision: where the constants of the elementary functions come from."""

import mpmath as mp


def evaluate(coefficients, x):
    """sum_j coefficients[j] x**j."""
    total = mp.mpf(0)
    for c in reversed(coefficients):
        total = total * x + c
    return total


def _chebyshev_extrema(low, high, count):
    centre, radius = (low + high) / 2, (high - low) / 2
    return [centre - radius * mp.cos(mp.pi * i / (count - 1)) for i in range(count)]


def _levelled(function, weight, points, degree):
    """Coefficients whose weighted error alternates with equal size over `points`."""
    n = degree + 2
    matrix, right = mp.matrix(n, n), mp.matrix(n, 1)
    for i, x in enumerate(points):
        for j in range(n - 1):
            matrix[i, j] = x**j
        matrix[i, n - 1] = (-1) ** i / weight(x)
        right[i] = function(x)
    return list(mp.lu_solve(matrix, right))[: n - 1]


def _extrema(error, points, low, high):
    """The largest |error| between each pair of sign changes of the error."""
    fine = [low + (high - low) * (1 - mp.cos(mp.pi * i / (16 * len(points)))) / 2 for i in range(16 * len(points) + 1)]
    found = []
    for x in fine:
        e = error(x)
        if found and (e > 0) == (found[-1][1] > 0):
            if abs(e) > abs(found[-1][1]):
                found[-1] = (x, e)
        else:
            found.append((x, e))
    while len(found) > len(points):
        found.pop(0 if abs(found[0][1]) < abs(found[-1][1]) else -1)
    return [x for x, _ in found]


def minimax_polynomial(function, low, high, degree, weight=lambda x: mp.mpf(1), rounds=6):
    """Coefficients, lowest first, that minimise max |weight (function - polynomial)|; and that maximum.

    Remez (1934). `rounds` exchanges bring the levelled error within a per cent of optimal for analytic functions.
    """
    low, high = mp.mpf(low), mp.mpf(high)
    points = _chebyshev_extrema(low, high, degree + 2)
    for _ in range(rounds):
        coefficients = _levelled(function, weight, points, degree)

        def error(x, c=coefficients):
            return weight(x) * (function(x) - evaluate(c, x))

        exchanged = _extrema(error, points, low, high)
        if len(exchanged) < len(points):
            break
        points = exchanged
    return coefficients, max(abs(error(x)) for x in points)
