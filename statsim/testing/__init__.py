"""Statistical assertions with a stated false-alarm rate and a stated detectable effect, on NumPy alone.

Every random assertion computes a statistic whose null law is exact or bounded, fails when its p-value is at most `alpha`
(4e-8 unless said otherwise), reports the smallest error that it finds with probability 1 - 1e-6, and refuses a sample that
is too small for the error named by ``detects=``. All assertions of a run are charged to one `Budget`.
"""

from statsim.testing.budget import SESSION, Budget, BudgetExceededError, current_budget
from statsim.testing.follows import assert_follows
from statsim.testing.independent import assert_independent
from statsim.testing.mean import assert_mean, batch_means
from statsim.testing.normal import assert_normal
from statsim.testing.probability import assert_probability
from statsim.testing.rows import assert_same_rows
from statsim.testing.same import assert_same_distribution
from statsim.testing.uniform import assert_uniform
from statsim.testing.variance import assert_variance
from statsim.testing.verdict import InsufficientSampleError, StatisticalAssertionError, Verdict
from statsim.testing.zscore import z_score

__all__ = [
    "SESSION",
    "Budget",
    "BudgetExceededError",
    "InsufficientSampleError",
    "StatisticalAssertionError",
    "Verdict",
    "assert_follows",
    "assert_independent",
    "assert_mean",
    "assert_normal",
    "assert_probability",
    "assert_same_distribution",
    "assert_same_rows",
    "assert_uniform",
    "assert_variance",
    "batch_means",
    "current_budget",
    "z_score",
]
