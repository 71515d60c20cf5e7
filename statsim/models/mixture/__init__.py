"""The Gaussian mixture: its class, and the steps it supplies to the estimators."""
