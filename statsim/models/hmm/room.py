"""Working memory that is used again: fresh pages cost a pass over sequences more than its arithmetic."""

import math
import threading

import numpy as np


_KEPT = 1 << 20  # numbers of an array that a thread keeps for ever: eight megabytes


class Room:
    """Arrays by name, each a part of a buffer that grows as needed, up to `most` numbers. Not for several threads at once."""

    def __init__(self, most=math.inf):
        self._buffers, self._most = {}, most

    def array(self, name, shape):
        """A float64 array of this shape with anything in it; unless it is larger than what is kept, that of the last call with this name."""
        size = math.prod(shape)
        if size > self._most:
            return np.empty(shape)
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size:
            buffer = self._buffers[name] = np.empty(size)
        return buffer[:size].reshape(shape)


class _Own(threading.local):
    def __init__(self):
        self.room = Room(_KEPT)


_OWN = _Own()


def own_room():
    """The room of this thread."""
    return _OWN.room
