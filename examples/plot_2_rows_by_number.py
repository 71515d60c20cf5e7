"""
A model and a seed are a data set
=================================

Any row can be had without the rows before it, by any number of threads, in any pieces: the bytes are the same.
"""

# %%
# A data set of 2 to the 63 rows, of which only those asked for are computed.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss

model = ss.GaussianMixture.from_parameters(weights=[0.7, 0.3], means=[[0.0], [4.0]], covariances=[[[1.0]], [[0.25]]])
print(model.sample(3, rng=7, start=10**12).ravel())

# %%
# Pieces, threads and one request agree bit for bit.

whole = model.sample(10_000, rng=7, num_threads=2)
pieces = np.concatenate([model.sample(n, rng=7, start=start, num_threads=1) for start, n in ((0, 1), (1, 5_000), (5_001, 4_999))])
print("equal bytes:", whole.tobytes() == pieces.tobytes())

# %%
# Constant memory: the same rows in batches. Here a running histogram of two million of them.

edges = np.linspace(-4, 6, 101)
counts = sum(np.histogram(batch, edges)[0] for batch in model.sample_batches(2_000_000, rng=7))

centres = (edges[1:] + edges[:-1]) / 2
figure, panel = plt.subplots(figsize=(7, 3.6), layout="constrained")
panel.stairs(counts / counts.sum() / np.diff(edges), edges, fill=True, color="lightsteelblue", label="2,000,000 rows, in batches")
panel.plot(centres, np.exp(model.score_samples(centres[:, None])), color="black", label="exp(score_samples)")
panel.legend()
plt.show()
