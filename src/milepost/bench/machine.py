"""The machine that figures were taken on."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from msgspec import Struct

# Taken when this is loaded, before a benchmark itself makes load.
_LOAD = os.getloadavg()[0]


class Machine(Struct, frozen=True, kw_only=True):
    """`load` is the 1-minute load average before the run: above 0.5 others were at work."""

    cores: int
    processor: str
    memory_gib: int
    python: str
    postgresql: str
    milepost: str
    load: float
    taken_at: str


def machine(postgresql: str = "") -> Machine:
    """This machine, now."""
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        processor=_first("/proc/cpuinfo", "model name") or platform.machine(),
        memory_gib=round(int((_first("/proc/meminfo", "MemTotal") or "0").split()[0]) / 2**20),
        python=platform.python_version(),
        postgresql=postgresql,
        milepost=version("milepost"),
        load=round(_LOAD, 2),
        taken_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _first(path: str, name: str) -> str | None:
    """The value of the first line `name: value` of a file."""
    try:
        lines = Path(path).read_text().splitlines()
    except OSError:
        return None
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(name))
    return next(found, None)
