"""
Would this test have noticed?
=============================

A statistical assertion is worth as much as the error it would find. Each one in `statsim.testing` states both: how
often it accuses a correct program, and the smallest error that it finds almost surely.
"""

# %%
# A correct sampler, and one that is a little wrong: its variance is 2 % too large.

import matplotlib.pyplot as plt
import numpy as np

from statsim import testing

rng = np.random.default_rng(1)
right = rng.standard_normal(600_000)
wrong = 1.01 * rng.standard_normal(600_000)

print(testing.assert_variance(right, 1.0).message)
try:
    testing.assert_variance(wrong, 1.0)
except testing.StatisticalAssertionError as error:
    print("found:", error)

# %%
# With a thousand draws that error cannot be seen. Asked to find it, the assertion refuses instead of passing.

try:
    testing.assert_variance(wrong[:1_000], 1.0, detects=0.02)
except testing.InsufficientSampleError as error:
    print("refused:", error)

# %%
# What a test of the mean finds, by the number of draws.

sizes = np.logspace(2, 6, 9).astype(int)
found = [testing.assert_mean(np.resize([-1.0, 1.0], n + n % 2), 0.0, sd=1.0).detects for n in sizes]

figure, panel = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
panel.loglog(sizes, found, "o-")
panel.set(xlabel="draws", ylabel="smallest error of the mean found", title="false alarms 1 in 10 million, misses 1 in a million")
panel.grid(alpha=0.3)
plt.show()
