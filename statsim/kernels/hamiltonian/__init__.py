"""Hamiltonian Monte Carlo: the integrator, its metric, adaptation, and the transitions built on them."""
