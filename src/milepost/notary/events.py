"""Which parcel an event id belongs to, within one log: 12 bytes an event.

A record is the low half of the fingerprint and the parcel. New records are added to a file of
their own; a full one (65,536 records) is sorted into its place in `events`, where a look-up goes
through all runs by bisection. Fingerprints are hashes, so a half of one has few namesakes; they
are told apart by the journal's row.

    events          sorted runs of 65,536 records
    events-new.N    the records that will be run N, in the order of the log
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from milepost.notary.leaf import RECORD_BYTES

RUN = 65_536
RUN_BYTES = RUN * RECORD_BYTES
KEY_BYTES = 4
WINDOW = 640  # five standard deviations of where a key stands in a run
_NEW = "events-new."


class EventIndex:
    """The event index of one log's folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._number: int | None = None
        self._handle: int | None = None
        self._room = 0
        self._map: mmap.mmap | bytes = b""

    def close(self) -> None:
        self._let_go()
        if isinstance(self._map, mmap.mmap):
            self._map.close()
        self._map = b""

    def _let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
        self._handle, self._number = None, None

    def add(self, records: bytes) -> None:
        """Append records, beginning a new file wherever one is full."""
        view = memoryview(records)
        while view:
            handle = self._open()
            done = os.write(handle, view[: self._room])
            self._room -= done
            view = view[done:]

    def find(self, fingerprint: int) -> list[int]:
        """The parcels that may have an event of this fingerprint."""
        key = (fingerprint & 0xFFFFFFFF).to_bytes(KEY_BYTES, "big")
        found = [*self._in_runs(key), *self._in_new(key)]
        return list(dict.fromkeys(found))

    def record(self, index: int) -> tuple[int, int] | None:
        """The low half of the fingerprint and the parcel of a leaf, while its run is unsorted."""
        path = self._folder / f"{_NEW}{index // RUN}"
        at = index % RUN * RECORD_BYTES
        data = path.read_bytes() if path.exists() else b""
        if len(data) < at + RECORD_BYTES:
            return None
        return int.from_bytes(data[at : at + KEY_BYTES], "big"), _parcel(data, at)

    def sort(self) -> int:
        """Sort all full files into their places; how many. May run in a thread beside `add`."""
        count = 0
        for path in self._new():
            if path.stat().st_size >= RUN_BYTES:
                self._put(int(path.name[len(_NEW) :]), _sorted(path.read_bytes()[:RUN_BYTES]))
                path.unlink()
                count += 1
        return count

    def _put(self, number: int, run: bytes) -> None:
        handle = os.open(self._folder / "events", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.pwrite(handle, run, number * RUN_BYTES)
            os.fsync(handle)
        finally:
            os.close(handle)

    def _open(self) -> int:
        """The file that takes records now."""
        if self._handle is None or self._room <= 0:
            last = self._last() if self._number is None else self._number + 1
            self._let_go()
            path = self._folder / f"{_NEW}{last}"
            self._handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            self._number = last
            size = os.fstat(self._handle).st_size
            os.ftruncate(self._handle, size - size % RECORD_BYTES)
            self._room = RUN_BYTES - (size - size % RECORD_BYTES)
            if self._room <= 0:
                return self._open()
        return self._handle

    def _last(self) -> int:
        """The number of the file that was written last, or of the next run."""
        numbers = [int(path.name[len(_NEW) :]) for path in self._new()]
        return max(numbers, default=self._runs())

    def _runs(self) -> int:
        path = self._folder / "events"
        return path.stat().st_size // RUN_BYTES if path.exists() else 0

    def _new(self) -> list[Path]:
        return sorted(self._folder.glob(f"{_NEW}*"), key=lambda path: int(path.suffix[1:]))

    def _in_runs(self, key: bytes) -> Iterator[int]:
        data = self._mapped()
        for start in range(0, len(data), RUN_BYTES):
            yield from _in_run(data, start, key)

    def _mapped(self) -> mmap.mmap | bytes:
        """All complete runs. The mapping is kept: making one costs more than a look-up."""
        size = self._runs() * RUN_BYTES
        if size != len(self._map):
            if isinstance(self._map, mmap.mmap):
                self._map.close()
            with (self._folder / "events").open("rb") as file:
                self._map = mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ)
        return self._map

    def _in_new(self, key: bytes) -> Iterator[int]:
        for path in self._new():
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # sorted a moment ago: then it is found among the runs
                yield from self._in_runs(key)
                continue
            yield from _in_records(data, key)


def _in_run(data: mmap.mmap | bytes, start: int, key: bytes) -> Iterator[int]:
    """Keys are hashes: where one stands is nearly known; where it is not there, all is searched."""
    guess = int.from_bytes(key, "big") * RUN >> 8 * KEY_BYTES
    low, high = max(0, guess - WINDOW), min(RUN, guess + WINDOW)
    at = start + low * RECORD_BYTES
    if low and data[at : at + KEY_BYTES] >= key:
        low = 0
    at = start + high * RECORD_BYTES
    if high < RUN and data[at : at + KEY_BYTES] < key:
        high = RUN
    while low < high:
        middle = (low + high) // 2
        at = start + middle * RECORD_BYTES
        if data[at : at + KEY_BYTES] < key:
            low = middle + 1
        else:
            high = middle
    at = start + low * RECORD_BYTES
    while low < RUN and data[at : at + KEY_BYTES] == key:
        yield _parcel(data[at : at + RECORD_BYTES], 0)
        low, at = low + 1, at + RECORD_BYTES


def _in_records(data: bytes, key: bytes) -> Iterator[int]:
    at = data.find(key)
    while at >= 0:
        if at % RECORD_BYTES == 0:
            yield _parcel(data, at)
        at = data.find(key, at + 1)


def _parcel(data: bytes, at: int) -> int:
    return int.from_bytes(data[at + KEY_BYTES : at + RECORD_BYTES], "big", signed=True)


def _sorted(records: bytes) -> bytes:
    """Sorted without holding up other threads, as sorting in Python would."""
    count = len(records) // RECORD_BYTES
    buffers = [None, pa.py_buffer(records)]
    array = pa.FixedSizeBinaryArray.from_buffers(pa.binary(RECORD_BYTES), count, buffers)
    taken = array.take(pc.array_sort_indices(array))
    return (
        b"".join(taken.to_pylist()) if taken.offset else bytes(taken.buffers()[1])[: len(records)]
    )
