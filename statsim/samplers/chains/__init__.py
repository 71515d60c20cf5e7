"""The driver of chains: starts, warm-up, threads, progress, stops and checkpoints."""
