"""When to look at a shipment again: coarse buckets of keys, 8 bytes an entry.

An entry is never moved: whoever comes up is judged afresh and put down again if it is too early.
"""

from __future__ import annotations

from array import array

BUCKET_S = 60


class Wheel:
    """Keys by the minute in which they are due."""

    def __init__(self) -> None:
        self._buckets: dict[int, array[int]] = {}

    def put(self, key: int, due_s: int) -> None:
        bucket = self._buckets.get(due_s // BUCKET_S)
        if bucket is None:
            bucket = self._buckets[due_s // BUCKET_S] = array("q")
        bucket.append(key)

    def pop(self, now_s: int, most: int = 1_000) -> list[int]:
        """Up to `most` keys whose bucket has passed as a whole: none of them is too early."""
        keys: list[int] = []
        passed = now_s // BUCKET_S
        for number in sorted(number for number in self._buckets if number < passed):
            bucket = self._buckets[number]
            while bucket and len(keys) < most:
                keys.append(bucket.pop())
            if not bucket:
                del self._buckets[number]
            if len(keys) >= most:
                break
        return keys

    def __len__(self) -> int:
        return sum(len(bucket) for bucket in self._buckets.values())
