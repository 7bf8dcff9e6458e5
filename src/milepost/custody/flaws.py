"""What is wrong with the record: gaps, contradictions, and what does not tell its time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from msgspec import Struct

from milepost.custody.archive import Node
from milepost.custody.holding import Holding, at_of
from milepost.domain.place import Place
from milepost.domain.whole import distance_m

LiesAt = Callable[[Place | None], tuple[float, float] | None]
# Nothing that carries parcels is faster over the ground, an airliner with a tail wind included.
FASTEST_M_S = 310.0
# Scans of one place may lie as far apart as its coordinates are wrong.
NEAR_M = 100_000
_VAGUE = ("naive", "date_only")


class Flaw(Struct, frozen=True, kw_only=True):
    """What is wrong with the record: `gap`, `contradiction`, `after_delivery`, `unclear_time`.
    `values`: what `text` says in figures and names, for other languages.
    """

    kind: str
    text: str
    since: datetime | None
    until: datetime | None
    events: tuple[str, ...]
    values: dict[str, Any] = {}


def flaws_of(
    nodes: Sequence[Node], seen: Sequence[Node], holdings: Sequence[Holding], lies_at: LiesAt
) -> list[Flaw]:
    """All that is wrong. `seen`: those of the nodes that stand."""
    return [
        *_gaps(holdings), *_contradictions(seen, lies_at), *_after_delivery(seen), *_unclear(nodes)
    ]  # fmt: skip


def _gaps(holdings: Sequence[Holding]) -> Iterator[Flaw]:
    """Between carriers, both sides have to scan; what only one side says is a gap."""
    for one, other in pairwise(holdings):
        if one.carrier == other.carrier or other.where == "consignee":
            continue
        if one.where != "road":
            yield Flaw(
                kind="gap",
                text=f"{one.holder} did not scan the hand-over to {other.holder}",
                since=one.since,
                until=other.since,
                events=(*one.events[-1:], *other.events[:1]),
                values={"giver": one.holder, "taker": other.holder},
            )


def _contradictions(nodes: Sequence[Node], lies_at: LiesAt) -> Iterator[Flaw]:
    """Two scans that one parcel cannot both have had: too far apart for the time between them.
    A bare date tells too little for that.
    """
    exact = [node for node in nodes if node.time_quality not in _VAGUE]
    placed = [(node, at) for node in exact if (at := lies_at(node.place)) is not None]
    for (one, here), (other, there) in pairwise(placed):
        away_m = distance_m(here, there)
        apart_s = (at_of(other) - at_of(one)).total_seconds()
        if away_m > NEAR_M and away_m > FASTEST_M_S * apart_s:
            yield Flaw(
                kind="contradiction",
                text=f"{away_m / 1000:.0f} km in {apart_s / 60:.0f} minutes",
                since=one.instant,
                until=other.instant,
                events=(one.event, other.event),
                values={"km": round(away_m / 1000), "minutes": round(apart_s / 60)},
            )


def _after_delivery(nodes: Sequence[Node]) -> Iterator[Flaw]:
    delivered = next((node for node in nodes if node.main == "delivered"), None)
    for node in nodes:
        late = delivered is not None and at_of(node) > at_of(delivered)
        if late and node.main in ("in_transit", "picked_up", "out_for_delivery"):
            assert delivered is not None
            yield Flaw(
                kind="after_delivery",
                text="scanned on the way after it was delivered",
                since=delivered.instant,
                until=node.instant,
                events=(delivered.event, node.event),
            )


def _unclear(nodes: Sequence[Node]) -> Iterator[Flaw]:
    vague = [node for node in nodes if node.time_quality in _VAGUE]
    if vague:
        yield Flaw(
            kind="unclear_time",
            text=f"{len(vague)} scans do not tell their time exactly",
            since=None,
            until=None,
            events=tuple(node.event for node in vague),
            values={"n": len(vague)},
        )
