"""What a filter and a smoother find of one sequence."""

from dataclasses import dataclass

import numpy as np

from statsim.errors import ArgumentError


@dataclass(frozen=True)
class Filtered:
    """Laws of the states of one sequence: predicted (n + 1), given the past and one further, and filtered (n); see `kalman_filter`."""

    means: np.ndarray
    covariances: np.ndarray
    filtered_means: np.ndarray
    filtered_covariances: np.ndarray
    gains: np.ndarray
    precisions: np.ndarray
    innovations: np.ndarray
    densities: np.ndarray


@dataclass(frozen=True)
class Smoothed:
    """Laws of the states given all values of a sequence: means (n, m), covariances (n, m, m), and those of t + 1 and t (n - 1, m, m)."""

    means: np.ndarray
    covariances: np.ndarray
    lagged: np.ndarray


def sure_value(step):
    """The error for a value without a density."""
    return ArgumentError(
        f"the model predicts a value of step {step} without error, so it has no density; give observation_covariance or state_covariance more variance"
    )
