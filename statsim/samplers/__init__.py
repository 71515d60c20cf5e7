"""Samplers: draws from a target, one method per file. `sample` runs a method; `run` owns chains, warm-up and threads."""
