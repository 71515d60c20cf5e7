"""Every error and warning of the package. Each message names the argument, shows the value and says the remedy."""

import sys


class StatsimError(Exception):
    """Base of every error raised on purpose."""


class ArgumentError(StatsimError, ValueError):
    """An argument has a wrong value."""


class ArgumentTypeError(StatsimError, TypeError):
    """An argument has a wrong type."""


class DataError(StatsimError, ValueError):
    """A data file or frame cannot be used as it is."""


class FileRefusedError(StatsimError, ValueError):
    """A model file breaks the format, a limit or a version, and was not loaded."""


class FitError(StatsimError, RuntimeError):
    """No usable fit exists for these data with this model."""


class ImpossibleConditionError(StatsimError, ValueError):
    """The values conditioned on have probability (density) zero under the model."""


class TooLargeError(StatsimError, MemoryError):
    """The request needs more memory than allowed; the message says how much and how to stream it."""


class OutputError(StatsimError, OSError):
    """An output file could not be written; nothing partial was left."""


class TargetError(StatsimError, ValueError):
    """A log density is NaN, plus infinity or raises, or its gradient is wrong; the message shows the point."""


class SamplerError(StatsimError, RuntimeError):
    """A sampler cannot give what was asked for: no start inside the support, a violated bound, a spent budget."""


class StatsimWarning(UserWarning):
    """Base of every warning."""


class FitWarning(StatsimWarning):
    """A fit came back, but something about it should be looked at."""


class DataWarning(StatsimWarning):
    """Something in the data was changed, merged or looks wrong."""


class SamplerWarning(StatsimWarning):
    """Draws came back, but something about them should be looked at."""


class NotFittedError(StatsimError, ValueError, AttributeError):
    """The model has no parameters yet."""


def not_fitted(model):
    """The error for `model` without parameters; also scikit-learn's own class where scikit-learn is loaded."""
    message = (
        f"this {type(model).__name__} has no parameters yet; call fit(X) first, "
        f"or make one with {type(model).__name__}.from_parameters(...)"
    )
    exceptions = sys.modules.get("sklearn.exceptions")
    if exceptions is None:
        return NotFittedError(message)
    both = type("NotFittedError", (NotFittedError, exceptions.NotFittedError), {"__module__": __name__})
    return both(message)
