r"""Penalties on the size of coefficients.

A. Hoerl, R. Kennard, Technometrics 12 (1970); R. Tibshirani, JRSS B 58 (1996); H. Zou, T. Hastie, JRSS B 67 (2005). For each unit of weight (each row)
:math:`\lambda \sum_j (1 - a)/2 \, b_j^2 + a |b_j|` is taken off the log-likelihood, :math:`\lambda` the strength and a the share of the absolute values.
"""

from dataclasses import dataclass

from statsim import checks


@dataclass(frozen=True)
class ElasticNet:
    """Squares and absolute values of coefficients.

    Parameters
    ----------
    strength : float
        Per row, at least 0. Twice the rows with the same strength give the same coefficients.
    l1_ratio : float
        Share of the absolute values, 0 (ridge) to 1 (lasso).
    standardise : bool
        True: the coefficients are those of columns of variance 1, so that units do not matter (results are in the units given all the same).
        False: those of the columns as they are, which is scikit-learn's way.

    Examples
    --------
    >>> ElasticNet(strength=0.1, l1_ratio=0.5).weights
    (0.05, 0.05)
    """

    strength: float = 1.0
    l1_ratio: float = 0.5
    standardise: bool = True

    def __post_init__(self):
        checks.real(self.strength, "strength", minimum=0.0)
        checks.real(self.l1_ratio, "l1_ratio", minimum=0.0, maximum=1.0)

    @property
    def weights(self):
        """Those of the absolute values, and of half the squares."""
        return self.strength * self.l1_ratio, self.strength * (1.0 - self.l1_ratio)


@dataclass(frozen=True)
class Ridge(ElasticNet):
    """Half the squares of coefficients: `ElasticNet` of share 0.

    Examples
    --------
    >>> Ridge(strength=2.0).weights
    (0.0, 2.0)
    """

    l1_ratio: float = 0.0

    def __post_init__(self):
        super().__post_init__()
        checks.real(self.l1_ratio, "l1_ratio of Ridge", minimum=0.0, maximum=0.0, remedy="use ElasticNet for a share of absolute values")


@dataclass(frozen=True)
class Lasso(ElasticNet):
    """The absolute values of coefficients: `ElasticNet` of share 1.

    Examples
    --------
    >>> Lasso(strength=2.0).weights
    (2.0, 0.0)
    """

    l1_ratio: float = 1.0

    def __post_init__(self):
        super().__post_init__()
        checks.real(self.l1_ratio, "l1_ratio of Lasso", minimum=1.0, maximum=1.0, remedy="use ElasticNet for a share of squares")
