r"""The stationary covariance, :math:`\Gamma = A \Gamma A' + Q`, by doubling: :math:`\Gamma = \sum_j A^j Q A'^j`.

Each round doubles the number of terms, :math:`\Gamma \leftarrow \Gamma + A \Gamma A'`, :math:`A \leftarrow A^2`; sums of positive semidefinite
matrices only, so the answer is one. Smith (1968), SIAM J. Appl. Math. 16; Anderson, Moore (1979), Optimal Filtering, section 6.7.
"""

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.series.products import add_congruence, multiply

_ROUNDS = 64


@kernel
def stationary_covariance(A, Q, out):
    """Write the solution into `out` (d, d); False when the series does not converge in 2^64 terms."""
    d = A.shape[0]
    power, square, work = A.copy(), np.empty((d, d)), np.empty((d, d))
    out[:] = Q
    for _ in range(_ROUNDS):
        before = out.copy()
        add_congruence(power, before, work, out)
        changed = False
        for i in range(d):
            for j in range(d):
                if not abs(out[i, j]) < np.inf:
                    return False
                changed = changed or out[i, j] != before[i, j]
        if not changed:
            return True
        multiply(power, power, square)
        power[:] = square
    return False
