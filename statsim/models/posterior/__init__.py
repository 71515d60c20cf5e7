"""What models do with draws of their parameters: predictive laws, plug-in values, files."""
