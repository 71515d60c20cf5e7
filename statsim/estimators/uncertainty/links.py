"""The scale of one parameter on which a normal law is a better guess: logarithm of a positive one, log odds of one between two bounds."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """t(x) for x between `low` and `high`, either of which may be infinite."""

    low: float
    high: float

    def forward(self, x):
        """t at x."""
        below, above = math.isfinite(self.low), math.isfinite(self.high)
        if below and above:
            return math.log(x - self.low) - math.log(self.high - x)
        return math.log(x - self.low) if below else -math.log(self.high - x) if above else x

    def backward(self, t):
        """x at t; a bound where it is reached in doubles."""
        below, above = math.isfinite(self.low), math.isfinite(self.high)
        if below and above:
            share = 1 / (1 + math.exp(-max(t, -700.0)))
            return self.low + (self.high - self.low) * share
        if not (below or above):
            return t
        size = math.exp(min(t if below else -t, 709.0))
        return self.low + size if below else self.high - size

    def slope(self, x):
        """dt/dx at x."""
        below, above = math.isfinite(self.low), math.isfinite(self.high)
        if below and above:
            return 1 / (x - self.low) + 1 / (self.high - x)
        return 1 / (x - self.low) if below else 1 / (self.high - x) if above else 1.0
