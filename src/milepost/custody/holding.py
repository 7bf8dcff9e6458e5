"""Custody: who held the parcel from when to when, and where the record has gaps.

A holder is a carrier at a facility, or one that has it on the road. A hand-over is good when both
sides scanned it: the one that gave and the one that took. What lies between two scans belongs to
whoever had it last, unless it was scanned out: then it is on the road of the carrier that sent it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal

from msgspec import Struct

from milepost.custody.archive import Node
from milepost.domain.place import Place

Where = Literal["facility", "road", "courier", "customs", "pickup_point", "consignee"]

_GIVES = {
    "in_transit.departed_facility", "in_transit.departed_origin", "in_transit.departed_country",
    "in_transit.handed_to_partner", "in_transit.forwarded_new_address",
}  # fmt: skip
_WHERE: dict[str, Where] = {
    "out_for_delivery": "courier", "attempt_failed": "courier", "customs": "customs",
    "available_for_pickup": "pickup_point", "delivered": "consignee",
}  # fmt: skip
VEHICLES = ("truck:", "van:", "train:", "ship:", "aircraft:")


class Holding(Struct, frozen=True, kw_only=True):
    """One holder's stretch. `until` None: still. `took`, `gave`: the scans on both sides, None
    where that side did not scan. `handled`: how often it was touched.
    """

    holder: str
    carrier: str | None
    where: Where
    place: Place | None
    since: datetime
    until: datetime | None
    took: str | None
    gave: str | None
    handled: int
    operators: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


def holdings_of(nodes: Sequence[Node]) -> Iterator[Holding]:
    """A stretch for each run of scans by one holder, and one for the road after it was sent on."""
    run: list[Node] = []
    for node in nodes:
        if run and (not _stays(run[-1], node) or _gives(run[-1])):
            yield from _stretches(run, node)
            run = []
        run.append(node)
    if run:
        yield from _stretches(run, None)


def _stretches(run: Sequence[Node], following: Node | None) -> Iterator[Holding]:
    """Of one holder's scans: the stretch it held, and the road after it gave the parcel away."""
    first, last = run[0], run[-1]
    gave = last if _gives(last) else None
    until = at_of(gave) if gave else (at_of(following) if following else None)
    if gave is None or len(run) > 1:
        yield _holding(run, until, first.event, gave.event if gave else None)
    if gave is not None:
        yield Holding(
            holder=f"{gave.custodian or '?'} {_vehicle(gave) or 'on the road'}",
            carrier=gave.custodian,
            where="road",
            place=gave.place,
            since=at_of(gave),
            until=at_of(following) if following else None,
            took=gave.event,
            gave=following.event if following else None,
            handled=1,
            events=(gave.event,),
        )


def _holding(run: Sequence[Node], until: datetime | None, took: str, gave: str | None) -> Holding:
    first = run[0]
    return Holding(
        holder=_holder(first),
        carrier=first.custodian,
        where=_where(first),
        place=first.place,
        since=at_of(first),
        until=until,
        took=took,
        gave=gave,
        handled=len(run),
        operators=tuple(dict.fromkeys(one.operator for one in run if one.operator)),
        devices=tuple(dict.fromkeys(one.device for one in run if one.device)),
        events=tuple(one.event for one in run),
    )


def _stays(before: Node, node: Node) -> bool:
    """Whether it is where it was: a carrier's device that names no place has not moved it."""
    if _holder(node) == _holder(before):
        return True
    inside = _where(node) == "facility" == _where(before) and node.custodian == before.custodian
    return inside and node.place is None and node.device is not None


def _gives(node: Node) -> bool:
    """Whether from then on it is on the road."""
    return node.sub in _GIVES or _vehicle(node) is not None


def _vehicle(node: Node) -> str | None:
    """What it was loaded into, if it was."""
    asset = node.measurements.get("asset")
    if node.measurements.get("action") != "load" or not isinstance(asset, str):
        return None
    return asset if asset.startswith(VEHICLES) else None


def _where(node: Node) -> Where:
    return _WHERE.get(node.main, "facility")


def _holder(node: Node) -> str:
    """Who it is: a carrier, and where of it the parcel was."""
    where = _where(node)
    carrier = node.custodian or "?"
    if where == "consignee":
        return "consignee"
    if where == "courier":
        return f"{carrier} courier" + (f" {node.operator}" if node.operator else "")
    label = node.place.label if node.place is not None else None
    return f"{carrier} {label}" if label else carrier


def at_of(node: Node) -> datetime:
    """When it was, of a node that stands."""
    at = node.instant
    assert at is not None
    return at
