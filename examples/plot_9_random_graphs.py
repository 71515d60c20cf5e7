"""
Blocks, degrees, positions: three graphs and what a fit finds
=============================================================

Three laws of graphs with 120 nodes and about as many edges: blocks, given expected degrees, and positions in the plane. Their matrices, their
degrees, and how many blocks the block model finds in each.
"""

# %%
# The positions are drawn by a Gaussian mixture, as any model of rows could draw them.

import matplotlib.pyplot as plt
import numpy as np

import statsim as ss
from statsim.metrics.graphs import degree_law, summarise_graphs

n, labels = 120, np.repeat([0, 1, 2, 3], 30)
rng = np.random.default_rng(4)
islands = ss.GaussianMixture.from_parameters(weights=np.full(3, 1 / 3), means=[[0, 0], [4, 0], [2, 3.4]], covariances=[np.eye(2) * 0.8] * 3)
models = {
    "blocks": ss.StochasticBlockModel.from_parameters(block_probabilities=np.full((4, 4), 0.02) + 0.25 * np.eye(4), labels=labels),
    "expected degrees": ss.ChungLuGraph.from_parameters(expected_degrees=np.sort(np.minimum(4 * (rng.pareto(1.8, n) + 1), 60))[::-1]),
    "positions": ss.LatentPositionGraph.from_parameters(n_nodes=n, features=islands, intercept=1.2, coefficients={"distance": -2.0}),
}

# %%
# One graph of each, named by its seed. The block model chooses its number of blocks by the integrated classification likelihood; nodes are
# drawn in the order of the blocks it finds.

found = {}
for name, model in models.items():
    graph, latent = model.sample(rng=11, return_latent=True)
    blocks = ss.StochasticBlockModel("auto", rng=0).fit(graph)
    found[name] = graph, latent, blocks
    print(name, summarise_graphs(graph), f"{len(blocks.weights_)} blocks", sep="\n", end="\n\n")

# %%
# Above the graphs, below the degrees with Wilson's intervals. Heavy-tailed degrees look like blocks to a model that knows nothing of degrees: the
# degree-corrected one finds none there.

corrected = ss.StochasticBlockModel("auto", degree_corrected=True, rng=0).fit(found["expected degrees"][0])
print(f"expected degrees, degree-corrected: {len(corrected.weights_)} block(s)")

figure, axes = plt.subplots(2, 3, figsize=(10, 6.4), layout="constrained", height_ratios=(2, 1))
for (name, (graph, latent, blocks)), (top, bottom) in zip(found.items(), axes.T, strict=True):
    edges = np.argwhere(np.triu(graph.toarray()))
    if name == "positions":
        top.plot(*latent[edges].transpose(2, 1, 0), color="0.75", lw=0.5, zorder=1)
        top.scatter(*latent.T, c=blocks.labels_, cmap="tab10", vmax=9, s=18, zorder=2)
    else:
        order = np.argsort(blocks.labels_, kind="stable")
        place = np.argsort(order)
        ends = np.cumsum(np.bincount(blocks.labels_))[:-1]
        both = np.concatenate([edges, edges[:, ::-1]])
        top.scatter(*place[both].T, c=blocks.labels_[both[:, 0]], cmap="tab10", vmax=9, s=3)
        top.hlines(ends - 0.5, -0.5, n - 0.5, color="0.6", lw=0.6)
        top.vlines(ends - 0.5, -0.5, n - 0.5, color="0.6", lw=0.6)
        top.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal")
    top.set(title=f"{name}: {len(blocks.weights_)} blocks found", xticks=[], yticks=[])
    law = degree_law(graph)
    bottom.bar(law.degrees, law.probabilities, width=0.9, color="C0")
    bottom.vlines(law.degrees, law.low, law.high, color="0.3", lw=0.8)
    bottom.set(xlabel="degree", xlim=(-1, 50), ylim=(0, 0.3))
axes[1, 0].set_ylabel("share of the nodes")
plt.show()
