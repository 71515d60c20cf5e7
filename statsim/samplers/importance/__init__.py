"""Importance sampling: fixed, mixed and adaptive proposals, resampling."""
