"""Which day holds a parcel's closed road: the segments in the folder `index`.

The segments are also the catalogue: a Parquet file that no segment covers is not part of the
history yet. All writing happens under the history's lock; reading needs none.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from time import time_ns

import pyarrow as pa

from milepost.durable import publish
from milepost.stores.history.days import month_of
from milepost.stores.history.merging import FAN, merged
from milepost.stores.history.rows import PartInfo
from milepost.stores.history.segment import Chunk, Segment, write_segment

_SUFFIX = ".index"
_FIRST_DAY = "first-day"
# Two changes within one tick of the file system's clock look like one: not believed while young.
_YOUNG_NS = 100_000_000


class Catalogue:
    """What the index held at one moment. Days before `first_day` are past their retention."""

    def __init__(self, segments: Sequence[Segment], first_day: int) -> None:
        self.segments = segments
        self.first_day = first_day
        known = {part.name: part for segment in segments for part in segment.parts}
        self.parts = {name: part for name, part in known.items() if part.day >= first_day}
        self.by_day: dict[int, list[PartInfo]] = defaultdict(list)
        for name in sorted(self.parts):
            self.by_day[self.parts[name].day].append(self.parts[name])

    def find(self, parcel: int) -> list[int]:
        """The days that hold a parcel, ascending."""
        days = {day for segment in self.segments for day in segment.find(parcel)}
        return sorted(day for day in days if day >= self.first_day)


class Index:
    """The folder of segments. `unfinished` is where files are written before they count."""

    def __init__(self, folder: Path, unfinished: Path) -> None:
        self._folder = folder
        self._path = str(folder)  # every question looks at it
        self._unfinished = unfinished
        # One pair, so that threads that load at once never mix the one's time with the other's.
        self._loaded = (-1, Catalogue([], 0))

    def catalogue(self) -> Catalogue:
        """What is there now, also where another process wrote it."""
        changed_ns = os.stat(self._path).st_mtime_ns  # noqa: PTH116 - a third of the time
        seen_ns, catalogue = self._loaded
        if changed_ns != seen_ns:
            old = time_ns() - changed_ns > _YOUNG_NS
            catalogue = self._load()
            self._loaded = (changed_ns if old else -1, catalogue)
        return catalogue

    def add(self, part: PartInfo, keys: Iterable[pa.Array]) -> None:
        """Makes a part count."""
        month = month_of(part.day)
        earlier = {_month_in(path) for path in self._paths()}
        chunks = (
            (array, pa.repeat(pa.scalar(part.day, pa.uint16()), len(array))) for array in keys
        )
        self._write(month, 0, chunks, [part])
        self._merge_tiers(month)
        if month not in earlier:
            for other in earlier:
                self._merge(other, self._paths(other))

    def drop_before(self, day: int) -> None:
        """From now on nothing before `day` is found; removes the segments that end before it."""
        unfinished = self._unfinished / _FIRST_DAY
        unfinished.write_text(str(day))
        publish(unfinished, self._folder / _FIRST_DAY)
        for segment in self._load().segments:
            if all(part.day < day for part in segment.parts):
                segment.path.unlink()

    def repair(self) -> None:
        """Removes segments that are damaged, or were merged just before a crash."""
        for path in self._paths():
            if _opened(path) is None:
                path.unlink()
        segments = self._load().segments
        covers = {segment.path: {part.name for part in segment.parts} for segment in segments}
        for path, names in covers.items():
            if any(names < others for others in covers.values()):
                path.unlink()

    def _load(self) -> Catalogue:
        first_day = self._folder / _FIRST_DAY
        while True:
            try:
                opened = [_opened(path) for path in self._paths()]
                break
            except FileNotFoundError:
                # Merged away between the listing and the opening: the merged one is there.
                continue
        return Catalogue(
            [segment for segment in opened if segment],
            int(first_day.read_text()) if first_day.exists() else 0,
        )

    def _paths(self, prefix: str = "") -> list[Path]:
        return sorted(self._folder.glob(f"{prefix}*{_SUFFIX}"))

    def _merge_tiers(self, month: str) -> None:
        tier = 0
        while len(paths := self._paths(f"{month}.t{tier}.")) >= FAN:
            self._merge(month, paths)
            tier += 1

    def _merge(self, month: str, paths: Sequence[Path]) -> None:
        if len(paths) < 2:
            return
        segments = [Segment(path) for path in paths]
        parts = [part for segment in segments for part in segment.parts]
        tier = max(map(_tier_in, paths)) + 1
        self._write(month, tier, merged(segments), parts)
        for path in paths:
            path.unlink()

    def _write(self, month: str, tier: int, chunks: Iterable[Chunk], parts: list[PartInfo]) -> None:
        serials = [int(path.name.split(".")[2]) for path in self._paths()]
        name = f"{month}.t{tier}.{max(serials, default=0) + 1:06d}{_SUFFIX}"
        write_segment(self._folder / name, self._unfinished / name, chunks, parts)


def _month_in(path: Path) -> str:
    return path.name.split(".")[0]


def _tier_in(path: Path) -> int:
    return int(path.name.split(".")[1][1:])


def _opened(path: Path) -> Segment | None:
    """None for a damaged segment: its parts count as not covered, and are then indexed anew."""
    try:
        return Segment(path)
    except ValueError:
        return None
