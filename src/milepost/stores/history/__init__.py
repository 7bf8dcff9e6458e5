"""Closed roads, sealed by day into Parquet and read back by parcel key."""

from milepost.stores.history.rows import SealedDay, SealedRow
from milepost.stores.history.store import History

__all__ = ["History", "SealedDay", "SealedRow"]
