"""
What if? Exact conditional laws
===============================

A mixture given some of its columns is again a mixture, so ``given`` is exact: no rejection, no weights.
"""

# %%
# A law of two columns, and what it says about the second when the first is known.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

model = ss.GaussianMixture.from_parameters(
    weights=[0.5, 0.5], means=[[0, 0], [2, 3]], covariances=[[[1, -0.7], [-0.7, 1]], [[0.6, 0.3], [0.3, 0.4]]]
)
axis = np.linspace(-4, 5, 200)
values = (-1.0, 0.8, 2.5)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained")
left.scatter(*model.sample(3_000, rng=1).T, s=3, color="silver")
for value in values:
    conditional = model.given({0: value})
    line = right.plot(axis, np.exp(conditional.score_samples(axis[:, None])), label=f"given column 0 = {value}")[0]
    left.axvline(value, color=line.get_color())
    print(f"column 0 = {value}: weights {conditional.weights_.round(3)}, means {conditional.means_.ravel().round(3)}")
right.legend()
plt.show()

# %%
# The same by brute force: keep the rows of a large sample whose first column is near 0.8. It agrees, at the price of 99 rows in 100.

rows = model.sample(1_000_000, rng=2)
near = rows[np.abs(rows[:, 0] - 0.8) < 0.02, 1]
exact = model.given({0: 0.8}).sample(len(near), rng=3)
print(f"{len(near)} rows kept; mean {near.mean():.3f} and {exact.mean():.3f}, sd {near.std():.3f} and {exact.std():.3f}")
