"""statsim: data from classical statistical models."""
__version__ = "0.1.0"
