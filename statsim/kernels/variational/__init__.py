"""Variational approximations: many points of a target at once."""
