"""What is to come, and with what spread."""

from dataclasses import dataclass

import numpy as np

from statsim import checks


@dataclass(frozen=True)
class Forecast:
    """Normal laws of the next steps.

    Attributes
    ----------
    mean : ndarray (steps, n_features)
    covariance : ndarray (steps, n_features, n_features)
        Of each step on its own.
    """

    mean: np.ndarray
    covariance: np.ndarray

    @property
    def standard_deviation(self):
        """Standard deviation (steps, n_features) of each value."""
        return np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))

    def interval(self, probability=0.95):
        """Lower and upper bounds, each (steps, n_features), that hold each value with `probability`.

        Examples
        --------
        >>> low, high = Forecast(np.zeros((1, 1)), np.ones((1, 1, 1))).interval(0.95)
        >>> round(float(high[0, 0]), 4)
        1.96
        """
        from scipy.special import ndtri

        half = ndtri(0.5 + 0.5 * checks.real(probability, "probability", minimum=0.0, maximum=1.0)) * self.standard_deviation
        return self.mean - half, self.mean + half
