"""Series: autoregressions and linear Gaussian state space models, in plain loops."""
