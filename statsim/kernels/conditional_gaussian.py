"""The conditional law of the later coordinates of a Gaussian given the earlier ones, by plain loops.

With the Cholesky factor in blocks L11, L21, L22, the mean moves by L21 L11^-1 (z - mean_1) and the covariance is L22 L22',
positive definite however strong the dependence. Golub, Van Loan, Matrix Computations (2013), section 4.2.
"""

from statsim.kernels.elementary import log
from statsim.kernels.jit import kernel

_HALF_LOG_2PI = float.fromhex("0x1.d67f1c864beb5p-1")


@kernel
def condition_gaussian(factor, deviation, shift, covariance):
    """Condition on the first m coordinates lying `deviation` (m,) from their mean.

    factor (d, d) lower; shift (d - m,) is what the conditional mean adds; covariance (d - m, d - m). `deviation` is overwritten.

    Returns
    -------
    float
        Log density of the first m coordinates there; -inf where it cannot be told from 0, and then `shift` is of no use.
    """
    m, d = deviation.shape[0], factor.shape[0]
    density = 0.0
    for i in range(m):
        for j in range(i):
            deviation[i] -= factor[i, j] * deviation[j]
        deviation[i] /= factor[i, i]
        density -= 0.5 * deviation[i] * deviation[i] + log(factor[i, i]) + _HALF_LOG_2PI
    for a in range(d - m):
        shift[a] = 0.0
        for j in range(m):
            shift[a] += factor[m + a, j] * deviation[j]
        for b in range(a + 1):
            total = 0.0
            for j in range(m, m + b + 1):
                total += factor[m + a, j] * factor[m + b, j]
            covariance[a, b] = total
            covariance[b, a] = total
    return density if density == density else -float("inf")
