"""A million rows of a Gaussian mixture."""

import mixtures
import numba
import numpy as np
from contest import Contest

from statsim.blocks import fill_rows, map_chunks
from statsim.rng import Purpose, stream_key

N = 1_000_000


def hand_sample(rng, weights, means, factors):
    """The best NumPy way: one product per component, written to the places its label has."""
    labels = rng.choice(len(weights), N, p=weights)
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.arange(len(weights) + 1))
    normals = rng.standard_normal((N, means.shape[1]))
    out = np.empty_like(normals)
    for k, factor in enumerate(factors):
        out[order[ends[k] : ends[k + 1]]] = normals[ends[k] : ends[k + 1]] @ factor.T + means[k]
    return out


def hand_sample_grouped(rng, weights, means, factors):
    """The same with rows left grouped by component, which a user would have to shuffle."""
    counts = rng.multinomial(N, weights)
    out, begin = rng.standard_normal((N, means.shape[1])), 0
    for k, count in enumerate(counts):
        part = slice(begin, begin + count)
        out[part] = out[part] @ factors[k].T + means[k]
        begin += count
    return out


@numba.njit(nogil=True)
def spin(word, steps):
    """Xorshift steps: arithmetic in registers, no memory at all."""
    for _ in range(steps):
        word ^= word << np.uint64(13)
        word ^= word >> np.uint64(7)
        word ^= word << np.uint64(17)
    return word


def spin_chunks(num_threads):
    """40 chunks of arithmetic: what a second thread is worth on this machine."""
    map_chunks(lambda chunk: spin(np.uint64(chunk + 1), 1_000_000), 40, num_threads=num_threads)


def jobs():
    ours, theirs = mixtures.our_mixture(), mixtures.sklearn_mixture()
    weights, means, covariances = mixtures.parameters()
    factors = np.linalg.cholesky(covariances)
    rng = np.random.Generator(np.random.SFC64(3))
    yield Contest(
        "mixture sample, 1e6 x 10, 8 full",
        {
            "statsim": lambda: ours.sample(N, rng=1, num_threads=1),
            "scikit-learn": lambda: theirs.sample(N),
            "NumPy by hand, rows grouped": lambda: hand_sample_grouped(rng, weights, means, factors),
            "NumPy by hand, rows mixed": lambda: hand_sample(rng, weights, means, factors),
        },
        {"scikit-learn": 3.0, "NumPy by hand, rows grouped": 1.8},
    )
    outputs = np.empty((N, means.shape[1])), np.empty(N, np.int64)
    blocks_of = ours._block_fill(stream_key(1, Purpose.SAMPLE))

    def fill(num_threads):
        fill_rows(blocks_of, start=0, n=N, outputs=outputs, num_threads=num_threads)

    yield Contest(
        "the same on two threads",
        {"statsim": lambda: ours.sample(N, rng=1, num_threads=2), "statsim, one thread": lambda: ours.sample(N, rng=1, num_threads=1)},
        {"statsim, one thread": 1.7},
    )
    yield Contest(
        "its kernels on two threads, memory already mapped",
        {"statsim": lambda: fill(2), "statsim, one thread": lambda: fill(1)},
    )
    yield Contest(
        "the machine's ceiling: arithmetic without memory on two threads",
        {"statsim": lambda: spin_chunks(2), "one thread": lambda: spin_chunks(1)},
    )
