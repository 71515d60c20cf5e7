"""Raw words of the block streams, for batteries that read standard input: `python tests/nightly/battery.py MODE | dieharder -g 200 ...`.

single       the stream of one block after another, 2**20 words of each
interleaved  eight words of block 0, of block 1, ...: what a file of many small requests is made of
one-bit      eight words of block 0 under the keys 1, 2, 4, ..., 2**127 in turn, then of block 1, ...

Ignore dieharder's tests 5, 6, 7 and 14, which fail good generators.
"""

import sys

import numpy as np

from statsim.kernels.jit import kernel
from statsim.kernels.streams import fill_uint64, seed_block

_WORDS = 8


@kernel
def _interleaved(first_block, out):
    state = np.empty(4, np.uint64)
    for i in range(out.shape[0]):
        seed_block(np.uint64(20261), np.uint64(7), np.uint64(first_block + i), state)
        fill_uint64(state, out[i])


@kernel
def _one_bit(first_block, out):
    state = np.empty(4, np.uint64)
    for i in range(out.shape[0]):
        bit = i % 128
        low = np.uint64(1) << np.uint64(bit) if bit < 64 else np.uint64(0)
        high = np.uint64(1) << np.uint64(bit - 64) if bit >= 64 else np.uint64(0)
        seed_block(low, high, np.uint64(first_block + i // 128), state)
        fill_uint64(state, out[i])


def _single(block, out):
    state = np.empty(4, np.uint64)
    seed_block(np.uint64(20261), np.uint64(7), np.uint64(block), state)
    fill_uint64(state, out.reshape(-1))


def chunks(mode):
    """Arrays of words without end."""
    fill, step = {"single": (_single, 1), "interleaved": (_interleaved, 2**17), "one-bit": (_one_bit, 2**10)}[mode]
    out, block = np.empty((2**17, _WORDS), np.uint64), 0
    while True:
        fill(block, out)
        yield out
        block += step


if __name__ == "__main__":
    try:
        for words in chunks(sys.argv[1] if len(sys.argv) > 1 else "single"):
            sys.stdout.buffer.write(words.tobytes())
    except BrokenPipeError:
        sys.stderr.close()
