"""Paths from an easy density to the target: parallel tempering and sequential Monte Carlo."""
