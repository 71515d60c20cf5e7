"""Pictures of draws: `plot` chooses one by its name; each kind has a file of its own."""
