"""Distance of an estimate from the truth in standard errors."""

import math

from statsim.testing.inputs import check_positive


def z_score(estimate, truth, *, sd, ess):
    """The distance ``|estimate - truth| / (sd / sqrt(ess))``.

    Parameters
    ----------
    estimate, truth : float
    sd : float
        Standard deviation of one draw.
    ess : float
        Effective number of independent draws behind the estimate.

    Examples
    --------
    >>> from statsim import testing
    >>> testing.z_score(0.02, 0.0, sd=1.0, ess=10_000)
    2.0
    """
    check_positive(sd, "sd")
    check_positive(ess, "ess")
    return abs(estimate - truth) / (sd / math.sqrt(ess))
