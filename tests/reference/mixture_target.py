"""Log density of a Gaussian mixture and its gradient, term by term with inverse matrices."""

import numpy as np


def value_and_gradient(x, weights, means, covariances):
    joint, slopes = [], []
    for weight, mean, covariance in zip(weights, means, covariances, strict=True):
        precision = np.linalg.inv(covariance)
        delta = x - mean
        _, log_determinant = np.linalg.slogdet(2 * np.pi * covariance)
        joint.append(np.log(weight) - 0.5 * log_determinant - 0.5 * delta @ precision @ delta)
        slopes.append(-precision @ delta)
    top = max(joint)
    share = np.exp(np.array(joint) - top)
    return top + np.log(share.sum()), share @ np.array(slopes) / share.sum()
