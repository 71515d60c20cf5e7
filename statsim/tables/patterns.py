"""What identifiers look like, and fresh ones of that look.

A pattern is a sequence of positions, each with the characters it may hold; one character means a literal, and literals
are learnt only where all rows share them. No value is stored. Row r of a data set gets the r-th value of a keyed
permutation of all values of the pattern, so values never repeat, however the rows are split into requests. Where the
rows outnumber the pattern's values, a counter is appended. Real values are not known when sampling, so a fresh value may
equal a real one by chance.
"""

import string
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from statsim.kernels.patterns import fill_pattern
from statsim.tables.permutation import LARGEST, permute

_CLASSES = tuple(
    "".join(sorted(set(characters)))
    for characters in (
        string.digits,
        string.digits + "abcdef",
        string.digits + "ABCDEF",
        string.ascii_lowercase,
        string.ascii_uppercase,
        string.ascii_lowercase + string.digits,
        string.ascii_uppercase + string.digits,
        string.ascii_letters,
        string.ascii_letters + string.digits,
    )
)
_UUID = ((_CLASSES[1], 8), ("-", 1), (_CLASSES[1], 4), ("-", 1), ("4", 1), (_CLASSES[1], 3), ("-", 1), ("89ab", 1),
         (_CLASSES[1], 3), ("-", 1), (_CLASSES[1], 12))  # fmt: skip
_EMAIL = ((string.ascii_lowercase, 10), *((character, 1) for character in "@example.com"))
_UUID_LIKE = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
_EMAIL_LIKE = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
_LONGEST = 256
_SALT = 0xD1342543DE82EF95


@dataclass(frozen=True)
class Pattern:
    """Positions of an identifier: `runs` of (characters allowed, how many such positions).

    Examples
    --------
    >>> pattern = Pattern((("AB", 1), ("-", 1), ("0123456789", 2)))
    >>> pattern.size
    200
    >>> key = np.array([3, 4], dtype=np.uint64)
    >>> len(set(pattern.values(np.arange(250, dtype=np.uint64), key).to_pylist()))
    250
    """

    runs: tuple

    def __post_init__(self):
        runs = tuple((str(characters), int(repeat)) for characters, repeat in self.runs)
        if any(not characters or len(set(characters)) != len(characters) or repeat < 1 for characters, repeat in runs):
            raise ValueError("each run of a pattern is (distinct characters, how many positions >= 1)")
        if not 1 <= sum(repeat for _, repeat in runs) <= _LONGEST:
            raise ValueError(f"a pattern has 1 to {_LONGEST} positions")
        if any(len(characters) > 1 and not characters.isascii() for characters, _ in runs):
            raise ValueError("a position with a choice of characters must be ASCII")
        object.__setattr__(self, "runs", runs)

    @cached_property
    def _positions(self):
        """Characters allowed at each position."""
        return tuple(characters for characters, repeat in self.runs for _ in range(repeat))

    def to_document(self):
        """The runs as JSON values."""
        return [list(run) for run in self.runs]

    @property
    def size(self):
        """Number of values of the pattern (a Python integer: may be huge)."""
        return int(np.prod([len(characters) for characters in self._positions], dtype=object))

    @cached_property
    def _permuted(self):
        """Positions, counted from the right, that the permutation fills, and how many values they have together."""
        size, chosen = 1, []
        for position in reversed(range(len(self._positions))):
            if size * len(self._positions[position]) > LARGEST:
                break
            size *= len(self._positions[position])
            chosen.append(position)
        return chosen, size

    def values(self, rows, key):
        """Values of the rows numbered `rows` (n,) uint64 under `key` (2,) uint64, as an Arrow text array."""
        import pyarrow as pa
        import pyarrow.compute as pc

        _, size = self._permuted
        epoch, number = np.divmod(np.asarray(rows, np.uint64), np.uint64(size))
        text = _fixed_width_text(self._characters(number, rows, key))
        if not epoch.any():
            return text
        empty = pa.scalar("", pa.large_string())
        suffix = pc.if_else(pa.array(epoch == 0), empty, pa.array(epoch).cast(pa.large_string()))
        return pc.binary_join_element_wise(text, suffix, empty)

    @cached_property
    def _bytes(self):
        """Per output byte: characters, where they begin, how many, and the salt of those that the permutation does not fill."""
        chosen, _ = self._permuted
        alphabets, salts = [], []
        for position, characters in enumerate(self._positions):
            literal = len(characters) == 1
            alphabets += [bytes([byte]) for byte in characters.encode()] if literal else [characters.encode()]
            salts += [0] * len(characters.encode()) if literal else [0 if position in chosen else (position + 1) * _SALT % 2**64]
        radix = np.array([len(alphabet) for alphabet in alphabets], np.uint64)
        first = np.cumsum(radix.astype(np.int64)) - radix.astype(np.int64)
        return np.frombuffer(b"".join(alphabets), np.uint8), first, radix, np.array(salts, np.uint64)

    def _characters(self, number, rows, key):
        """UTF-8 bytes (n, width) of the values."""
        _, size = self._permuted
        characters, first, radix, salt = self._bytes
        out = np.empty((len(number), len(radix)), np.uint8)
        with np.errstate(over="ignore"):  # 64-bit wrap-around is meant; NumPy warns of it where kernels run interpreted
            fill_pattern(permute(number, size, key), np.asarray(rows, np.uint64), key[0], key[1], characters, first, radix, salt, out)
        return out


def _fixed_width_text(characters):
    """Arrow large_string array of rows of bytes (n, width)."""
    import pyarrow as pa

    n, width = characters.shape
    offsets = np.arange(n + 1, dtype=np.int64) * width
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(characters))]
    return pa.Array.from_buffers(pa.large_string(), n, buffers)


def learn_pattern(values):
    """Pattern of identifier-like text.

    Parameters
    ----------
    values : pyarrow text array without nulls, at least one value

    Returns
    -------
    Pattern
    """
    import pyarrow.compute as pc

    for likeness, runs in ((_UUID_LIKE, _UUID), (_EMAIL_LIKE, _EMAIL)):
        if pc.all(pc.match_substring_regex(values, likeness)).as_py():
            return Pattern(runs)
    texts = [text[:_LONGEST] or "-" for text in values.to_pylist()]
    length = {len(text) for text in texts}
    return _by_position(texts) if len(length) == 1 else _by_ends(texts)


def learn_digits(n_digits):
    """Pattern of integers of `n_digits` digits, the first not 0."""
    rest = ((string.digits, n_digits - 1),) if n_digits > 1 else ()
    return Pattern((("123456789", 1), *rest))


def _class_of(characters):
    """The smallest class that holds all `characters`; letters and digits where none does."""
    return next((group for group in _CLASSES if characters <= set(group)), _CLASSES[-1])


def _by_position(texts):
    """All values equally long: literals and classes position by position."""
    sets = [set(column) for column in zip(*texts, strict=True)]
    free = set().union(*(characters for characters in sets if len(characters) > 1))
    whole = _class_of(free)
    hexadecimal = whole in _CLASSES[1:3]  # by chance some positions of a short table show digits only
    classes = [next(iter(c)) if len(c) == 1 else whole if hexadecimal else _class_of(c) for c in sets]
    return Pattern(tuple(_runs(classes)))


def _by_ends(texts):
    """Values of several lengths: what all begin and end with, and one class in between, as long as the mean."""
    first, last = min(texts), max(texts)
    shortest = min(map(len, texts))
    head = next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), shortest)
    head = min(head, shortest)
    backwards = [text[head:][::-1] for text in texts]
    first, last = min(backwards), max(backwards)
    tail = next((i for i, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]), min(map(len, backwards)))
    middles = [text[head : len(text) - tail] for text in texts]
    group = _class_of({c for c in set().union(*middles) if c.isascii() and c.isalnum()} or {"a"})
    width = max(1, round(sum(map(len, middles)) / len(middles)))
    ending = texts[0][len(texts[0]) - tail :] if tail else ""
    return Pattern(tuple(_runs([*texts[0][:head], *[group] * width, *ending])))


def _runs(classes):
    """Run-length form of the positions."""
    runs = []
    for characters in classes:
        if runs and runs[-1][0] == characters:
            runs[-1] = (characters, runs[-1][1] + 1)
        else:
            runs.append((characters, 1))
    return runs
