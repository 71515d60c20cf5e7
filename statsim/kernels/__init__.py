"""Compiled loops: arrays in, arrays out. Nothing here knows a model."""
