r"""Bandwidths that follow the density: Abramson (1982), On bandwidth variation in kernel estimates, Annals of Statistics 10.

Row i gets the factor :math:`\lambda_i = (f(x_i) / g)^{-\alpha}`, f the estimate with one bandwidth and g the geometric mean of its values at the rows;
alpha = 1/2 is Abramson's square-root law.
"""

import numpy as np

from statsim.models.kde.evaluation import Evaluator


def bandwidth_factors(law, sensitivity):
    """Factors (n,) for the rows of `law`, an estimate with one bandwidth."""
    pilot = Evaluator(law).log_density(law.rows)
    return np.exp(-sensitivity * (pilot - law.weights @ pilot))
