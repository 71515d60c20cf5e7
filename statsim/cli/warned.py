"""The package's warnings, collected to be told with a result."""

import contextlib
import warnings

from statsim.errors import StatsimWarning


@contextlib.contextmanager
def collected():
    """A list that gathers the text of every `StatsimWarning` within the block; other warnings go their usual way."""
    with warnings.catch_warnings():
        usual, gathered = warnings.showwarning, []
        warnings.simplefilter("always", StatsimWarning)

        def show(message, category, *place, **more):
            if issubclass(category, StatsimWarning):
                gathered.append(" ".join(str(message).split()))
            else:
                usual(message, category, *place, **more)

        warnings.showwarning = show
        yield gathered
