r"""Stacking of predictive laws: weights that maximise :math:`\sum_i \log \sum_k w_k p_k(x_i)`, the score of the mixture of the models.

Y. Yao, A. Vehtari, D. Simpson, A. Gelman (2018), Bayesian Analysis 13, equation 4. The problem is concave, and its EM steps are those of the
weights of a mixture: :math:`w_k \leftarrow w_k \bar g_k`, :math:`g_k = \operatorname{mean}_i p_k(x_i) / \sum_j w_j p_j(x_i)`.
At the optimum no :math:`g_k` is above 1, and the score per row is within :math:`\max_k g_k - 1` of the best one at any weights.
"""

import numpy as np

from statsim.errors import ArgumentError

_GAP = 1e-8  # per row
_MOST_STEPS = 50_000


def stacking_weights(log_scores):
    """Weights (k,) of models from their log scores of the same rows (n, k).

    Raises
    ------
    ArgumentError
        When some row has density 0 under all models.

    Examples
    --------
    >>> stacking_weights(np.log([[0.9, 0.1], [0.1, 0.9]])).round(6).tolist()
    [0.5, 0.5]
    """
    top = log_scores.max(axis=1)
    if not np.isfinite(top).all():
        place = int(np.argmin(np.isfinite(top)))
        raise ArgumentError(f"row {place} has log score {top[place]} under every model: there is no mixture of them that explains it; use weights=None and look at that row")
    shares = np.exp(log_scores - top[:, None])
    weights = np.full(shares.shape[1], 1.0 / shares.shape[1])
    for _ in range(_MOST_STEPS):
        gains = (shares / (shares @ weights)[:, None]).mean(axis=0)
        if gains.max() - 1.0 < _GAP:
            break
        weights = weights * gains
    return weights / weights.sum()
