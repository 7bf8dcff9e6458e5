"""Which files are the journey table at a moment: one small file that is replaced as a whole."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

from milepost.durable import publish

# A table of another shape is built anew. 2: places are named without telephone numbers.
VERSION = 2


class Reach(Struct, frozen=True):
    """How far the table has come. `commit`: one that was there when it was last written, so in a
    database without it it does not belong. `fact`: all facts up to this number are taken in.
    """

    commit: int = 0
    fact: int = 0


class Catalogue(Struct, frozen=True):
    """`months`: month → its file; `deltas`: newer rows of any month, which go before those of the
    months. `former`: files nobody needs but a reader that began a while ago. `name`: for whom the
    queue of changes is; "" if it is for another table, so that this one misses what changes.
    """

    version: int = VERSION
    serial: int = 0
    built: bool = False
    rows: int = 0
    delta_rows: int = 0
    months: dict[str, str] = {}
    deltas: list[str] = []
    former: list[str] = []
    reach: Reach = Reach()
    name: str = ""

    @property
    def parts(self) -> list[str]:
        """All that is read."""
        return [*self.months.values(), *self.deltas]


def load(path: Path) -> Catalogue:
    """The catalogue; an empty one where there is none or it is of another version."""
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Catalogue)
    except (FileNotFoundError, msgspec.DecodeError):
        return Catalogue()
    return found if found.version == VERSION else Catalogue(serial=found.serial)


def save(path: Path, catalogue: Catalogue) -> None:
    """Durable when it returns."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(msgspec.json.encode(catalogue))
    publish(unfinished, path)
