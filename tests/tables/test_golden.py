"""Values that must never change without a new stream version: margins and identifiers, the same on every machine."""

import hashlib

import numpy as np

from statsim.tables.margins import Margin
from statsim.tables.patterns import Pattern

KEY = np.array([2**63 + 11, 12], np.uint64)


def digest(data):
    return hashlib.sha256(data).hexdigest()[:16]


def test_margins():
    z = np.arange(-65_536, 65_536) * 2.0**-13
    bounded = Margin((-1.5, -0.25, 0.5, 1.75), (0.1, 0.3, 0.7, 0.8), lower=0.0, upper=1.0)
    free = Margin((-1.0, 1.0), (-3.7, 11.3))
    assert digest(bounded.to_x(z).tobytes() + free.to_x(z).tobytes()) == "7ffe95435f9f8cca"


def test_identifiers():
    rows = np.uint64(10**12) + np.arange(5000, dtype=np.uint64)
    wide = Pattern((("I", 1), ("0123456789abcdef", 32)))
    narrow = Pattern((("A", 1), ("0123456789", 3)))
    text = wide.values(rows, KEY).to_pylist() + narrow.values(rows, KEY).to_pylist()
    assert digest("\n".join(text).encode()) == "17a3631d43825741"
