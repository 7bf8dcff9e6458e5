"""The journey table in a folder: a Parquet file a month, and small ones with what is newer.

`parts/journeys-…` holds rows, `parts/hops-…` the moves of the same roads. A row in a delta takes
the place of the road's row wherever that stands; when deltas have become many they are merged into
their months. One process writes, any number read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from milepost.analytics import merging
from milepost.analytics.catalogue import Catalogue, Reach, load, save
from milepost.analytics.model import HOPS, JOURNEYS, Hop, Journey
from milepost.analytics.parts import Parts
from milepost.durable import alone, publish

KINDS = ("journeys", "hops")
_NEWER = [pa.field("serial", pa.int64()), pa.field("gone", pa.bool_())]
SCHEMAS = {
    "journeys": pa.schema([*JOURNEYS, *_NEWER]),
    "hops": pa.schema([*HOPS, *_NEWER]),
}
MOST_DELTAS = 16
# Deltas are merged once they hold this share of the rows, but not for a handful.
_SHARE = 0.1
_FEW = 20_000
Row = tuple[Journey, list[Hop]]


class JourneyTable:
    """See the module. Writing needs `writing()` around it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.parts = Parts(folder)

    @property
    def catalogue(self) -> Catalogue:
        return load(self.folder / "catalogue.json")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """The only writer; BlockingIOError where there is one already."""
        with alone(self.folder / "lock", wait=False):
            yield

    def add(self, rows: Sequence[Row], gone: Sequence[tuple[int, int]], reach: Reach) -> None:
        """Rows that are new or have changed; `gone` are (tenant, road) that have none any more."""
        now = self.catalogue
        deltas, count = list(now.deltas), len(rows) + len(gone)
        if count:
            deltas.append(self.write(rows, gone, now.serial + 1))
        now = msgspec.structs.replace(
            now, serial=now.serial + 1, deltas=deltas, delta_rows=now.delta_rows + count,
            reach=reach,
        )  # fmt: skip
        self._save(now)
        if len(deltas) > MOST_DELTAS or now.delta_rows > max(_FEW, now.rows * _SHARE):
            self.merge()

    def write(self, rows: Sequence[Row], gone: Sequence[tuple[int, int]], serial: int) -> str:
        """A delta that no catalogue names yet."""
        name = f"delta.{serial:09d}"
        self._write("journeys", name, _journeys(rows, gone, serial))
        self._write("hops", name, _hops(rows, serial))
        return name

    def merge(self) -> None:
        """Deltas into their months."""
        now = self.catalogue
        if now.deltas:
            self._save(merging.merged(self.parts, now))

    def renew(self, deltas: Sequence[str], serial: int, reach: Reach, name: str = "") -> None:
        """All anew from these deltas: what was there before is gone."""
        before = self.catalogue
        fresh = Catalogue(serial=max(serial, before.serial) + 1, deltas=list(deltas), built=True,
                          reach=reach, name=name)  # fmt: skip
        made = merging.merged(self.parts, fresh) if deltas else fresh
        self._save(msgspec.structs.replace(made, former=[*made.former, *before.parts]))

    def drop_before(self, month: str) -> int:
        """Retention; how many months that were."""
        now = self.catalogue
        kept = {one: name for one, name in now.months.items() if one >= month}
        former = [name for one, name in now.months.items() if one < month]
        if former:
            self._save(msgspec.structs.replace(now, months=kept, former=[*now.former, *former]))
        return len(former)

    def tidy(self) -> None:
        """Removes the files that are no part of the table any more."""
        now = self.catalogue
        needed = {self.parts.path(kind, name) for kind in KINDS for name in now.parts}
        for path in set(self.parts.folder.iterdir()) - needed:
            path.unlink(missing_ok=True)

    def _save(self, catalogue: Catalogue) -> None:
        """What was former before this is removed: its readers have had a generation's time."""
        before = self.catalogue
        save(self.folder / "catalogue.json", catalogue)
        for name in set(before.former) - set(catalogue.parts):
            for kind in KINDS:
                self.parts.path(kind, name).unlink(missing_ok=True)

    def _write(self, kind: str, name: str, table: pa.Table) -> None:
        unfinished = self.parts.room / f"{kind}-{name}"
        pq.write_table(table, unfinished, compression="zstd")
        publish(unfinished, self.parts.path(kind, name))


def _journeys(rows: Sequence[Row], gone: Sequence[tuple[int, int]], serial: int) -> pa.Table:
    found = [msgspec.to_builtins(row) | {"serial": serial, "gone": False} for row, _ in rows]
    found += [
        {"tenant": tenant, "road": road, "serial": serial, "gone": True} for tenant, road in gone
    ]
    return pa.Table.from_pylist(found, SCHEMAS["journeys"])


def _hops(rows: Sequence[Row], serial: int) -> pa.Table:
    found = [
        msgspec.to_builtins(hop)
        | {"tenant": row.tenant, "road": row.road, "serial": serial, "gone": False}
        for row, hops in rows
        for hop in hops
    ]
    return pa.Table.from_pylist(found, SCHEMAS["hops"])
