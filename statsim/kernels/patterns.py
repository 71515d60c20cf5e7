"""Numbers to text of a fixed width: digits in mixed radix, each written with the characters of its position."""

import numpy as np

from statsim.kernels.jit import inlined, kernel

_U27, _U30, _U31 = np.uint64(27), np.uint64(30), np.uint64(31)
_M1, _M2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@inlined
def mix_word(word):
    """SplitMix64's finaliser (Steele, Lea and Flood 2014)."""
    word = (word ^ (word >> _U30)) * _M1
    word = (word ^ (word >> _U27)) * _M2
    return word ^ (word >> _U31)


@kernel
def fill_pattern(number, rows, key0, key1, characters, first, radix, salt, out):
    """Write the text of row i into `out` (n, width) uint8.

    Position j holds one of `characters[first[j] : first[j] + radix[j]]`. Where `salt[j]` is 0 the choice is the next digit of
    `number[i]` (from the right), else a hash of the row, the key and the salt.
    """
    for i in range(number.size):
        rest = number[i]
        for j in range(out.shape[1] - 1, -1, -1):
            if radix[j] == 1:
                digit = np.uint64(0)
            elif salt[j] == 0:
                whole = rest // radix[j]
                digit = rest - whole * radix[j]
                rest = whole
            else:
                digit = mix_word(mix_word(rows[i] ^ key0) ^ key1 ^ salt[j]) % radix[j]
            out[i, j] = characters[first[j] + np.int64(digit)]
