"""Rows that come in batches: one notion of a source, whatever they come from."""

from statsim.tables.batches.batches import Batches, batches_of

__all__ = ["Batches", "batches_of"]
