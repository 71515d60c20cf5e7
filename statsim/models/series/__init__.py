"""Autoregressions, ARMA and linear Gaussian state space models."""
