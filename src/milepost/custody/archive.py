"""The transport archive: each node of a road with everything that proves it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from msgspec import Struct

from milepost.domain.place import Place
from milepost.domain.track import EventView

# What can be told apart by who has it in his hands.
_STATES = {
    "damaged": {"exception.damaged", "exception.destroyed"},
    "sealed": set[str](),
}
_LAST = datetime.max.replace(tzinfo=UTC)


class Node(Struct, frozen=True, kw_only=True):
    """One scan as the archive keeps it; `state`: what it says of the goods."""

    event: str
    at: str
    time_quality: str
    number: str
    sub: str
    main: str
    text: str | None
    place: Place | None
    custodian: str | None
    operator: str | None
    device: str | None
    source: str
    received_at: str
    evidence: tuple[str, ...] = ()
    measurements: dict[str, Any] = {}
    state: str = "unremarked"
    retracted_by: str | None = None

    @property
    def instant(self) -> datetime | None:
        """None where the clock that it was read off is not known."""
        return _instant(self.at)


def archive_of(events: Sequence[EventView], carrier: str | None = None) -> list[Node]:
    """Every scan, retracted ones too, in the order of time. `carrier`: of scans that name none."""
    nodes = [_node(event, carrier) for event in events]
    return sorted(nodes, key=lambda one: (one.instant or _LAST, one.event))


def standing(nodes: Sequence[Node]) -> list[Node]:
    """Those that say where the parcel is: neither retracted nor of unknown time."""
    return [
        node
        for node in nodes
        if node.retracted_by is None and node.instant is not None and node.main not in _SILENT
    ]


_SILENT = {"unknown", "pending", "info_received", "expired", ""}


def _node(event: EventView, carrier: str | None) -> Node:
    return Node(
        event=event.id,
        at=event.occurred_at,
        time_quality=event.time_quality,
        number=event.number,
        sub=event.sub,
        main=event.main,
        text=event.text,
        place=event.place,
        custodian=event.carrier or carrier,
        operator=event.actor,
        device=event.device,
        source=event.source,
        received_at=event.received_at,
        evidence=tuple(event.evidence or ()),
        measurements=event.measurements or {},
        state=_state(event),
        retracted_by=event.retracted_by,
    )


def _state(event: EventView) -> str:
    said = (event.measurements or {}).get("condition")
    if isinstance(said, str) and said:
        return said
    if event.sub in _STATES["damaged"]:
        return "damaged"
    return "seen" if event.evidence else "unremarked"


def _instant(text: str) -> datetime | None:
    """Of a time with its zone; a bare date counts as its noon, which is at most half a day off."""
    at = datetime.fromisoformat(text)
    if len(text) == len("2026-11-20"):
        return at.replace(hour=12, tzinfo=UTC)
    return at if at.tzinfo is not None else None
