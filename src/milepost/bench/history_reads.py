"""Reads random sealed roads and tells how long that took."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from time import perf_counter

import duckdb
from rich.progress import Progress

from milepost.stores.history import History

# A road that was sealed: its parcel and its day.
Sample = tuple[int, date]

_COLD_READS = 200


def read_figures(folder: Path, chosen: Sequence[Sample], progress: Progress) -> dict[str, float]:
    """Percentiles of reading with the day known, found, and cold, of the look-up, and the floor.

    The four are taken in turn for each road, so that what else the machine does hits all alike.
    """
    history, floor = History(folder), _Floor(folder)
    times: dict[str, list[float]] = {"known": [], "found": [], "lookup": [], "floor": []}
    for parcel, day in progress.track(chosen, description="roads read"):
        times["known"].append(_timed(partial(history.read, [parcel], tenant=1, days=[day])))
        times["lookup"].append(_timed(partial(history.days_of, parcel)))
        times["found"].append(_timed(partial(history.read, [parcel], tenant=1)))
        times["floor"].append(_timed(partial(floor.read, parcel, day)))
    cold = progress.track(chosen[:_COLD_READS], description="roads read cold")
    times["cold"] = [_cold(folder, *sample) for sample in cold]
    figures: dict[str, float] = {}
    for name, taken_s in times.items():
        figures |= _percentiles(name, "us" if name == "lookup" else "ms", taken_s)
    return figures


class _Floor:
    """What DuckDB needs to look through the one column of keys."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connection = duckdb.connect(config={"threads": 1})

    def read(self, parcel: int, day: date) -> list[tuple[int]]:
        files = str(self._folder / "parts" / f"{day}.*.parquet")
        query = "SELECT parcel FROM read_parquet($files) WHERE parcel = $parcel"
        found = self._connection.execute(query, {"files": files, "parcel": parcel})
        rows: list[tuple[int]] = found.fetchall()
        return rows


def _timed(action: Callable[[], object]) -> float:
    started = perf_counter()
    found = action()
    taken_s = perf_counter() - started
    if not found:
        raise RuntimeError("a sealed road was not found")
    return taken_s


def _cold(folder: Path, parcel: int, day: date) -> float:
    history = History(folder)
    history.summary()
    for path in folder.glob(f"parts/{day}.*"):
        _evict(path)
    return _timed(partial(history.read, [parcel], tenant=1, days=[day]))


def _evict(path: Path) -> None:
    """Drops a file from the operating system's cache."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(descriptor)


def _percentiles(name: str, unit: str, times_s: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times_s)
    scale = {"ms": 1e3, "us": 1e6}[unit]
    at = {"p50": len(ordered) // 2, "p99": min(int(len(ordered) * 0.99), len(ordered) - 1)}
    return {f"{name}_{p}_{unit}": round(ordered[index] * scale, 2) for p, index in at.items()}
