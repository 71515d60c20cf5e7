"""Laws and models that the tests of series run over."""

import numpy as np

import statsim as ss

TWO = {
    "coefficients": np.array([[[0.5, 0.2], [-0.3, 0.4]], [[-0.2, 0.1], [0.0, 0.3]]]),
    "noise_covariance": np.array([[1.0, 0.6], [0.6, 2.0]]),
    "intercept": np.array([1.0, -2.0]),
}
DRIFT = np.array([0.1, 0.05])
EXPLOSIVE = {"coefficients": np.array([[[1.1, 0.0], [0.2, 0.9]]]), "noise_covariance": np.eye(2), "initial": np.array([[1.0, -1.0]])}
SPACE = {
    "transition": np.array([[0.8, 0.3], [-0.2, 0.5]]),
    "observation": np.array([[1.0, 0.5], [0.0, 1.0], [2.0, -1.0]]),
    "state_covariance": np.array([[1.0, 0.3], [0.3, 0.5]]),
    "observation_covariance": np.array([[0.5, 0.1, 0.0], [0.1, 0.4, 0.2], [0.0, 0.2, 1.0]]),
    "state_intercept": np.array([0.5, -0.5]),
    "observation_intercept": np.array([1.0, 2.0, 3.0]),
}


def local_level(level=0.25, noise=1.0):
    """The local level model, begun at a known law."""
    return ss.StateSpace.from_parameters(
        transition=[[1.0]], observation=[[1.0]], state_covariance=[[level]], observation_covariance=[[noise]], initial_mean=[0.0], initial_covariance=[[2.0]]
    )


MODELS = {
    "AR(0)": lambda: ss.AutoRegression.from_parameters(coefficients=[], intercept=2.0, noise_variance=3.0),
    "AR(3)": lambda: ss.AutoRegression.from_parameters(coefficients=[0.5, -0.3, 0.2], intercept=1.0, noise_variance=2.0),
    "AR(1) with a slope": lambda: ss.AutoRegression.from_parameters(coefficients=[0.6], intercept=1.0, slope=0.25, noise_variance=0.5),
    "random walk": lambda: ss.AutoRegression.from_parameters(coefficients=[1.0], noise_variance=1.0, initial=[5.0]),
    "VAR(2)": lambda: ss.VectorAutoRegression.from_parameters(**TWO),
    "VAR(2) with a slope": lambda: ss.VectorAutoRegression.from_parameters(**TWO, slope=DRIFT),
    "explosive VAR(1)": lambda: ss.VectorAutoRegression.from_parameters(**EXPLOSIVE),
    "VAR(0)": lambda: ss.VectorAutoRegression.from_parameters(coefficients=np.empty((0, 2, 2)), noise_covariance=[[1.0, 0.5], [0.5, 1.0]]),
    "ARMA(2, 1)": lambda: ss.ARMA.from_parameters(ar=[0.5, 0.3], ma=[0.7], intercept=1.0, noise_variance=2.0),
    "ARMA(1, 2) with a slope": lambda: ss.ARMA.from_parameters(ar=[0.6], ma=[0.5, -0.2], intercept=1.0, slope=0.25, noise_variance=0.5),
    "ARMA(2, 1) with a unit root": lambda: ss.ARMA.from_parameters(ar=[1.5, -0.5], ma=[0.4], intercept=0.2, noise_variance=1.0, initial=[4.0, 5.0]),
    "explosive ARMA(1, 1) with a slope": lambda: ss.ARMA.from_parameters(ar=[1.02], ma=[0.4], intercept=0.2, slope=0.1, noise_variance=1.0, initial=[1.0]),
    "MA(2), not invertible": lambda: ss.ARMA.from_parameters(ma=[2.0, -0.5], noise_variance=1.0),
    "state space": lambda: ss.StateSpace.from_parameters(**SPACE),
    "local level": local_level,
}


def law_of(model, n):
    """Mean and covariance of n steps of an autoregression or an ARMA series, from its fitted attributes and `tests.reference.series`."""
    from tests.reference import series as twin

    if isinstance(model, ss.ARMA):
        if model.initial_ is not None:
            return twin.arma_law_after(model.ar_, model.ma_, model.intercept_, model.slope_, model.noise_variance_, n, model.initial_)
        gamma = twin.arma_autocovariances(model.ar_, model.ma_, model.noise_variance_, n)
        rest, weighted = 1 - model.ar_.sum(), model.ar_ @ np.arange(1, len(model.ar_) + 1)
        b = model.slope_ / rest
        return (model.intercept_ - weighted * b) / rest + b * np.arange(1, n + 1), gamma[np.abs(np.subtract.outer(np.arange(n), np.arange(n)))]
    if isinstance(model, ss.StateSpace):
        m = len(model.initial_mean_)
        mean, covariance = twin.state_space_law(*symbols(model), n)
        return mean[n * m :], covariance[n * m :, n * m :]
    if isinstance(model, ss.AutoRegression):
        initial = None if model.initial_ is None else model.initial_[:, None]
        return twin.autoregression_law(
            model.coefficients_[:, None, None], np.array([model.intercept_]), np.array([model.slope_]), np.array([[model.noise_variance_]]), n, initial
        )
    return twin.autoregression_law(model.coefficients_, model.intercept_, model.slope_, model.noise_covariance_, n, model.initial_)


def symbols(model):
    """T, Z, Q, H, c, d, a1, P1 of a `StateSpace`."""
    return (
        model.transition_, model.observation_, model.state_covariance_, model.observation_covariance_, model.state_intercept_,
        model.observation_intercept_, model.initial_mean_, model.initial_covariance_,
    )  # fmt: skip


def gappy(values, rng, share=0.3):
    """A copy with missing values, and one step with none known."""
    values = values.copy()
    values[rng.random(values.shape) < share] = np.nan
    values[len(values) // 2] = np.nan
    return values
