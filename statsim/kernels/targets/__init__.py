"""How compiled samplers evaluate a target: a call by address, and the transforms of constrained parameters."""
