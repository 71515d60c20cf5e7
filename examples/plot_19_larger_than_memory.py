"""
Larger than memory
==================

Online EM reads a file batch by batch, and each batch is judged before it is used: its log-likelihood under a model that has not seen it.
"""

# %%
# A million rows, drawn and written without ever being in memory together.

import os
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import pyarrow as pa

import statsim as ss
from statsim.tables.writing import TableWriter

truth = ss.GaussianMixture.from_parameters(
    weights=[0.2, 0.3, 0.5], means=[[-2.0, 0.0], [2.0, 0.5], [0.5, 3.0]], covariances=[np.eye(2) * 0.6, [[1.0, 0.6], [0.6, 1.0]], [[0.8, -0.3], [-0.3, 0.4]]]
)
folder = tempfile.TemporaryDirectory()
path = os.path.join(folder.name, "rows.parquet")
with TableWriter(path) as writer:
    for X in truth.sample_batches(1_000_000, rng=1):
        writer.write(pa.table({"x": X[:, 0], "y": X[:, 1]}))

# %%
# One step of online EM for each batch of 4096 rows, from a deliberately poor start, with and without averaging.


def poor_start(**options):
    model = ss.GaussianMixture.from_parameters(weights=[1 / 3] * 3, means=[[-1.0, -1.0], [1.0, -1.0], [0.0, 0.0]], covariances=[np.eye(2) * 4] * 3)
    return model.set_params(method=ss.OnlineEM(**options), warm_start=True)


fits = {"average of the states": poor_start(), "last state": poor_start(average=False)}
paths = {name: [] for name in fits}
for X in truth.sample_batches(1_000_000, rng=1, batch_rows=4096):
    for name, model in fits.items():
        paths[name].append(model.partial_fit(X).means_.copy())
whole = poor_start().fit(path)
print(whole.fit_result_.reason)

# %%
# Left: held-out log-likelihood of a row, batch by batch, and that of the truth. Right: how far the means are from the truth.

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
path = whole.fit_result_.path
left.plot(np.arange(1, len(path) + 1), path, ".", markersize=3, color="0.6", label="each batch, before it is used")
left.axhline(truth.score(truth.sample(200_000, rng=2)), color="C3", linewidth=1, label="the truth")
left.set(xscale="log", xlabel="batch", ylabel="log-likelihood of a row")
left.legend()
for name, means in paths.items():
    wrong = [min(np.abs(m[:, None] - truth.means_[None]).max(axis=2).min(axis=0).max(), 9.0) for m in means]
    right.loglog(np.arange(1, len(wrong) + 1), wrong, label=name)
right.loglog([20, 245], 4 / np.sqrt(4096 * np.array([20, 245.0])), "k--", linewidth=1, label=r"$1/\sqrt{n}$")
right.set(xlabel="batch", ylabel="largest error of a mean")
right.legend()
folder.cleanup()
