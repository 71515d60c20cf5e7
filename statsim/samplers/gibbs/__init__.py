"""Gibbs sampling: conditionals as moves of one chain."""
