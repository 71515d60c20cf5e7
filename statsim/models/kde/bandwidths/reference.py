r"""Rules for a normal law: Scott (1992), Multivariate Density Estimation, equation 6.41, :math:`n^{-1/(d+4)}`; Silverman (1986), equation 4.14,
:math:`(n (d+2) / 4)^{-1/(d+4)}`; both times the standard deviation, n the effective number of rows."""


def scott_factor(n, d):
    """Scott's factor."""
    return n ** (-1.0 / (d + 4))


def silverman_factor(n, d):
    """Silverman's factor."""
    return (n * (d + 2.0) / 4.0) ** (-1.0 / (d + 4))


FACTORS = {"scott": scott_factor, "silverman": silverman_factor}
"""The rules by name."""
