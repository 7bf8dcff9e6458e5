"""Watches kept in memory, where one process alone writes them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Container, Sequence

import msgspec

from milepost.domain.event import key_of
from milepost.engine.dialects import Watch

MOST = 20_000
Key = tuple[int, str, str]  # tenant, dialect, number


class KeptWatches:
    """Those of a number, as they were read last. A reading during which anything was written is
    not kept: it may have seen what was there before. Of a parcel that is not `followed` there are
    none.
    """

    def __init__(self, followed: Container[int], most: int = MOST) -> None:
        self._followed = followed
        self._most = most
        self._kept: OrderedDict[Key, tuple[Watch, ...]] = OrderedDict()
        self._writes = 0

    def find(self, key: Key) -> list[Watch] | None:
        """Copies, as callers change what they are given."""
        found = self._kept.get(key)
        if found is None:
            tenant, _, number = key
            return None if key_of(tenant, number) in self._followed else []
        self._kept.move_to_end(key)
        return [msgspec.structs.replace(one, options=dict(one.options)) for one in found]

    def begin(self) -> int:
        """A reading begins."""
        return self._writes

    def keep(self, key: Key, watches: Sequence[Watch], began: int) -> None:
        if began != self._writes:
            return
        copies = (msgspec.structs.replace(one, options=dict(one.options)) for one in watches)
        self._kept[key] = tuple(copies)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self) -> None:
        """Something that was kept may have been erased."""
        self._writes += 1
        self._kept.clear()

    def written(self, watch: Watch) -> None:
        """It was added, changed or deleted, or is about to be."""
        self._writes += 1
        self._kept.pop((watch.tenant, watch.dialect, watch.number), None)
