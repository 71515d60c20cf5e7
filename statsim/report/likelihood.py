"""The section on likelihood: real rows under the model, beside rows of the model itself."""

import numpy as np

from statsim.metrics.log_likelihood import held_out_log_likelihood, likelihood_gap
from statsim.metrics.wording import number

_MOST_ROWS = 100_000


def likelihood_scores(model, real, synthetic):
    """Log densities (n,) of the real rows and (m,) of the synthetic rows under `model`, of at most 100,000 rows each."""
    return tuple(np.asarray(model.score_samples(frame[:_MOST_ROWS])) for frame in (real, synthetic))


def likelihood_view(scores):
    """What the template shows; None without scores."""
    if scores is None:
        return None
    real, own = scores
    possible = real[np.isfinite(real)]
    gap = likelihood_gap(possible, own) if len(possible) > 1 else None
    return {
        "real": _shown(possible) if gap else "–",
        "own": _shown(own),
        "gap": f"{number(gap.value, gap.error)} ± {number(gap.error, gap.error)}" if gap else "–",
        "p": "not tested" if gap is None or np.isnan(gap.p_value) else f"p = {gap.p_value:.2g}",
        "impossible": f"{len(real) - len(possible):,}",
        "n_real": f"{len(real):,}",
        "n_own": f"{len(own):,}",
    }


def _shown(scores):
    score = held_out_log_likelihood(scores)
    return f"{number(score.value, score.error)} ± {number(score.error, score.error)}"
