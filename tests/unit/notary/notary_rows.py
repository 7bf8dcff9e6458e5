"""Invented rows for tests of the notary."""

from __future__ import annotations

from pathlib import Path

from milepost.domain.event import Event, EventBody, fingerprint_of, key_of, pack_body
from milepost.engine.proving import Addition, Head, Installation, LogKey
from milepost.engine.rows import Row
from milepost.notary.chain import Linker

NOW_US = 1_795_000_000_000_000
TENANT = 3
KEY = LogKey(TENANT, 0)


def row(serial: int, tenant: int = TENANT, **fields: object) -> Row:
    """An event of a road of its own."""
    number = f"MP{serial:09d}"
    body = EventBody(number, "api", "sf", f"Arrived at hub {serial}")
    given: dict[str, object] = {
        "parcel": key_of(tenant, number), "fingerprint": fingerprint_of(number, serial),
        "at_us": NOW_US - serial, "offset_min": 480, "quality": 0, "code": 11,
        "received_us": NOW_US, "reference": None, "body": body,
    }  # fmt: skip
    return Row(tenant, 7, Event(**given | fields))  # type: ignore[arg-type]


def bodies(rows: list[Row]) -> list[bytes]:
    return [pack_body(one.event.body) for one in rows]


class Growing:
    """A linker whose one log grows as by commits."""

    def __init__(self, folder: Path, suite: str = "sha256") -> None:
        self.linker = Linker(folder, suite)
        self.linker.open(Installation("here", 0, 0))
        self.head = self.linker.begin(KEY, NOW_US)
        self.genesis = self.head.genesis
        self.additions: list[Addition] = []
        self.suite = suite

    def commit(self, rows: list[Row]) -> Addition:
        seq = len(self.additions) + 1
        [addition] = self.linker.link(0, seq, rows, bodies(rows), {TENANT: self.head})
        self.head = Head(self.suite, addition.link.end, addition.link.head)
        self.additions.append(addition)
        self.linker.keep(addition)
        return addition

    @property
    def folder(self):  # type: ignore[no-untyped-def]
        return self.linker.folders.of(KEY, self.suite)
