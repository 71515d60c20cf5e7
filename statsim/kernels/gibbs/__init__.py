"""Gibbs sampling: the sweep over updates called by address, the moves for coordinates without a closed form, conjugate updates."""
