"""How wide a kernel should be: one selector a file."""
