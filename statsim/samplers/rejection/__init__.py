"""Rejection under an envelope, and of what a predicate refuses."""
