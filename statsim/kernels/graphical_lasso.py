r"""The Newton direction of the graphical lasso by coordinate descent over the free entries.

C. Hsieh, M. Sustik, I. Dhillon, P. Ravikumar, "Sparse inverse covariance matrix estimation using quadratic approximation", NIPS 2011, section 2.2:
with W the inverse of the precision X and S the covariance, entry (i, j) of the direction D moves by

.. math:: \mu = -c + s(c - b / a, \lambda / a), \quad a = W_{ij}^2 + W_{ii} W_{jj}, \quad b = S_{ij} - W_{ij} + (W D W)_{ij}, \quad c = X_{ij} + D_{ij}

with s the soft threshold. D W is kept up to date, and row i of W D W while the entries of that row move: then every loop runs along rows.
"""

import math

import numpy as np

from statsim.kernels.jit import inlined, kernel


@inlined
def _soft(value, threshold):
    return math.copysign(max(abs(value) - threshold, 0.0), value)


@kernel
def free_entries(covariance, precision, inverse, penalties, begins, columns):
    """Fill the entries i < j that may move: not zero, or with a slope beyond the penalty; those of row i are columns[begins[i] : begins[i + 1]]."""
    count, p = 0, precision.shape[0]
    for i in range(p):
        begins[i] = count
        for j in range(i + 1, p):
            if precision[i, j] != 0.0 or abs(covariance[i, j] - inverse[i, j]) > penalties[i, j]:
                columns[count] = j
                count += 1
    begins[p] = count


@kernel
def newton_direction(covariance, precision, inverse, penalties, begins, columns, sweeps, accuracy, direction):
    """Fill `direction` (p, p), symmetric; zero on entry.

    Parameters
    ----------
    covariance, precision, inverse : (p, p)
        S, X and W = X^-1.
    penalties : (p, p)
        Of the absolute values; the diagonal is not penalised.
    begins, columns : (p + 1,), (at least begins[p],)
        Free entries.
    sweeps : int
        Passes at most.
    accuracy : float
        A pass whose largest step is below this, relative to the largest entry of the direction, is the last.
    """
    p = precision.shape[0]
    product, row = np.zeros((p, p)), np.empty(p)  # D W, and a row of W D W
    for _ in range(sweeps):
        largest = size = 0.0
        for i in range(p):
            _row_of_product(inverse, product, i, row)
            step = -(covariance[i, i] - inverse[i, i] + row[i]) / (inverse[i, i] * inverse[i, i])
            direction[i, i] += step
            _move_diagonal(inverse, product, row, i, step)
            largest, size = max(largest, abs(step)), max(size, abs(direction[i, i]))
            for place in range(begins[i], begins[i + 1]):
                j = columns[place]
                step = _step(covariance, precision, inverse, penalties, direction, row[j], i, j)
                if step != 0.0:
                    direction[i, j] += step
                    direction[j, i] += step
                    _move(inverse, product, row, i, j, step)
                largest, size = max(largest, abs(step)), max(size, abs(direction[i, j]))
        if largest <= accuracy * size:
            break


@inlined
def _row_of_product(inverse, product, i, row):
    """row = W[i] (D W)."""
    p = row.size
    for j in range(p):
        row[j] = 0.0
    for k in range(p):
        weight = inverse[i, k]
        for j in range(p):
            row[j] += weight * product[k, j]


@inlined
def _step(covariance, precision, inverse, penalties, direction, bend, i, j):
    a = inverse[i, j] * inverse[i, j] + inverse[i, i] * inverse[j, j]
    b = covariance[i, j] - inverse[i, j] + bend
    c = precision[i, j] + direction[i, j]
    return -c + _soft(c - b / a, penalties[i, j] / a)


@inlined
def _move_diagonal(inverse, product, row, i, step):
    weight = step * inverse[i, i]
    for k in range(row.size):
        product[i, k] += step * inverse[i, k]
        row[k] += weight * inverse[i, k]


@inlined
def _move(inverse, product, row, i, j, step):
    first, second = step * inverse[i, i], step * inverse[i, j]
    for k in range(row.size):
        product[i, k] += step * inverse[j, k]
        product[j, k] += step * inverse[i, k]
        row[k] += first * inverse[j, k] + second * inverse[i, k]
