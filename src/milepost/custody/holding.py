"""Custody: who held the parcel from when to when, and where the record has gaps.

A holder is a carrier at a facility, or one that has it on the road. A hand-over is good when both
sides scanned it: the one that gave and the one that took. What lies between two scans belongs to
whoever had it last, unless it was scanned out: then it is on the road of the carrier that sent it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Any, Literal

from msgspec import Struct

from milepost.custody.archive import Node, standing
from milepost.domain.place import Place
from milepost.domain.whole import distance_m, position_of

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
# Nothing that carries parcels is faster over the ground, an airliner with a tail wind included.
FASTEST_M_S = 310.0
# Scans of one place may lie as far apart as its coordinates are wrong.
NEAR_M = 100_000


class Holding(Struct, frozen=True, kw_only=True):
    """One holder's stretch. `until_s` None: still. `took`, `gave`: the scans on both sides, None
    where that side did not scan. `handled`: how often it was touched.
    """

    holder: str
    carrier: str | None
    where: Where
    place: Place | None
    from_s: int
    until_s: int | None
    took: str | None
    gave: str | None
    handled: int
    operators: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    events: tuple[str, ...] = ()


class Flaw(Struct, frozen=True, kw_only=True):
    """What is wrong with the record: `gap`, `contradiction`, `after_delivery`, `unclear_time`.
    `values`: what `text` says in figures and names, for other languages.
    """

    kind: str
    text: str
    from_s: int | None
    until_s: int | None
    events: tuple[str, ...]
    values: dict[str, Any] = {}


class Custody(Struct, frozen=True, kw_only=True):
    """All holdings in the order of time, and the flaws of the record."""

    holdings: tuple[Holding, ...]
    flaws: tuple[Flaw, ...]


def custody_of(
    nodes: Sequence[Node],
    within: Callable[[Sequence[Holding]], Sequence[Holding]] = lambda found: found,
) -> Custody:
    """The chain of custody that a road's nodes prove. `within`: parts holdings by what else is
    known; see `aboard`.
    """
    seen = standing(nodes)
    holdings = list(within(list(_holdings(seen))))
    flaws = [*_gaps(holdings), *_contradictions(seen), *_after_delivery(seen), *_unclear(nodes)]
    return Custody(holdings=tuple(holdings), flaws=tuple(flaws))


def _holdings(nodes: Sequence[Node]) -> Iterator[Holding]:
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
    until_s = _at(gave) if gave else (_at(following) if following else None)
    if gave is None or len(run) > 1:
        yield _holding(run, until_s, first.event, gave.event if gave else None)
    if gave is not None:
        yield Holding(
            holder=f"{gave.custodian or '?'} {_vehicle(gave) or 'on the road'}",
            carrier=gave.custodian,
            where="road",
            place=gave.place,
            from_s=_at(gave),
            until_s=_at(following) if following else None,
            took=gave.event,
            gave=following.event if following else None,
            handled=1,
            events=(gave.event,),
        )


def _holding(run: Sequence[Node], until_s: int | None, took: str, gave: str | None) -> Holding:
    first = run[0]
    return Holding(
        holder=_holder(first),
        carrier=first.custodian,
        where=_where(first),
        place=first.place,
        from_s=_at(first),
        until_s=until_s,
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


def _at(node: Node) -> int:
    assert node.at_s is not None
    return node.at_s


def _gaps(holdings: Sequence[Holding]) -> Iterator[Flaw]:
    """Between carriers, both sides have to scan; what only one side says is a gap."""
    for one, other in pairwise(holdings):
        if one.carrier == other.carrier or other.where == "consignee":
            continue
        if one.where != "road":
            yield Flaw(
                kind="gap",
                text=f"{one.holder} did not scan the hand-over to {other.holder}",
                from_s=one.from_s,
                until_s=other.from_s,
                events=(*one.events[-1:], *other.events[:1]),
                values={"giver": one.holder, "taker": other.holder},
            )


def _contradictions(nodes: Sequence[Node]) -> Iterator[Flaw]:
    """Two scans that one parcel cannot both have had: too far apart for the time between them."""
    placed = [(node, at) for node in nodes if (at := position_of(node.place)) is not None]
    for (one, here), (other, there) in pairwise(placed):
        away_m = distance_m(here, there)
        apart_s = _at(other) - _at(one)
        if away_m > NEAR_M and away_m > FASTEST_M_S * apart_s:
            yield Flaw(
                kind="contradiction",
                text=f"{away_m / 1000:.0f} km in {apart_s / 60:.0f} minutes",
                from_s=one.at_s,
                until_s=other.at_s,
                events=(one.event, other.event),
                values={"km": round(away_m / 1000), "minutes": round(apart_s / 60)},
            )


def _after_delivery(nodes: Sequence[Node]) -> Iterator[Flaw]:
    delivered = next((node for node in nodes if node.main == "delivered"), None)
    for node in nodes:
        late = delivered is not None and _at(node) > _at(delivered)
        if late and node.main in ("in_transit", "picked_up", "out_for_delivery"):
            assert delivered is not None
            yield Flaw(
                kind="after_delivery",
                text="scanned on the way after it was delivered",
                from_s=delivered.at_s,
                until_s=node.at_s,
                events=(delivered.event, node.event),
            )


def _unclear(nodes: Sequence[Node]) -> Iterator[Flaw]:
    vague = [node for node in nodes if node.time_quality in ("naive", "date_only")]
    if vague:
        yield Flaw(
            kind="unclear_time",
            text=f"{len(vague)} scans do not tell their time exactly",
            from_s=None,
            until_s=None,
            events=tuple(node.event for node in vague),
            values={"n": len(vague)},
        )
