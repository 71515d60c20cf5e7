"""Decoding is on the path of every streamed row: it must stay far from being its bottleneck."""

import time

import numpy as np

from statsim.data import load_penguins
from statsim.tables.codec import decode, encode
from statsim.tables.learning import learn_schema

KEY = np.array([1, 2], np.uint64)


def test_a_million_rows_in_five_columns_decode_quickly():
    import time

    frame = load_penguins().select(["species", "bill_length_mm", "bill_depth_mm", "body_mass_g", "year"])
    schema = learn_schema(frame)
    arrays = encode(frame, schema).take(np.arange(10**6) % frame.num_rows)
    decode(arrays.take(slice(0, 10)), schema, row_numbers=0, key=KEY)
    began = time.process_time()
    decode(arrays, schema, row_numbers=0, key=KEY)
    assert time.process_time() - began < 0.5
