"""The history: closed roads of all tenants in one folder.

`parts/` holds the Parquet files, `index/` says which day holds which parcel, `unfinished/` what
a crash may leave behind. One process at a time writes; any number read meanwhile.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

import pyarrow as pa

from milepost.durable import alone
from milepost.stores.history.days import day_of, number_of
from milepost.stores.history.index import Catalogue, Index
from milepost.stores.history.parts import day_in, describe, part_name, serial_in
from milepost.stores.history.reader import GoneError, Reader
from milepost.stores.history.rows import PartInfo, SealedDay, SealedRow
from milepost.stores.history.sealing import Known, sealed_parts
from milepost.stores.history.staging import staged


class History:
    """Sealed days in a folder, which is made where it is missing. Safe to share by threads."""

    def __init__(self, folder: Path) -> None:
        self._parts = folder / "parts"
        self._unfinished = folder / "unfinished"
        self._lock = folder / "lock"
        for path in (self._parts, self._unfinished, folder / "index"):
            path.mkdir(parents=True, exist_ok=True)
        self._index = Index(folder / "index", self._unfinished)
        self._reader = Reader(self._parts)
        if self._uncovered():
            # Whoever writes at the moment has put things in order, or is about to.
            with suppress(BlockingIOError), self._writing(wait=False):
                """Nothing but what every writer does first."""

    def close(self) -> None:
        """Let go of what reading has opened. The history can be used again afterwards."""
        self._reader.close()

    def seal(self, day: date, rows: Iterable[SealedRow]) -> SealedDay:
        """Adds rows to a day and gives the whole day. Durable when it returns.

        Rows sealed on that day already are left out, so after a crash the same rows can be given
        again. ValueError if the day is past retention.
        """
        return self.seal_batches(day, staged(rows))

    def seal_batches(self, day: date, batches: Iterable[pa.RecordBatch]) -> SealedDay:
        """The same for batches of `columns.STAGED` whose texts are folded."""
        number = number_of(day)
        with self._writing() as catalogue:
            if number < catalogue.first_day:
                raise ValueError(f"{day} is past its retention and cannot be sealed")
            known = self._known(catalogue.by_day.get(number, []))
            for writer in sealed_parts(batches, self._unfinished, known):
                name = part_name(number, self._next_serial(number))
                self._index.add(writer.finish(self._parts, name, number), writer.keys)
            return _sealed_day(number, self._index.catalogue().by_day.get(number, []))

    def days_of(self, parcel: int) -> list[date]:
        """The sealed days that hold events of a parcel, ascending."""
        return [day_of(number) for number in self._index.catalogue().find(parcel)]

    def read(
        self, parcels: Sequence[int], *, tenant: int, days: Sequence[date] | None = None
    ) -> list[SealedRow]:
        """The sealed rows of some parcels, each event once, oldest first.

        `days` spares the look-up in the index; days on which nothing is sealed are ignored.
        """
        numbers = None if days is None else {number_of(day) for day in days}
        wanted = set(parcels)
        try:
            rows = self._rows(wanted, tenant, numbers)
        except GoneError:
            # Retention tells the index before it removes a file, so the index knows by now.
            rows = self._rows(wanted, tenant, numbers)
        # Of an event that was sealed on two days the older row stays, in whatever order they came.
        once = {_identity(row): row for row in sorted(rows, key=_age, reverse=True)}
        return sorted(once.values(), key=_age)

    def drop_before(self, day: date) -> int:
        """Removes all days before `day`, for good; gives how many events that were."""
        first_day = number_of(day)
        with self._writing() as catalogue:
            if first_day <= catalogue.first_day:
                return 0
            gone = [part for part in catalogue.parts.values() if part.day < first_day]
            self._index.drop_before(first_day)
            for part in gone:
                (self._parts / part.name).unlink(missing_ok=True)
            return sum(part.events for part in gone)

    def summary(self) -> list[SealedDay]:
        """All sealed days, ascending."""
        return [_sealed_day(*item) for item in sorted(self._index.catalogue().by_day.items())]

    @property
    def first_day(self) -> date:
        """Days before it are past their retention."""
        return day_of(self._index.catalogue().first_day)

    @property
    def index_bytes(self) -> int:
        """The size of the index on disk."""
        return sum(segment.size for segment in self._index.catalogue().segments)

    def _rows(self, parcels: set[int], tenant: int, days: set[int] | None) -> list[SealedRow]:
        jobs = _jobs(self._index.catalogue(), parcels, days)
        return [row for job in jobs for row in self._reader.rows(*job, tenant)]

    def _known(self, parts: Sequence[PartInfo]) -> Known | None:
        if not parts:
            return None
        names = [part.name for part in parts]
        return lambda first, last: self._reader.fingerprints(names, first, last)

    @contextmanager
    def _writing(self, *, wait: bool = True) -> Iterator[Catalogue]:
        """Holds the lock, with everything in order that a crash may have left behind."""
        with alone(self._lock, wait=wait):
            shutil.rmtree(self._unfinished)
            self._unfinished.mkdir()
            self._index.repair()
            for path in self._uncovered():
                if day_in(path.name) < self._index.catalogue().first_day:
                    path.unlink()
                else:
                    self._index.add(*describe(path))
            yield self._index.catalogue()

    def _uncovered(self) -> list[Path]:
        parts = self._index.catalogue().parts
        return [path for path in sorted(self._parts.iterdir()) if path.name not in parts]

    def _next_serial(self, number: int) -> int:
        names = [path.name for path in self._parts.glob(f"{day_of(number)}.*")]
        return max(map(serial_in, names), default=0) + 1


def _jobs(
    catalogue: Catalogue, parcels: set[int], days: set[int] | None
) -> list[tuple[list[str], list[int]]]:
    """Which files to read for which parcels: one job for all days that share their parcels."""
    wanted: dict[int, set[int]] = defaultdict(set)
    if days is not None:
        wanted = dict.fromkeys(days, parcels)
    else:
        for parcel in parcels:
            for day in catalogue.find(parcel):
                wanted[day].add(parcel)
    jobs: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for day, group in wanted.items():
        for part in catalogue.by_day.get(day, []):
            inside = sorted(parcel for parcel in group if part.first <= parcel <= part.last)
            if inside:
                jobs[tuple(inside)].append(part.name)
    return [(names, list(inside)) for inside, names in jobs.items()]


def _identity(row: SealedRow) -> tuple[int, int, int]:
    return row.event.parcel, row.event.fingerprint, row.event.code


def _age(row: SealedRow) -> tuple[int, int, int, int]:
    return row.event.at_us, row.event.received_us, row.seq, row.event.fingerprint


def _sealed_day(number: int, parts: Sequence[PartInfo]) -> SealedDay:
    return SealedDay(
        day_of(number),
        tuple(part.name for part in parts),
        sum(part.events for part in parts),
        sum(part.parcels for part in parts),
        sum(part.bytes for part in parts),
    )
