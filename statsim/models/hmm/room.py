"""Working memory that is used again: fresh pages cost a pass over sequences more than its arithmetic."""

import threading

import numpy as np


class Room:
    """Arrays by name, each a part of a buffer that grows as needed. Not for several threads at once."""

    def __init__(self):
        self._buffers = {}

    def array(self, name, shape):
        """A float64 array of this shape with anything in it; it is that of the last call with this name."""
        size = int(np.prod(shape))
        buffer = self._buffers.get(name)
        if buffer is None or buffer.size < size:
            buffer = self._buffers[name] = np.empty(size)
        return buffer[:size].reshape(shape)


class _Own(threading.local):
    def __init__(self):
        self.room = Room()


_OWN = _Own()


def own_room():
    """The room of this thread."""
    return _OWN.room
