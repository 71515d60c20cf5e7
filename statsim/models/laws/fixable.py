"""Laws some of whose parameters may be known."""


class Fixable:
    """Adds `fixed` to the constructor of a law of several parameters."""

    def __init__(self, *, fixed=None, method="mle", rng=None):
        super().__init__(method=method, rng=rng)
        self.fixed = fixed
