r"""How many blocks: the integrated classification likelihood of Daudin, Picard, Robin (2008), section 4.

:math:`ICL = \log P(g, \hat z) - \tfrac12 P \log N - \tfrac{K - 1}{2} \log n` for N pairs and P parameters of the blocks; higher is better.
"""

import numpy as np

from statsim.models.graphs.block_steps import BlockSteps


def icl(steps, labels):
    """The criterion for labels (n,), the parameters at their best for them; a degree-corrected model also pays for its weights of nodes."""
    K, n = steps.K, steps.graph.n_nodes
    tau = np.eye(K)[labels]
    state_alpha, rates = steps.maximised(tau)
    log_alpha, W, V = steps.tables(state_alpha, rates)
    counts, exposures, (loop_counts, loop_pairs) = steps.sums(tau)
    complete = float(np.sum((counts + loop_counts) * W) + np.sum((exposures + loop_pairs) * V) + np.sum(tau @ log_alpha)) + steps.offset
    directed = steps.graph.directed
    pairs = n * (n - 1) / (1 if directed else 2)
    blocks = K * K if directed else K * (K + 1) / 2
    return float(complete - 0.5 * blocks * np.log(max(pairs, 2)) - 0.5 * (K - 1) * np.log(max(n, 2)))


def chosen_blocks(graph, numbers, method, *, key, loops, degree_corrected, patience=2):
    """(steps, state, result, criteria by number) of the number with the highest criterion; a search stops `patience` numbers after the best."""
    best, criteria = None, {}
    for K in numbers:
        steps = BlockSteps(graph, K, loops=loops, degree_corrected=degree_corrected)
        state, result = method.fit(steps, key=key)
        criteria[K] = icl(steps, state.tau.argmax(axis=1))
        if best is None or criteria[K] > criteria[best[0].K]:
            best = steps, state, result
        elif K - best[0].K >= patience:
            break
    return *best, criteria
