"""How wide data are, as a positive number."""

import math


def spread(data):
    """Standard deviation of whole observations; where they are all alike, their size, else 1."""
    deviation = math.sqrt(data.squares / data.total_weight)
    return deviation if deviation > 0 else abs(data.mean) or 1.0
