"""The command line: one command per file, all heavy imports inside the commands, so that `--help` answers at once."""
