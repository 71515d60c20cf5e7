r"""Standard errors from one graph by leaving out a node at a time: :math:`\sum_i (Z_{(i)} - \bar Z)^2` (Lin, Lunde, Sarkar 2020, ICML).

Z is a statistic scaled so that it has a limit in a growing graph: a density or a ratio of counts. For graphs whose nodes can be exchanged the
error is on the large side, never too small in the limit (an Efron-Stein inequality).
"""

import numpy as np


def jackknife_error(without):
    """Standard error from the values (n,) without each node; NaN for fewer than two nodes or where a value is not finite."""
    if len(without) < 2 or not np.isfinite(without).all():
        return float("nan")
    return float(np.sqrt(np.sum((without - without.mean()) ** 2)))
