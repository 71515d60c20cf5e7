"""How large an Arrow file unpacks, read from its messages before anything is unpacked.

A message is a flatbuffer (a table of optional fields) and a body of buffers. In a compressed body each buffer begins with
the eight bytes of its own unpacked length. Layout: Apache Arrow columnar format, "Encapsulated message format".
"""

import numpy as np

_HEADER = 2  # of a Message: the RecordBatch or DictionaryBatch
_ROWS, _BUFFERS, _COMPRESSION = 0, 2, 3  # of a RecordBatch
_ID, _DATA, _IS_DELTA = 0, 1, 2  # of a DictionaryBatch; its data are a RecordBatch


def unpacked_sizes(content):
    """Yield rows and unpacked bytes of each message of an Arrow file; of a dictionary, 0 rows.

    Parameters
    ----------
    content : pyarrow.Buffer
        From the schema on.

    Raises
    ------
    pyarrow.ArrowException, ValueError
        When it is no sequence of messages.
    """
    import pyarrow as pa

    dictionaries = {}
    for message in pa.ipc.MessageReader.open_stream(content):
        if message.type == "dictionary":
            part = _header(message)
            name = part.number(_ID, "<i8")
            before = dictionaries.get(name, 0) if part.number(_IS_DELTA, "u1") else 0
            dictionaries[name] = before + _nbytes(part.table(_DATA), message.body)
            yield 0, dictionaries[name]  # an addition makes a whole new dictionary
        elif message.type == "record batch":
            batch = _header(message)
            yield batch.number(_ROWS, "<i8"), _nbytes(batch, message.body)


def _header(message):
    return _Table.root(memoryview(message.metadata)).table(_HEADER)


def _nbytes(batch, body):
    """Unpacked bytes of a RecordBatch; a buffer that compression did not shrink is stored as it is, under the length -1."""
    places = batch.structs(_BUFFERS, 16).view("<i8").reshape(-1, 2).tolist()
    if batch.position(_COMPRESSION) is None:
        return sum(length for _, length in places)
    raw = memoryview(body or b"")
    return sum(max(_number(raw, start, "<i8"), length) for start, length in places if length > 0)


class _Table:
    """A flatbuffer table: the vtable before it says where its fields are."""

    def __init__(self, raw, start):
        self._raw, self._start = raw, start
        self._vtable = start - _number(raw, start, "<i4")

    @classmethod
    def root(cls, raw):
        return cls(raw, _number(raw, 0, "<u4"))

    def position(self, field):
        """Where a field stands; None when it is left out."""
        entry = 4 + 2 * field
        if entry >= _number(self._raw, self._vtable, "<u2"):
            return None
        offset = _number(self._raw, self._vtable + entry, "<u2")
        return self._start + offset if offset else None

    def number(self, field, dtype):
        """A field that is a number; left out, it is 0."""
        position = self.position(field)
        return 0 if position is None else _number(self._raw, position, dtype)

    def table(self, field):
        """A field that is a table itself."""
        return _Table(self._raw, self._target(field))

    def structs(self, field, size):
        """The bytes of a vector of structs of `size` bytes."""
        position = self._target(field)
        return np.frombuffer(self._raw, np.uint8, _number(self._raw, position, "<u4") * size, position + 4)

    def _target(self, field):
        position = self.position(field)
        if position is None:
            raise ValueError("a message lacks a part")
        return position + _number(self._raw, position, "<u4")


def _number(raw, position, dtype):
    if position < 0:
        raise ValueError("a message points before its beginning")
    return int(np.frombuffer(raw, dtype, 1, position)[0])
