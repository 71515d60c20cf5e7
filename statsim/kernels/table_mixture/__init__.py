"""Loops of the mixture over mixed-type rows."""
