"""What goes into the history and what comes out of it."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from milepost.domain.event import Event


class SealedRow(Struct, frozen=True, gc=False):
    """One row of the journal. `seq` is its commit, `raw` the payload that it was read from."""

    event: Event
    tenant: int
    seq: int
    raw: int | None


class PartInfo(Struct, frozen=True, array_like=True, gc=False):
    """One Parquet file of one sealed day. `first` and `last` are its least and greatest parcel."""

    name: str
    day: int
    events: int
    parcels: int
    bytes: int
    first: int
    last: int


class SealedDay(Struct, frozen=True):
    """All that is sealed of one day. `bytes` are those of its Parquet files, without the index.

    A parcel that was sealed twice on one day (late events) counts in `parcels` once for each part.
    """

    day: date
    parts: tuple[str, ...]
    events: int
    parcels: int
    bytes: int
