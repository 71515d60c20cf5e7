"""Bound for the circular lag product of independent standard normal draws."""

import math


def lag_product_two_sided(mean_product, n):
    """P(|sum z_i z_(i + lag mod n)| / n >= |mean_product|) by Chernoff's bound with the quadratic form's own eigenvalues.

    The form has eigenvalues cos(2 pi k lag / n), so its log moment function at t is -(1/2) sum log(1 - 2 t cos(...)),
    which is -(n/2) log((1 + s) / 2) with s = sqrt(1 - 4 t^2), up to a term that vanishes exponentially in n / gcd(n, lag).
    The best t is 2 t = sin(phi), s = cos(phi), where |mean_product| = sin(phi) / (cos(phi) (1 + cos(phi))).
    """
    level = abs(mean_product)
    sine = _best_sine(level)
    cosine = math.sqrt((1.0 - sine) * (1.0 + sine))
    # log((1 + cos) / 2) without cancellation for a small angle
    log_moment = -0.5 * math.log1p(-0.5 * sine * sine / (1.0 + cosine))
    return min(1.0, 2.0 * math.exp(-n * max(0.0, 0.5 * sine * level - log_moment)))


def _best_sine(level):
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        cosine = math.sqrt((1.0 - middle) * (1.0 + middle))
        if cosine > 0.0 and middle < level * cosine * (1.0 + cosine):
            low = middle
        else:
            high = middle
    return low
